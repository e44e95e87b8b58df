package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
	"fitvault/store"
	"fitvault/store/catalog"
)

// listedZones is what zone list --json prints.
func (h *home) listedZones() []zoneStatus {
	h.t.Helper()
	var out []zoneStatus
	if err := json.Unmarshal([]byte(h.exits(exitDone, "zone", "list", "--json").out.String()), &out); err != nil {
		h.t.Fatal(err)
	}
	return out
}

func TestZoneCommands(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.exits(exitFailed, "zone", "list").says("there is none")
	h.exits(exitFailed, "zone", "set", "2025-03-01", "Asia/Tokyo").says("there is none")
	if err := openVault(t, h.vault).Close(); err != nil {
		t.Fatal(err)
	}
	if list := h.listedZones(); list == nil || len(list) > 0 {
		t.Errorf("before anything is known: %v", list)
	}
	st := openVault(t, h.vault)
	if err := st.NoteZone(t.Context(), store.ZoneEntry{From: "2026-11-22", How: store.ByProfile, Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	h.exits(exitDone, "zone", "list").prints("2026-11-22 and before  Europe/Berlin  profile  +01:00")

	h.exits(exitDone, "zone", "set", "2025-03-20", "Asia/Tokyo").says("from 2025-03-20 on: Asia/Tokyo instead of Europe/Berlin\n", "the next export", "holds from there on")
	h.exits(exitDone, "zone", "set", "2025-04-05", "Europe/Berlin").says("from 2025-04-05 on: Europe/Berlin instead of Asia/Tokyo\n")
	h.exits(exitDone, "zone", "set", "2025-03-25", "Asia/Tokyo").says("no date is in another zone", "it holds until 2025-04-05, for which Europe/Berlin is set\n")
	h.exits(exitDone, "zone", "set", "2025-03-20", "Asia/Seoul").says("from 2025-03-20 to 2025-03-24: Asia/Seoul instead of Asia/Tokyo\n")
	h.exits(exitDone, "zone", "list").prints("FROM", "KNOWN", "before ", "2025-03-20  Asia/Seoul     by hand  +09:00\n", "2025-04-05  Europe/Berlin  by hand  +02:00\n")
	date := func(s string) *string { return &s }
	if diff := cmp.Diff([]zoneStatus{{nil, "Europe/Berlin", "profile", "+01:00"}, {date("2025-03-20"), "Asia/Seoul", "hand", "+09:00"},
		{date("2025-03-25"), "Asia/Tokyo", "hand", "+09:00"}, {date("2025-04-05"), "Europe/Berlin", "hand", "+02:00"}}, h.listedZones()); diff != "" {
		t.Errorf("zones (-want +got):\n%s", diff)
	}

	p := h.exits(exitDone, "zone", "unset", "2025-03-25", "--json")
	p.prints(`"from": "2025-03-25"`, `"to": "2025-04-04"`, `"was": "Asia/Tokyo"`, `"is": "Asia/Seoul"`)
	h.exits(exitFailed, "zone", "unset", "2025-03-25").says("no zone to take back of 2025-03-25: those set by hand are of 2025-03-20, 2025-04-05")
	h.exits(exitFailed, "zone", "unset", "2026-11-22").says("no zone to take back")
	if p := h.exits(exitDone, "zone", "unset", "2025-03-20", "--quiet"); p.err.String() != "" {
		t.Errorf("it says %q", p.err.String())
	}
	h.exits(exitDone, "zone", "unset", "2025-04-05")
	h.exits(exitFailed, "zone", "unset", "2025-04-05").says("no zone was set by hand")
	if runs := rows(t, h.vault, "SELECT command FROM runs ORDER BY id"); !slices.Equal(slices.Compact(runs), []string{"zone set", "zone unset"}) {
		t.Errorf("the audit log has %q", runs)
	}
}

func TestZoneUsage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for _, tt := range []struct {
		args string
		says string
	}{
		{"", "list, set or unset"},
		{"lsit", `did you mean "zone list"?`},
		{"set", "a date and a zone"},
		{"set 2025-03-01", "a date and a zone"},
		{"set 2025-02-30 Asia/Tokyo", "did you mean 2025-02-28?"},
		{"set Asia/Tokyo 2025-03-01", `date "Asia/Tokyo" is not of the form`},
		{"set 2025-03-01 Asia/Tokio", `"Asia/Tokio" is no IANA zone: did you mean "Asia/Tokyo"?`},
		{"set 2025-03-01 tokyo", `did you mean "Asia/Tokyo"?`},
		{"set 2025-03-01 europe/berlin", `did you mean "Europe/Berlin"?`},
		{"set 2025-03-01 NewYork", `did you mean "America/New_York"?`},
		{"set 2025-03-01 Local", "is no IANA zone"},
		{"unset", "needs the date"},
		{"unset yesterday", "is not of the form"},
	} {
		h.exits(exitUsage, append([]string{"zone"}, strings.Fields(tt.args)...)...).says(tt.says)
	}
}

// The names that are suggested are zones of the data that is compiled in.
func TestZoneNames(t *testing.T) {
	t.Parallel()
	names := strings.Fields(zoneNames)
	for _, name := range names {
		if loc, err := zoneNamed(name); err != nil || loc.String() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(names) < 400 {
		t.Errorf("only %d names", len(names))
	}
}

// TestZoneSetMovesItsDaysOnly: a journey that is told by hand afterwards moves what lies on its
// days in a real database, and no other point; taken back, all is as it was.
func TestZoneSetMovesItsDaysOnly(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name := db.Database()
	s := serve(t, emulator.Options{Days: 40})
	h := s.home(t, influxEnv(db.URL(), name)...)
	h.exits(exitDone, "fetch")
	h.exits(exitDone, "export")
	home, err := time.LoadLocation(daytime())
	if err != nil {
		t.Fatal(err)
	}
	perth, err := time.LoadLocation("Australia/Perth") // where no test begins
	if err != nil {
		t.Fatal(err)
	}
	before, units := db.Dump(name), digests(t, h.vault)
	calls := len(s.Requests())
	today := catalog.DayOf(time.Now().In(home))
	journey := catalog.Span{From: today - 20, To: today - 14}
	h.exits(exitDone, "zone", "set", journey.From.String(), perth.String())
	h.exits(exitDone, "zone", "set", journey.To.String(), home.String())

	dry := h.reportedExport("--dry-run")
	real := h.reportedExport()
	if dry.DryRun = false; !cmp.Equal(dry, real) || real.Written == 0 {
		t.Errorf("what was foreseen and what was done:\n%s", cmp.Diff(dry, real))
	}
	after := db.Dump(name)
	h.with("DB_NAME="+name+"-again").exits(exitDone, "export")
	if diff := cmp.Diff(db.Dump(name+"-again"), after); diff != "" {
		t.Errorf("a full export differs:\n%s", diff)
	}
	gone, come := missingFrom(before, after), missingFrom(after, before)
	if len(gone) == 0 || len(gone) != len(come) {
		t.Errorf("%d points went, %d came", len(gone), len(come))
	}
	for zone, lines := range map[*time.Location][]string{home: gone, perth: come} {
		for _, l := range lines {
			at := instantOf(t, l).In(zone)
			if d := catalog.DayOf(at); !journey.Holds(d) && !(strings.HasPrefix(l, "sleep_stage,") && d == journey.To && at.Hour() < 12) {
				t.Errorf("moved: %s, of %v", l, at)
			}
		}
	}
	steps := 0
	for _, l := range come {
		if at := instantOf(t, l).In(perth); strings.HasPrefix(l, "activity_daily,") && at.Hour()+at.Minute()+at.Second() == 0 {
			steps++
		}
	}
	if steps != journey.Days() {
		t.Errorf("%d daily points lie on midnights in %v", steps, perth)
	}
	for unit, digest := range digests(t, h.vault) {
		word, from, _ := strings.Cut(unit, " ")
		d, err := catalog.ParseDay(from)
		if err != nil {
			t.Fatal(err)
		}
		near := catalog.Span{From: journey.From - 1, To: journey.To + 1}
		month := catalog.Span{From: journey.From.Month(), To: journey.To.NextMonth()}
		if units[unit] != digest && !near.Holds(d) && (!month.Holds(d) || d != d.Month()) {
			t.Errorf("%s of %v was written again", word, d)
		}
	}

	h.exits(exitDone, "zone", "unset", journey.From.String())
	h.exits(exitDone, "zone", "unset", journey.To.String())
	h.exits(exitDone, "export")
	if diff := cmp.Diff(before, db.Dump(name)); diff != "" {
		t.Errorf("taken back, the database differs:\n%s", diff)
	}
	if n := len(s.Requests()) - calls; n > 0 {
		t.Errorf("it took %d calls", n)
	}
}

// digests returns what a vault remembers of the units of its only target.
func digests(t *testing.T, vault string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, row := range rows(t, vault, "SELECT measurement || ' ' || from_date || '=' || hex(digest) FROM exported WHERE target_id = 1") {
		unit, digest, _ := strings.Cut(row, "=")
		out[unit] = digest
	}
	return out
}

// missingFrom returns the lines of a that b lacks.
func missingFrom(a, b []string) []string {
	in := map[string]bool{}
	for _, l := range b {
		in[l] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(l string) bool { return in[l] })
}

// instantOf returns the time of a line of line protocol.
func instantOf(t *testing.T, l string) time.Time {
	t.Helper()
	ns, err := strconv.ParseInt(l[strings.LastIndexByte(l, ' ')+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(0, ns)
}
