package emulator_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// export is a bench whose archives are small: readings of the pulse twice a
// minute.
func export(t *testing.T, days int, change ...func(*emulator.Options)) *bench {
	t.Helper()
	unlessRaced(t)
	small := func(o *emulator.Options) { o.Days, o.GoogleBeatSeconds = days, 30 }
	return start(t, append([]func(*emulator.Options){small}, change...)...)
}

// unlessRaced skips a test of archives under the race detector: one goroutine makes them.
func unlessRaced(t *testing.T) {
	if raced {
		t.Skip("under the race detector that takes too long")
	}
}

// members are the members of an archive by name. They must not repeat.
func (b *bench) members(o emulator.TakeoutOptions) map[string]string {
	b.t.Helper()
	all := map[string]string{}
	for name, body := range b.TakeoutFiles(o) {
		if _, twice := all[name]; twice {
			b.t.Errorf("member %s stands twice", name)
		}
		all[name] = string(body)
	}
	return all
}

const googleHealth, flatFolder = "Takeout/Google Health/", "AlexTestperson/user-site-export/"

// jsonOnly is the layout that has nothing but the JSON files, for tests that look
// at no others.
var jsonOnly = emulator.TakeoutOptions{Layout: emulator.LayoutFlat}

// only keeps the members of one family of Global Export Data, by base name.
func only(all map[string]string, family string) map[string]string {
	kept := map[string]string{}
	for name, body := range all {
		folder, base := path.Split(name)
		if strings.HasPrefix(base, family+"-") && (folder == flatFolder || folder == googleHealth+"Global Export Data/") {
			kept[base] = body
		}
	}
	return kept
}

func unzip(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if !f.Modified.Equal(noon) {
			t.Errorf("%s is of %s, not of the export", f.Name, f.Modified)
		}
		all[f.Name] = string(body)
	}
	return all
}

func untar(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = string(body)
	}
}

func (b *bench) pack(format string, o emulator.TakeoutOptions) []byte {
	b.t.Helper()
	var w bytes.Buffer
	if err := b.WriteTakeout(&w, format, o); err != nil {
		b.t.Fatal(err)
	}
	return w.Bytes()
}

// TestTakeoutFormats packs one archive in every way: the members are the same.
func TestTakeoutFormats(t *testing.T) {
	b := export(t, 6)
	want := b.members(emulator.TakeoutOptions{})
	n, size := 0, 0
	count := emulator.TakeoutOptions{OnMember: func(_ string, bytes int) { n, size = n+1, size+bytes }}
	packed := b.pack(emulator.TakeoutZip, count)
	sum := 0
	for _, body := range want {
		sum += len(body)
	}
	if !maps.Equal(unzip(t, packed), want) || n != len(want) || size != sum {
		t.Errorf("the zip holds other members: %d of %d bytes told, want %d of %d", n, size, len(want), sum)
	}
	if !bytes.Equal(packed, b.pack(emulator.TakeoutZip, emulator.TakeoutOptions{})) {
		t.Error("the same archive has other bytes")
	}
	if !maps.Equal(untar(t, b.pack(emulator.TakeoutTgz, emulator.TakeoutOptions{})), want) {
		t.Error("the tgz holds other members")
	}
	other := export(t, 6, func(o *emulator.Options) { o.Seed = 4 })
	if maps.Equal(other.members(emulator.TakeoutOptions{}), want) {
		t.Error("another person has the same archive")
	}
}

// TestTakeoutParts: each member is in one part, and no part is empty.
func TestTakeoutParts(t *testing.T) {
	b := export(t, 6)
	got := map[string]string{}
	for part := 1; part <= 3; part++ {
		here := unzip(t, b.pack(emulator.TakeoutZip, emulator.TakeoutOptions{Parts: 3, Part: part}))
		if len(here) < 10 {
			t.Errorf("part %d has %d members", part, len(here))
		}
		for name, body := range here {
			if _, twice := got[name]; twice {
				t.Errorf("%s is in two parts", name)
			}
			got[name] = body
		}
	}
	if !maps.Equal(got, b.members(emulator.TakeoutOptions{})) {
		t.Error("the parts together are not the archive")
	}
}

