package emulator

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// exportExercise is a record of exercise-. Times are UTC, distances km, and no
// record tells where it was (archive sheet 5.1, gotcha 23).
type exportExercise struct {
	LogID          json.Number       `json:"logId"`
	Name           string            `json:"activityName"`
	Type           int               `json:"activityTypeId"`
	Levels         []exportLevel     `json:"activityLevel"`
	AverageBPM     int               `json:"averageHeartRate,omitempty"`
	Kcal           int               `json:"calories"`
	Distance       *number           `json:"distance,omitempty"`
	DistanceUnit   string            `json:"distanceUnit,omitempty"`
	Duration       int64             `json:"duration"`       // ms
	ActiveDuration int64             `json:"activeDuration"` // ms
	Steps          int               `json:"steps,omitempty"`
	Source         *exportSource     `json:"source,omitempty"`
	LogType        string            `json:"logType"`
	ManualValues   map[string]bool   `json:"manualValuesSpecified"`
	Zones          []exportZone      `json:"heartRateZones,omitempty"`
	Speed          *number           `json:"speed,omitempty"` // km/h
	Pace           *number           `json:"pace,omitempty"`  // s/km
	SwimLengths    int               `json:"swimLengths,omitempty"`
	PoolLength     int               `json:"poolLength,omitempty"`
	PoolLengthUnit string            `json:"poolLengthUnit,omitempty"`
	VO2Max         map[string]number `json:"vo2Max,omitempty"`
	LastModified   string            `json:"lastModified"`
	Start          string            `json:"startTime"`
	OriginalStart  string            `json:"originalStartTime"`
	OriginalLength int64             `json:"originalDuration"` // ms
	ElevationGain  number            `json:"elevationGain"`    // metres
	HasGPS         bool              `json:"hasGps"`
	Details        bool              `json:"shouldFetchDetails"`
	HasZoneMinutes bool              `json:"hasActiveZoneMinutes"`
	TCX            string            `json:"tcxLink,omitempty"`
}

type exportLevel struct {
	Minutes int    `json:"minutes"`
	Name    string `json:"name"`
}

type exportSource struct {
	Type     string   `json:"type"`
	Name     string   `json:"name"`
	ID       string   `json:"id"`
	URL      string   `json:"url"`
	Features []string `json:"trackerFeatures"`
}

type exportZone struct {
	Name    string `json:"name"`
	Min     int    `json:"min"`
	Max     int    `json:"max"`
	Minutes int    `json:"minutes"`
}

var activityTypes = map[string]int{"run": 90009, "bike": 90001, "swim": 90024, "weights": 2131, "walk": 90013}

// exercisePages is exercise-: newest first, a hundred records a page.
func (t *takeout) exercisePages() iter.Seq[takeoutFile] {
	return t.paged("exercise", func(yield func(any) bool) {
		for d := t.c.today; d >= t.p.first; d-- {
			for _, r := range t.exercises(d) {
				if !yield(t.exercise(r)) {
					return
				}
			}
		}
	})
}

// exercises are those of a day of the person, newest first.
func (t *takeout) exercises(d Date) []record {
	all := t.g.exercises(d)
	slices.SortStableFunc(all, func(a, b record) int { return b.start.Compare(a.start) })
	return all
}

func (t *takeout) exercise(r record) exportExercise {
	v := r.value.(exertion)
	lasted := v.End.Sub(v.Start)
	e := exportExercise{
		LogID: json.Number(r.id), Name: sportNames[v.Kind][1], Type: activityTypes[v.Kind], Levels: v.exportLevels(),
		AverageBPM: v.AverageBPM, Kcal: int(v.Kcal + 0.5), Steps: v.Steps, LogType: "manual",
		Duration: lasted.Milliseconds(), ActiveDuration: (lasted - v.pause()).Milliseconds(),
		ManualValues: map[string]bool{"calories": false, "distance": v.AverageBPM == 0, "steps": false},
		Start:        usStamp(v.Start), OriginalStart: usStamp(v.Start), OriginalLength: lasted.Milliseconds(),
		LastModified: usStamp(v.created), ElevationGain: number(round(v.ElevationM, 3)), HasGPS: v.GPS, Details: v.GPS,
	}
	if v.Metres > 0 {
		seconds := (lasted - v.pause()).Seconds()
		e.Distance, e.DistanceUnit = decimals(v.Metres/1000, 6), "Kilometer"
		e.Speed, e.Pace = decimals(v.Metres/seconds*3.6, 5), decimals(seconds/v.Metres*1000, 5)
	}
	if v.AverageBPM > 0 {
		t.recorded(&e, v)
	}
	return e
}

