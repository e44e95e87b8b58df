package emulator

import (
	"bytes"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var exportNoon = time.Date(2025, 11, 2, 13, 7, 0, 0, time.UTC)

func exportOf(t *testing.T, days int) *takeout {
	t.Helper()
	s, err := New(Options{Seed: 3, Days: days, GoogleBeatSeconds: 60, Now: func() time.Time { return exportNoon }})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.newTakeout(TakeoutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTakeoutForgets holds an archive to what the person keeps in memory: no more
// days than the longest file needs, however long the history.
func TestTakeoutForgets(t *testing.T) {
	const slack = 40 // the days before a file that its averages look at
	long, short := exportOf(t, yearDays+2*slack), exportOf(t, 3*slack)
	keepsFew(t, long.p, long.jsonFiles(), yearDays+slack)
	keepsFew(t, short.p, short.csvFiles(), 2*slack)
}

func keepsFew(t *testing.T, p *Person, files iter.Seq[takeoutFile], most int) {
	t.Helper()
	for f := range files {
		if len(p.days) > most || len(p.nights) > most || len(p.beats) > 40 {
			t.Fatalf("at %s the person keeps %d days, %d nights, %d days of readings", f.path, len(p.days), len(p.nights), len(p.beats))
		}
	}
}

// TestTakeoutPages: a hundred exercises a file, newest first, named by how many
// stand in earlier files.
func TestTakeoutPages(t *testing.T) {
	var ids []json.Number
	var names []string
	var before time.Time
	for f := range exportOf(t, 700).exercisePages() {
		var page []struct {
			LogID     json.Number
			StartTime string
		}
		if err := json.Unmarshal(f.body, &page); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.path)
		if want := exportFolder + "exercise-" + strconv.Itoa(len(ids)) + ".json"; f.path != want {
			t.Errorf("page %s, want %s", f.path, want)
		}
		for _, e := range page {
			at, err := time.Parse(usStampForm, e.StartTime)
			if err != nil || !before.IsZero() && !at.Before(before) {
				t.Errorf("%s: %s after %s, %v", f.path, e.StartTime, before, err)
			}
			before = at
			ids = append(ids, e.LogID)
		}
	}
	if len(names) < 2 || len(ids) <= 100 || len(ids) > 100*len(names) {
		t.Fatalf("%d exercises in %d pages", len(ids), len(names))
	}
	seen := map[json.Number]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("exercise %s stands twice", id)
		}
		seen[id] = true
	}
}

// TestPretty spreads the samples' JSON exactly as they are.
func TestPretty(t *testing.T) {
	files, err := filepath.Glob("testdata/takeout/json/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, name := range files {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, want); err != nil {
			t.Fatal(err)
		}
		if got := pretty(compact.Bytes()); !bytes.Equal(got, bytes.TrimSpace(want)) {
			t.Errorf("%s becomes\n%s", name, got)
		}
	}
	for f := range exportOf(t, 3).jsonFiles() {
		var compact bytes.Buffer
		if strings.HasSuffix(f.path, ".json") {
			if err := json.Compact(&compact, f.body); err != nil || !bytes.Equal(pretty(compact.Bytes()), f.body) {
				t.Errorf("%s is not spread like the others, %v", f.path, err)
			}
		}
	}
	got := string(pretty([]byte(`[{"a\"]":"{[,:","b":[],"c":[1,2]}]`)))
	if got != "[{\n  \"a\\\"]\" : \"{[,:\",\n  \"b\" : [ ],\n  \"c\" : [1,2]\n}]" {
		t.Errorf("got %s", got)
	}
}
