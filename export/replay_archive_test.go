package export_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fitvault/store/catalog"
)

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
