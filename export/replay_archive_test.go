package export_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// memory is a target that holds points as a database does: fields of one series and time are
// one point.
type memory map[string]map[int64]map[string]any

func (memory) Prepare(context.Context, []*schema.Measurement, time.Time) (schema.Held, error) {
	return schema.Held{}, nil
}

func (memory) Close() error { return nil }

func (m memory) Write(_ context.Context, b line.Batch) error {
	points, err := models.ParsePoints(b.Bytes())
	for _, p := range points {
		series, at := string(p.Name())+tagText(p.Tags().Map()), p.UnixNano()
		if m[series] == nil {
			m[series] = map[int64]map[string]any{}
		}
		if m[series][at] == nil {
			m[series][at] = map[string]any{}
		}
		fields, err := p.Fields()
		if err != nil {
			return err
		}
		maps.Copy(m[series][at], fields)
	}
	return err
}

func (m memory) Delete(_ context.Context, measurement, _ string, from, to time.Time) error {
	for series, points := range m {
		if strings.HasPrefix(series, measurement+",") {
			maps.DeleteFunc(points, func(at int64, _ map[string]any) bool { return from.UnixNano() <= at && at <= to.UnixNano() })
		}
	}
	return nil
}

// rows returns what it holds, as asRows does.
func (m memory) rows() (out []string) {
	for series, points := range m {
		for at, fields := range points {
			l := fmt.Sprintf("%s time=%d", series, at)
			for _, k := range slices.Sorted(maps.Keys(fields)) {
				l += " " + k + "=" + valueText(fields[k])
			}
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// Archives of one past, made on many days, in several zones, with files missing and files that
// do not read, come in any order among the answers of the APIs and changes of zone. Whatever is
// exported on the way, the target ends as a full export would leave it.
func TestReplayOfArchives(t *testing.T) {
	for seed := range min(16, histories) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := &history{vault: newVault(t, "me"), src: map[catalog.Source]*source{}, rnd: rand.New(rand.NewPCG(uint64(seed), 4))}
			h.clock = time.Date(2025, 5, 1, 12, 0, 0, 0, time.UTC)
			for _, s := range catalog.APIs() {
				h.src[s] = &source{name: s}
				h.src[s].fill(h.rnd)
			}
			one := memory{}
			for range 12 {
				switch s := catalog.APIs()[h.rnd.IntN(2)]; h.rnd.IntN(6) {
				case 0, 1:
					h.imported()
				case 2:
					from := h.day()
					h.answer(s, replayTypes[h.rnd.IntN(len(replayTypes))], from, from+1+h.rnd.IntN(replayDays-from), time.Time{})
				case 3:
					date, zone := dayAfter(replayFirst, h.day()), replayZones[h.rnd.IntN(len(replayZones))]
					h.note("zone %s from %s", zone, date)
					h.zoneFrom(date, zone)
				case 4:
					h.prefer = [][]catalog.Source{nil, {catalog.Takeout}}[h.rnd.IntN(2)]
					h.note("prefer %v", h.prefer)
				default:
					h.note("export: %+v", h.vault.export(h.to("one", one)))
				}
			}
			res := h.vault.export(h.to("one", one))
			if diff := cmp.Diff(asRows(t, h.fresh()), one.rows()); diff != "" && len(res.Failures) == 0 { // what does not read may still be held
				t.Errorf("%s\n(-full +held)\n%s", strings.Join(h.trace, "\n"), diff)
			}
		})
	}
}

// imported brings in an archive of some day.
func (h *history) imported() {
	zone := replayZones[h.rnd.IntN(len(replayZones))]
	home, err := time.LoadLocation(zone)
	must(h.t, err)
	taken := time.Date(2025, 3, 11+h.rnd.IntN(replayDays+3), h.rnd.IntN(24), h.rnd.IntN(60), 0, 0, time.UTC)
	a := past{rnd: h.rnd, home: home, taken: taken, missing: h.rnd.IntN(4), files: map[string]string{}}
	a.write(h.src[catalog.Fitbit])
	report := h.imports(taken, zone, a.files)
	h.note("archive of %s, %s: %d pages, failures %v", taken, zone, report.Pages, report.Failures)
}

// past is what an archive holds of a person's past.
type past struct {
	rnd     *rand.Rand
	home    *time.Location
	taken   time.Time
	missing int // of ten files
	files   map[string]string
}

func (a past) file(name, text string) {
	if a.rnd.IntN(10) >= a.missing {
		a.files[name] = text
	}
}

