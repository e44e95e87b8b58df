package emulator

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

const browserPage = "<!doctype html><title>Google Data Export Archive Contents</title>\n<p>%s</p>\n"

// rootFiles are the members that hold no series: the page beside the product
// folder, the profile, notes, tracks, and what other services put there.
func (t *takeout) rootFiles() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		files := []takeoutFile{
			{t.browser(), fmt.Appendf(nil, browserPage, DateOf(t.now))},
			{exportFolder + "Global Export Data README.txt", []byte("Note by the emulator. JSON files, one array each.\n")},
			{"Your Profile/Profile README.txt", []byte("Note by the emulator. One row, all values invented.\n")},
			{"Your Profile/Media/Avatar Photo.jpg", []byte{0xff, 0xd8, 0xff, 0xd9}},
		}
		if !t.o.WithoutProfile {
			files = append(files, takeoutFile{"Your Profile/Profile.csv", t.profile()})
		}
		if t.o.OtherProducts {
			files = slices.Concat(files, otherProducts)
		}
		for _, f := range files {
			if !yield(f) {
				return
			}
		}
		for f := range t.tracks() {
			if !yield(f) {
				return
			}
		}
	}
}

// browser is the name of the page, which follows the account's language as the
// folders of other services do (archive sheet 2).
func (t *takeout) browser() string {
	if t.o.OtherProducts {
		return "/Archiv_Übersicht.html"
	}
	return "/archive_browser.html"
}

// otherProducts are members of other services. Fit is a different format, with
// names that look like those of the families (archive sheet 2).
var otherProducts = []takeoutFile{
	{"/YouTube und YouTube Music/Verlauf/Wiedergabeverlauf.html", []byte("<!doctype html><title>Verlauf</title>\n")},
	{"/Meine Aktivitäten/Fit/MeineAktivitäten.html", []byte("<!doctype html><title>Meine Aktivitäten</title>\n")},
	{"/Google Fotos/Fotos von 2024/Metadaten.json", []byte("{\"title\": \"Fotos von 2024\"}\n")},
	{"/Fit/Daily activity metrics/2024-05-12.csv", []byte("Start time,End time,Step count\n07:00:00.000Z,07:15:00.000Z,9999\n")},
	{"/Fit/All data/steps-2024-05-03.json", []byte("{\"Data Source\": \"derived\", \"Data Points\": [ ]}\n")},
}

// profile is Profile.csv. Its zone is that of the export, not a history; height
// is cm and weight kg, whatever unit the logs are in (archive sheet 4, 5.2).
func (t *takeout) profile() []byte {
	p := t.p
	kg := p.Bodies(t.c.today, t.c.today, t.now)[0].Weight.KG
	row := [][2]string{
		{"id", p.id}, {"full_name", "Alex Testperson"}, {"first_name", "Alex"}, {"last_name", "Testperson"},
		{"display_name_setting", "name"}, {"display_name", "Alex T."}, {"username", "null"},
		{"email_address", "alex@example.invalid"}, {"date_of_birth", p.born.String()}, {"child", "false"},
		{"country", "null"}, {"state", "null"}, {"city", "null"}, {"timezone", t.home.String()}, {"locale", "en_GB"},
		{"member_since", p.first.String()}, {"about_me", "null"}, {"start_of_week", "MONDAY"}, {"sleep_tracking", "Normal"},
		{"time_display_format", "24hour"}, {"gender", "NA"}, {"height", decimal(p.heightCM)}, {"weight", decimal(kg)},
		{"stride_length_walking", decimal(round(p.strideKM(false)*1e5, 1))},
		{"stride_length_running", decimal(round(p.strideKM(true)*1e5, 1))},
		{"weight_unit", "METRIC"}, {"distance_unit", "METRIC"}, {"height_unit", "METRIC"},
		{"water_unit", "METRIC"}, {"glucose_unit", "METRIC"}, {"swim_unit", "METRIC"},
	}
	var names, values []string
	for _, cell := range row {
		names, values = append(names, cell[0]), append(values, cell[1])
	}
	return []byte(strings.Join(names, ",") + "\n" + strings.Join(values, ",") + "\n")
}

// tracks are the TCX files of sessions with GPS.
func (t *takeout) tracks() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		for d := range t.each(t.p.first, t.c.today) {
			for _, r := range t.exercises(d) {
				if v := r.value.(exertion); v.GPS && !yield(takeoutFile{"Activities/" + r.id + ".tcx", v.tcx(false)}) {
					return
				}
			}
		}
	}
}
