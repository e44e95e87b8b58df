package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

// TestAMemberThatNoReaderReads: a file whose times are right and whose values are not is
// imported, and is left out of each export by its name; what lies beside it goes on.
func TestAMemberThatNoReaderReads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "takeout-20240620T101500Z-001")
	for name, body := range map[string]string{
		"Takeout/Fitbit/Your Profile/Profile.csv":                                 "timezone\nEurope/Berlin\n",
		"Takeout/Fitbit/Global Export Data/heart_rate-2024-05-12.json":            `[{"dateTime":"05/12/24 08:00:00","value":{"bpm":"many"}}]`,
		"Takeout/Fitbit/Global Export Data/heart_rate-2024-05-13.json":            `[{"dateTime":"05/13/24 08:00:00","value":{"bpm":61}}]`,
		"Takeout/Fitbit/Physical Activity_GoogleData/heart_rate_2024-05-12.csv":   "timestamp,beats per minute\n2024-05-12T08:00:00Z,60.0\n",
		"Takeout/Fitbit/Global Export Data/time_in_heart_rate_zones-2024-05.json": `[]`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	vault := filepath.Join(t.TempDir(), "vault.db")
	importInto(t, vault, time.Date(2024, 6, 20, 12, 0, 0, 0, time.UTC), dir)
	st := openVault(t, vault)
	defer st.Close()
	target, err := st.UseTarget(t.Context(), "somewhere", "fitbit", "native")
	if err != nil {
		t.Fatal(err)
	}
	out, res := exportLines(t, st, target)
	if want := "heart_rate,account=me bpm=61i 1715587200000000000\n"; out != want {
		t.Errorf("exported %q, want %q: a day belongs to one copy, also where it does not read", out, want)
	}
	rejects, err := st.Rejects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const name = "heart_rate-2024-05-12.json"
	if len(res.Failures) != 1 || !strings.Contains(res.Failures[0].Error(), name) {
		t.Errorf("failures %v, want one that names %s", res.Failures, name)
	}
	if len(rejects) != 1 || !strings.Contains(rejects[0].Error, name) {
		t.Errorf("rejects %+v, want one that names %s", rejects, name)
	}
}

// exportLines exports all types to line protocol, with the memory of a target.
func exportLines(t *testing.T, st *store.Store, target store.Target) (string, export.Result) {
	t.Helper()
	var out bytes.Buffer
	w := line.New(&out)
	e := &export.Exporter{Store: st, Writer: w, Target: target, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Types: catalog.Types()}
	res, err := e.Export(t.Context())
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), res
}