func (a past) write(s *source) {
	seed := uint64(a.rnd.IntN(3)) // what they hold may have changed
	rnd := rand.New(rand.NewPCG(seed, 7))
	first := time.Date(2025, 3, 9, 0, 0, 0, 0, time.UTC)
	steps, dist, beats := map[string][]string{}, map[string][]string{}, map[string][]string{}
	stepsCSV, beatsCSV, azm := []string{}, map[string][]string{}, []string{}
	for at := first; at.Before(a.taken); at = at.Add(time.Duration(1+rnd.IntN(300)) * time.Minute) {
		stamp := at.Format("01/02/06 15:04:05")
		local := at.In(a.home)
		n := rnd.IntN(90)
		if local.Day()%5 == int(seed) {
			n = 0
		}
		day := local.Format("2006-01-02")
		chunk := time.Date(2025, 3, 7+(local.YearDay()-66)/7*7, 0, 0, 0, 0, time.UTC).Format("2006-01-02")
		steps[chunk] = append(steps[chunk], fmt.Sprintf(`{"dateTime":%q,"value":"%d"}`, stamp, n))
		dist[chunk] = append(dist[chunk], fmt.Sprintf(`{"dateTime":%q,"value":"%d"}`, stamp, 70*n))
		stepsCSV = append(stepsCSV, fmt.Sprintf("%s,%d,%s", at.Format(time.RFC3339), n+1, []string{"Charge 6", "MobileTrack", "X Health Connect", "Pixel Watch"}[rnd.IntN(4)]))
		if n%3 > 0 {
			beats[day] = append(beats[day], fmt.Sprintf(`{"dateTime":%q,"value":{"bpm":%d,"confidence":%d}}`, stamp, 50+n, n%4))
		}
		utc := at.Format("2006-01-02")
		beatsCSV[utc] = append(beatsCSV[utc], fmt.Sprintf("%s,%d.0,%s", at.Format(time.RFC3339), 51+n, []string{"Charge 6", "Pixel Watch"}[rnd.IntN(2)]))
		azm = append(azm, fmt.Sprintf("%s,%s,%d", local.Format("2006-01-02T15:04"), []string{"FAT_BURN", "CARDIO", "PEAK"}[n%3], n%3))
	}
	list := func(all []string) string { return "[" + strings.Join(all, ",") + "]" }
	for _, chunk := range slices.Sorted(maps.Keys(steps)) {
		all := steps[chunk]
		body := list(all)
		if a.rnd.IntN(20) == 0 {
			body = strings.Replace(body, `"value":"`, `"value":"x`, 1)
		}
		a.file("Global Export Data/steps-"+chunk+".json", body)
		a.file("Global Export Data/distance-"+chunk+".json", list(dist[chunk]))
	}
	for _, day := range slices.Sorted(maps.Keys(beats)) {
		all := beats[day]
		a.file("Global Export Data/heart_rate-"+day+".json", list(all))
	}
	for _, day := range slices.Sorted(maps.Keys(beatsCSV)) {
		all := beatsCSV[day]
		a.file("Physical Activity_GoogleData/heart_rate_"+day+".csv", "timestamp,beats per minute,data source\n"+strings.Join(all, "\n")+"\n")
	}
	a.file("Physical Activity_GoogleData/steps_2025-03-01.csv", "timestamp,steps,data source\n"+strings.Join(stepsCSV, "\n")+"\n")
	a.file("Active Zone Minutes (AZM)/Active Zone Minutes - 2025-03-01.csv", "date_time,heart_zone_id,total_minutes\n"+strings.Join(azm, "\n")+"\n")
	for i, stem := range []string{"sedentary", "lightly_active", "moderately_active", "very_active"} {
		for c := range 3 {
			var all []string
			for d := range 15 {
				day := first.AddDate(0, 0, 15*c+d)
				v := []int{1440, 0, 0, 0}[i]
				if day.Before(a.taken) && rnd.IntN(6) > 0 {
					v = rnd.IntN(300)
				}
				all = append(all, fmt.Sprintf(`{"dateTime":%q,"value":"%d"}`, day.Format("01/02/06 15:04:05"), v))
			}
			a.file(fmt.Sprintf("Global Export Data/%s_minutes-%s.json", stem, first.AddDate(0, 0, 15*c).Format("2006-01-02")), list(all))
		}
	}
	cut := dayAfter(replayFirst, 9)
	for _, half := range []func(night) bool{func(n night) bool { return n.day <= cut }, func(n night) bool { return n.day >= cut }} {
		var in []night
		for _, n := range s.nights {
			if half(n) && n.day <= a.taken.Format("2006-01-02") {
				in = append(in, n)
			}
		}
		body := strings.TrimSuffix(strings.TrimPrefix(sleeps(in...), `{"sleep":`), "}")
		a.file("Global Export Data/sleep-"+[]string{"2025-03-01", cut}[a.rnd.IntN(2)]+".json", strings.ReplaceAll(body, "isMainSleep", "mainSleep"))
	}
	var logs, rows []string
	for i, w := range s.weights {
		p := strings.Fields(w)
		at, err := time.Parse("2006-01-02 15:04:05", p[0]+" "+p[1])
		if err != nil {
			panic(err)
		}
		if at.After(a.taken) {
			continue
		}
		if rnd.IntN(3) > 0 {
			logs = append(logs, fmt.Sprintf(`{"logId":%d,"weight":%s,"bmi":24.0,"date":%q,"time":%q}`, at.UnixMilli(), p[2], at.Format("01/02/06"), p[1]))
		}
		if rnd.IntN(3) > 0 {
			if seed == 1 {
				at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, a.home).UTC()
			}
			rows = append(rows, fmt.Sprintf("%s,%s000.0,%s", at.Format(time.RFC3339), p[2], []string{"", "Google Health App", "X Health Connect"}[i%3]))
		}
	}
	half := len(logs) / 2
	a.file("Global Export Data/weight-2025-03-01.json", list(logs[:half]))
	a.file("Global Export Data/weight-2025-03-25.json", list(logs[half:]))
	a.file("Physical Activity_GoogleData/weight.csv", "timestamp,weight grams,data source\n"+strings.Join(rows, "\n")+"\n")
}
