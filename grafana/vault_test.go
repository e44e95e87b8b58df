package grafana_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// demo fills the database fitbit with a year of an emulated person as the legacy Web API
// tells it, by the program itself.
func demo(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	// go test keeps a result as long as the files are unchanged that the test looked at.
	for _, dir := range []string{"cmd", "export", "fetch", "migrations", "store"} {
		if !hasGo(t, filepath.Join(root, dir)) {
			t.Fatalf("no program in %s", dir)
		}
	}
	program := filepath.Join(t.TempDir(), "fitvault")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "fitvault/cmd/fitvault").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, program, "demo", "--days", "365", "--influx-url", url)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"HOME=" + cmd.Dir, "TMPDIR=" + cmd.Dir, "PATH=" + os.Getenv("PATH")}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("demo: %v\n%s", err, out.Bytes())
	}
}

// thirtyDays fills a database with a month of an emulated person as Google tells it, and
// returns the instant at which it was fetched. The month is always the same one, for the
// rare things, such as readings of body fat, to be in it on whatever day the test runs.
func thirtyDays(t *testing.T, server *influxtest.Server, database string) (now time.Time) {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "warm.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	warm(t, st)
	st.Close()
	path := filepath.Join(t.TempDir(), "vault.db")
	synctest.Test(t, func(t *testing.T) {
		now = time.Date(2026, 11, 22, 10, 17, 0, 0, time.UTC)
		time.Sleep(time.Until(now))
		fetchGoogle(t, path)
	})
	if t.Failed() {
		t.FailNow()
	}
	exportAll(t, path, server.URL(), database)
	return now.Add(time.Hour) // the fetch took minutes of it
}

// warm makes the channels of the compressor, which lives as long as the process, outside of
// any bubble: those of a bubble are its own.
func warm(t *testing.T, st *store.Store) {
	t.Helper()
	run, err := st.BeginRun(t.Context(), "fetch", "test")
	if err != nil {
		t.Fatal(err)
	}
	w := store.Window{Source: "google", Type: "warm", From: "2026-01-01", To: "2026-01-02", SettledTo: "2026-01-01", State: store.Complete}
	id, err := st.Stage(t.Context(), store.Page{Window: w, Run: run, Body: bytes.Repeat([]byte("warm"), 1000)})
	if err == nil {
		_, err = st.Bodies(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// fetchGoogle fetches all types into a new vault.
func fetchGoogle(t *testing.T, path string) {
	t.Helper()
	emu, err := emulator.New(emulator.Options{Seed: 1, Days: 30, Now: time.Now, GoogleBeatSeconds: 60})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	run, err := st.BeginRun(t.Context(), "fetch", "test")
	if err != nil {
		t.Fatal(err)
	}
	id, secret := emu.GoogleClient()
	p := google.New(google.Options{APIURL: "https://health.example", TokenURL: "https://oauth2.example/token",
		ClientID: id, ClientSecret: secret, UserAgent: "fitvault/test", HTTP: &http.Client{Transport: emu.Transport()}})
	log := slog.New(slog.DiscardHandler)
	r := &fetch.Runner{Store: st, Provider: p, Log: log, Run: run, Types: catalog.Types(),
		Tokens: &fetch.Tokens{Store: st, Provider: p, Seed: store.Token{Refresh: emu.GoogleSeedToken()}, Log: log}}
	res, err := r.Fetch(t.Context())
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("fetch: %v, %v", err, res.Failures)
	}
}

// exportAll exports a vault into a database.
func exportAll(t *testing.T, path, url, database string) {
	t.Helper()
	st, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w, err := influx.New(influx.Options{URL: url, Database: database})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	target, err := st.UseTarget(t.Context(), url, database, "native")
	if err != nil {
		t.Fatal(err)
	}
	e := &export.Exporter{Store: st, Writer: w, Target: target, Log: slog.New(slog.DiscardHandler), Types: catalog.Types()}
	res, err := e.Export(t.Context())
	if err != nil || len(res.Failures) > 0 {
		t.Fatalf("export: %v, %v", err, res.Failures)
	}
}
