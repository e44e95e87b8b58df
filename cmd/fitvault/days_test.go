package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

// threeSources is a vault with a person's last 30 days of a few types from both APIs, of which
// Google was asked for 60, and with an archive of the same days.
func threeSources(t *testing.T) (*home, catalog.Day) {
	t.Helper()
	s := serve(t, emulator.Options{Days: 30, GoogleBeatSeconds: 60})
	h := s.home(t, s.googleEnv()...)
	loc, err := time.LoadLocation(daytime())
	if err != nil {
		t.Fatal(err)
	}
	today := catalog.DayOf(time.Now().In(loc))
	h.exits(exitDone, "fetch", "--source", "fitbit", "--type", "sleep,weight,activity_daily.steps")
	h.exits(exitDone, "fetch", "--source", "google", "--type", "sleep,weight", "--since", (today - 60).String())
	archive := filepath.Join(t.TempDir(), "takeout-20261110T101700Z-001.zip")
	writeArchive(t, archive, s.Server, emulator.TakeoutOptions{})
	h.exits(exitDone, "import", archive)
	return h, today
}

// toldDays is what status --days --json prints.
func (h *home) toldDays(args ...string) []daysStatus {
	h.t.Helper()
	var out []daysStatus
	p := h.exits(exitDone, append([]string{"status", "--days", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(p.out.String()), &out); err != nil {
		h.t.Fatalf("status --days --json: %v\n%s", err, p.out.String())
	}
	return out
}

// one is the only range told of a type on a day.
func (h *home) one(typ string, d catalog.Day, args ...string) daysStatus {
	h.t.Helper()
	out := h.toldDays(append(args, "--type", typ, "--since", d.String(), "--until", d.String())...)
	if len(out) != 1 || out[0].Type != typ || out[0].From != d.String() || out[0].To != d.String() {
		h.t.Fatalf("%s on %v: %+v", typ, d, out)
	}
	return out[0]
}

// TestStatusDays: where a day comes from is told with the reason, and goes with preference,
// settling, syncs and what is staged.
func TestStatusDays(t *testing.T) {
	t.Parallel()
	h, today := threeSources(t)
	d := today - 20
	expect := func(what string, got daysStatus, source, why string) {
		t.Helper()
		if got.Source != source || !strings.Contains(got.Why, why) || (source == "") != (got.Window == 0) || (source == "") != (got.Response == 0) {
			t.Errorf("%s: %+v, want %q from %q", what, got, why, source)
		}
	}
	sleep := h.one("sleep", d)
	expect("all have it", sleep, "fitbit", "settled; google and takeout are settled too, fitbit is preferred")
	if len(sleep.Offers) < 3 || sleep.Offers[0].Source != "fitbit" || sleep.Offers[0].Standing != "settled" || sleep.Offers[2].Family == "" {
		t.Errorf("offers: %+v", sleep.Offers)
	}
	h.exits(exitDone, "raw", "show", fmt.Sprint(sleep.Response)).prints(`"sleep":`)
	expect("preference", h.one("sleep", d, "--prefer", "google"), "google", "fitbit and takeout are settled too, google is preferred")
	expect("one has it", h.one("activity_daily.steps", d, "--source", "fitbit"), "fitbit", "settled; takeout is settled too")
	expect("today", h.one("sleep", today), "fitbit", "open: it may still change; google is open too")
	expect("long ago", h.one("sleep", today-400), "", "not staged")
	expect("before the first record", h.one("sleep", today-50), "", "google answered, but records begin 20")
	h.exits(exitDone, "status", "--days", "--type", "device").prints("each reading counts for itself")
	h.exits(exitDone, "status", "--days", "--type", "profile").prints("kept, and not read to points")
	if all := h.toldDays("--type", "sleep", "--source", "google", "--since", d.String()); len(all) != 0 {
		t.Errorf("days of google: %+v", all)
	}

	change(t, h.vault, "UPDATE windows SET settled_to = from_date WHERE source = 'fitbit' AND type = 'sleep'")
	expect("completeness goes first", h.one("sleep", d), "google", "settled; fitbit only open; takeout is settled too, google is preferred")
	change(t, h.vault, fmt.Sprintf("UPDATE windows SET synced_at = %d WHERE source = 'fitbit' AND type = 'activity_daily.steps'",
		time.Now().AddDate(0, 0, -25).UnixMilli()))
	expect("after the last sync", h.one("activity_daily.steps", d), "takeout", "settled; fitbit only padding after the last sync")
	change(t, h.vault, "DELETE FROM coverage WHERE source = 'takeout'")
	expect("padding alone", h.one("activity_daily.steps", d), "", "fitbit only padding after the last sync")
}

// TestStatusDaysCompresses: neighbours that say the same are a row, and the rows are whole: no
// day is told twice or left out.
func TestStatusDaysCompresses(t *testing.T) {
	t.Parallel()
	h, today := threeSources(t)
	change(t, h.vault, `INSERT INTO windows SELECT 9000, source, type, from_date, to_date, state, ask_version, elements, asked_at, answered_at, synced_at,
		settled_to, run_id, archive_id FROM windows WHERE source = 'fitbit' AND type = 'sleep' AND state = 'complete'`)
	d := (today - 20).String()
	change(t, h.vault, "INSERT INTO coverage SELECT source, type, '"+d+"', to_date, 9000 FROM coverage WHERE source = 'fitbit' AND type = 'sleep'")
	change(t, h.vault, "UPDATE coverage SET to_date = '"+d+"' WHERE source = 'fitbit' AND type = 'sleep' AND window_id < 9000")
	ranges := h.toldDays("--type", "sleep")
	var windows []int64
	for i, r := range ranges {
		from, err := catalog.ParseDay(r.From)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && (from-1).String() != ranges[i-1].To {
			t.Errorf("%s..%s does not follow %s", r.From, r.To, ranges[i-1].To)
		}
		if r.From <= d && d <= r.To || r.To == (today-21).String() {
			windows = append(windows, r.Window)
		}
	}
	if len(windows) != 2 || windows[1] != 9000 {
		t.Errorf("windows around %s: %v of %+v", d, windows, ranges)
	}
	p := h.exits(exitDone, "status", "--days", "--type", "sleep")
	p.prints("TYPE ", "DAYS ", "SOURCE ", "WHY ", "ANSWER", " and 1 more")
	if n := strings.Count(p.out.String(), "\nsleep "); n >= len(ranges) || n == 0 {
		t.Errorf("%d rows of %d ranges:\n%s", n, len(ranges), p.out.String())
	}
	h.exits(exitUsage, "status", "--since", d).says("for status --days")
	h.with("FITVAULT_DAYS=365", "FITVAULT_SINCE="+d).exits(exitDone, "status")
}

// TestRawListDay: the answers that tell of a day, and what each of them is for.
func TestRawListDay(t *testing.T) {
	t.Parallel()
	h, today := threeSources(t)
	d := today - 20
	list := func(args ...string) map[string]dayResponse {
		t.Helper()
		var all []dayResponse
		p := h.exits(exitDone, append([]string{"raw", "list", "--json"}, args...)...)
		if err := json.Unmarshal([]byte(p.out.String()), &all); err != nil {
			t.Fatal(err)
		}
		out := map[string]dayResponse{}
		for _, r := range all {
			if !(r.From <= d.String() && d.String() <= r.To) {
				t.Errorf("%+v does not hold %v", r, d)
			}
			out[r.Source+" "+r.Type] = r
		}
		return out
	}
	is := func(all map[string]dayResponse, answer string, truth bool, why string) {
		t.Helper()
		r := all[answer]
		if r.ID == 0 || len(r.For) == 0 || r.For[0].Truth != truth || !strings.Contains(r.For[0].Why, why) {
			t.Errorf("%s: %+v, want %v, %q", answer, r, truth, why)
		}
	}
	all := list("--day", d.String(), "--limit", "0")
	is(all, "fitbit sleep", true, "settled")
	is(all, "google sleep", false, "fitbit is preferred")
	is(all, "takeout sleep.json", false, "fitbit is preferred")
	for _, r := range all { // to the last day, where the vault has the one after it
		if days := rows(t, h.vault, fmt.Sprintf("SELECT from_date || ' ' || date(to_date, '-1 day') FROM windows WHERE id = %d", r.Window))[0]; days != r.From+" "+r.To {
			t.Errorf("%s of %s is said to be of %s to %s", r.Type, days, r.From, r.To)
		}
	}
	if len(all["fitbit sleep"].For) != 2 || all["fitbit profile"].ID != 0 {
		t.Errorf("%+v", all)
	}
	is(list("--day", d.String(), "--prefer", "takeout,google", "--type", "sleep"), "takeout sleep.json", true, "settled")
	if some := list("--day", d.String(), "--limit", "2"); len(some) > 2 {
		t.Errorf("%d answers of 2", len(some))
	}
	p := h.exits(exitDone, "raw", "list", "--day", d.String(), "--type", "sleep,sleep_stage", "--limit", "0")
	p.prints(" FOR\n", " sleep, sleep_stage\n", " not sleep, sleep_stage: fitbit is preferred\n")

	// Of an archive only the members are shown that have records of the day.
	steps := rows(t, h.vault, "SELECT count(*) FROM members m JOIN responses r ON r.id = m.response_id JOIN windows w ON w.id = r.window_id WHERE w.type = 'heart_rate.json'")[0]
	day := h.exits(exitDone, "raw", "list", "--day", d.String(), "--source", "takeout", "--type", "heart_rate", "--limit", "0")
	if n := strings.Count(day.out.String(), " heart_rate.json "); n != 1 && n != 2 || steps == "1" || steps == "2" {
		t.Errorf("%d of %s members hold the day:\n%s", n, steps, day.out.String())
	}

	change(t, h.vault, `INSERT INTO windows SELECT 9000, source, type, from_date, to_date, state, ask_version, elements, asked_at, answered_at, synced_at,
		settled_to, run_id, archive_id FROM windows WHERE source = 'fitbit' AND type = 'sleep' AND state = 'complete'`)
	change(t, h.vault, "UPDATE coverage SET window_id = 9000 WHERE source = 'fitbit' AND type = 'sleep'")
	change(t, h.vault, "DELETE FROM coverage WHERE source = 'google' AND type = 'sleep'")
	all = list("--day", d.String(), "--type", "sleep")
	is(all, "fitbit sleep", false, "superseded")
	is(all, "google sleep", false, "does not tell of this day")

	h.exits(exitUsage, "raw", "list", "--day", d.String(), "--since", d.String()).says("--day is one day")
	h.exits(exitUsage, "raw", "list", "--day", "2026-02-30").says("did you mean 2026-02-28?")
	h.with("FITVAULT_SINCE="+today.String()).exits(exitDone, "raw", "list", "--day", d.String()).prints("sleep")
}