func TestTakeoutRefuses(t *testing.T) {
	b := export(t, 1)
	for what, o := range map[string]emulator.TakeoutOptions{
		`layout "dropbox"`: {Layout: "dropbox"}, "part 3 is not within 1..2": {Parts: 2, Part: 3}, "part -1": {Part: -1},
	} {
		if err := b.WriteTakeout(io.Discard, emulator.TakeoutZip, o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.WriteTakeout(io.Discard, "rar", emulator.TakeoutOptions{}); err == nil || !strings.Contains(err.Error(), `"rar"`) {
		t.Errorf("rar: %v", err)
	}
}

// TestTakeoutLayouts finds one family of each kind where the layout has it
// (archive sheet 3).
func TestTakeoutLayouts(t *testing.T) {
	b := export(t, 6)
	account, flat := "AlexTestperson/", flatFolder
	for layout, want := range map[string][]string{
		emulator.LayoutFitbit: {
			"Takeout/archive_browser.html", "Takeout/Fitbit/Your Profile/Profile.csv",
			"Takeout/Fitbit/Global Export Data/heart_rate-2025-11-01.json", "Takeout/Fitbit/Global Export Data/exercise-0.json",
		},
		emulator.LayoutGoogleHealth: {
			"Takeout/archive_browser.html", googleHealth + "Your Profile/Profile.csv",
			googleHealth + "Global Export Data/sleep-2025-10-28.json", googleHealth + "Global Export Data/steps-2025-10-28.json",
		},
		emulator.LayoutAccount: {
			account + "Physical Activity/heart_rate-2025-11-01.json", account + "Physical Activity/resting_heart_rate-2025-10-28.json",
			account + "Sleep/sleep-2025-10-28.json", account + "Personal & Account/Profile.csv",
			account + "Personal & Account/weight-2025-10-28.json", account + "Other/estimated_oxygen_variation-2025-11-01.csv",
		},
		emulator.LayoutFlat: {flat + "heart_rate-2025-11-01.json", flat + "sleep-2025-10-28.json", flat + "weight-2025-10-28.json"},
	} {
		all := b.members(emulator.TakeoutOptions{Layout: layout})
		for _, name := range want {
			if _, ok := all[name]; !ok {
				t.Errorf("%s: no %s", layout, name)
			}
		}
		top := want[len(want)-1]
		top = top[:strings.Index(top, "/")+1]
		for name := range all {
			dated := strings.Contains(name, "_GoogleData/") && layout != emulator.LayoutFitbit && layout != emulator.LayoutGoogleHealth
			if !strings.HasPrefix(name, top) || strings.Contains(name, "//") || dated {
				t.Errorf("%s: member %s", layout, name)
			}
			if layout == emulator.LayoutFlat && (path.Dir(name)+"/" != flat || path.Base(name) == "Profile.csv") {
				t.Errorf("%s among the JSON of one folder", name)
			}
		}
	}
}

// TestTakeoutLeavesOut tries the switches that take members away or add some.
func TestTakeoutLeavesOut(t *testing.T) {
	b := export(t, 6)
	names := func(o emulator.TakeoutOptions) []string { return slices.Sorted(maps.Keys(b.members(o))) }
	whole := names(emulator.TakeoutOptions{})
	gone := map[string]bool{}
	for _, name := range names(emulator.TakeoutOptions{WithoutJSON: true, WithoutProfile: true}) {
		gone[name] = true
	}
	for _, name := range whole {
		base := path.Base(name)
		without := base == "Profile.csv" || strings.HasSuffix(base, ".json") && (strings.HasPrefix(base, "heart_rate-") ||
			strings.HasPrefix(base, "sleep-") || strings.HasPrefix(base, "time_in_heart_rate_zones-"))
		if gone[name] == without {
			t.Errorf("%s: kept %t", name, gone[name])
		}
	}
	with := b.members(emulator.TakeoutOptions{OtherProducts: true})
	history := with["Takeout/YouTube und YouTube Music/Verlauf/Wiedergabeverlauf.html"]
	if _, ok := with["Takeout/Archiv_Übersicht.html"]; !ok || history == "" {
		t.Errorf("no localised members among %d", len(with))
	}
	if slices.ContainsFunc(whole, func(name string) bool { return strings.Contains(name, "YouTube") }) {
		t.Error("members of other products unasked")
	}
}

// TestTakeoutNow: what came after the export, or was not synced by then, is not
// in it.
func TestTakeoutNow(t *testing.T) {
	b := export(t, 6)
	ordered := noon.Add(-30 * time.Hour)
	all := b.members(emulator.TakeoutOptions{Layout: emulator.LayoutFlat, Now: ordered})
	if _, ok := only(all, "heart_rate")["heart_rate-2025-11-01.json"]; !ok {
		t.Error("the day of the export is missing")
	}
	if _, ok := only(all, "heart_rate")["heart_rate-2025-11-02.json"]; ok {
		t.Error("a file of the day after the export")
	}
	hold := time.Date(2025, 10, 31, 10, 0, 0, 0, time.UTC)
	b.Set(func(m *emulator.Modes) { m.HoldSync = hold })
	all = b.members(jsonOnly)
	for base := range only(all, "heart_rate") {
		if base > "heart_rate-2025-10-31.json" {
			t.Errorf("%s, though the watch was last synced on the 31st", base)
		}
	}
	last := records[string](t, only(all, "calories")["calories-2025-10-28.json"])
	if got := last[len(last)-1].DateTime; got != "11/02/25 14:06:00" {
		t.Errorf("calories end at %s, not at the export", got)
	}
}