// recorded adds what only a session of the watch has.
func (t *takeout) recorded(e *exportExercise, v exertion) {
	e.LogType, e.HasZoneMinutes = "tracker", true
	e.Source = &exportSource{"tracker", activeOrigin.device, "2200000017", "https://www.fitbit.com/",
		[]string{"GPS", "STEPS", "HEARTRATE", "CALORIES", "DISTANCE"}}
	limits := t.p.limits(v.Date)
	for z, name := range zoneNames["en_US"] {
		e.Zones = append(e.Zones, exportZone{name, limits[z], limits[z+1], v.Zones[z].Minutes})
	}
	switch {
	case v.Kind == "swim":
		e.SwimLengths, e.PoolLength, e.PoolLengthUnit = v.Minutes, 25, "Meter"
	case v.Kind == "run" && v.GPS:
		e.VO2Max = map[string]number{"vo2Max": number(round(t.runFitnessOf(v.Workout), 5))}
	}
	if v.GPS {
		e.TCX = "https://www.fitbit.com/activities/exercise/" + string(e.LogID) + "?export=tcx"
	}
}

// exportLevels are the minutes by activity; those of a typed-in walk count as
// fairly active.
func (v exertion) exportLevels() []exportLevel {
	total := v.Totals
	if v.AverageBPM == 0 {
		total.Fairly = int(v.End.Sub(v.Start) / time.Minute)
	}
	return []exportLevel{
		{total.InBed + total.Sedentary, "sedentary"}, {total.Lightly, "lightly"}, {total.Fairly, "fairly"}, {total.Very, "very"},
	}
}

func decimals(v float64, places int) *number {
	n := number(round(v, places))
	return &n
}

func (t *takeout) runFitnessOf(w Workout) float64 { return t.p.Fitness(w.Date) + 0.5 }

// runFitness is run_vo2_max-: of runs with GPS, at their start in UTC.
func (t *takeout) runFitness(from, to Date) []byte {
	type fitness struct {
		Exercise int64  `json:"exerciseId"`
		Value    number `json:"runVO2Max"`
		Error    number `json:"runVO2MaxError"`
		Smooth   number `json:"filteredRunVO2Max"`
		SmoothBy number `json:"filteredRunVO2MaxError"`
	}
	var records []exportValue
	for d := range t.personDays(t.start(from), t.start(to+1)) {
		w, ok := t.g.run(d)
		if !ok || !w.GPS || !t.within(w.Start, from, to) {
			continue
		}
		value := t.runFitnessOf(w)
		records = append(records, exportValue{usStamp(w.Start), fitness{
			w.ID, number(round(value, 5)), 2.5, number(round((value+t.p.Fitness(d-1)+0.5)/2, 5)), 1.25,
		}})
	}
	return exportArray(records)
}

// within tells whether an instant lies on the days [from, to] of the profile's
// zone.
func (t *takeout) within(at time.Time, from, to Date) bool {
	return !at.Before(t.start(from)) && at.Before(t.start(to+1))
}

// swimLengths is swim_lengths_data-: a lap a minute of a swim, in UTC.
func (t *takeout) swimLengths(from, to Date) []byte {
	type lap struct {
		Seconds   int    `json:"lapDurationSec"`
		Strokes   int64  `json:"strokeCount"`
		Style     string `json:"swimStrokeType"`
		Algorithm string `json:"swimAlgorithmType"`
	}
	var records []exportValue
	for d := range t.personDays(t.start(from), t.start(to+1)) {
		for _, r := range t.g.swimLengths(d) {
			if v := r.value.(length); t.within(r.start, from, to) {
				records = append(records, exportValue{usStamp(r.start), lap{60, v.strokes, v.style, "UNKNOWN"}})
			}
		}
	}
	return exportArray(records)
}
