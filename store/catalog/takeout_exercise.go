package catalog

import "fmt"

// takeoutExercise is a record of exercise-N.json (takeout-archive.md section 5.1). It has the
// members of the activity list of the legacy Web API; durations are in milliseconds.
type takeoutExercise struct {
	LogID     number `json:"logId"`
	Name      string `json:"activityName"` // absent on old records
	Start     string `json:"startTime"`    // UTC
	Duration  number `json:"duration"`
	Active    number `json:"activeDuration"`
	Kcal      number `json:"calories"`
	Steps     number `json:"steps"`
	Distance  number `json:"distance"`
	Unit      string `json:"distanceUnit"`
	Speed     number `json:"speed"`         // units an hour
	Pace      number `json:"pace"`          // seconds a unit
	Elevation number `json:"elevationGain"` // metres
	BPM       number `json:"averageHeartRate"`
	AZM       struct {
		Total number `json:"totalMinutes"`
	} `json:"activeZoneMinutes"`
	Zones []struct {
		Name    string `json:"name"`
		Minutes number `json:"minutes"`
	} `json:"heartRateZones"`
}

// metresIn are the units that distances are told in. One that is not known leaves them out.
var metresIn = map[string]float64{"Kilometer": 1000, "Mile": 1609.344, "Meter": 1, "Yard": 0.9144}

// exerciseZones are the zones that the Google Health API has under other names. Its lightest
// is left out: it has a lower limit, and Out of Range none.
var exerciseZones = map[string]string{"Fat Burn": "moderate_s", "Cardio": "vigorous_s", "Peak": "peak_s"}

// takeoutExercises reads a point for each exercise, at its start.
func takeoutExercises(b Body) ([]Point, error) {
	records, err := takeoutRecords[takeoutExercise](b, "startTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, r := range records {
		at, err := usInstant("startTime", r.Start)
		if err != nil {
			return nil, fmt.Errorf("exercise %s: %w", r.LogID, err)
		}
		f := r.fields()
		if f.err != nil {
			return nil, fmt.Errorf("exercise of %s: %w", r.Start, f.err)
		}
		p := Point{Measurement: exercise.Measurement, Tags: activityTag(r.Name), Fields: f.fields, Time: at, Day: b.localDay(at)}
		if len(f.fields) > 0 {
			points = append(points, p)
		}
	}
	return points, nil
}

func (r takeoutExercise) fields() fieldList {
	var f fieldList
	f.float("duration_s", "duration", r.Duration, thousandth)
	f.float("active_s", "activeDuration", r.Active, thousandth)
	f.float("calories_kcal", "calories", r.Kcal, nil)
	f.int("steps", "steps", r.Steps)
	f.float("elevation_m", "elevationGain", r.Elevation, nil)
	f.int("avg_bpm", "averageHeartRate", r.BPM)
	f.int("azm_min", "activeZoneMinutes.totalMinutes", r.AZM.Total)
	if metres := metresIn[r.Unit]; metres > 0 {
		f.float("distance_m", "distance", r.Distance, func(x float64) (float64, bool) { return roundTo(x*metres, 3), true })
		f.float("speed_m_per_s", "speed", r.Speed, func(x float64) (float64, bool) { return roundTo(x*metres/3600, 4), x > 0 })
		f.float("pace_s_per_m", "pace", r.Pace, func(x float64) (float64, bool) { return roundTo(x/metres, 4), x > 0 })
	}
	for _, z := range r.Zones {
		if key := exerciseZones[z.Name]; key != "" && z.Minutes != "" {
			minutes, err := z.Minutes.int()
			f.add(key, "heartRateZones.minutes", IntValue(60*minutes), err)
		}
	}
	f.id("log_id", "logId", r.LogID)
	return f
}

// activityTag is the activity by the name that the app shows.
func activityTag(name string) []Tag {
	if name = tagValue(name); name != "" {
		return []Tag{{"activity", name}}
	}
	return nil
}

// eachOnce leaves one point for each log: of those that several members hold, as pages move
// when exercises are added, the last. Of what is left, points of one instant are kept apart.
func eachOnce(points []Point, a Archive, z Zones) []Point {
	last := map[string]int{}
	for i, p := range points {
		last[logID(p)] = i
	}
	out := points[:0]
	for i, p := range points {
		if id := logID(p); id == "" || last[id] == i {
			out = append(out, p)
		}
	}
	return byLogID(out, a, z)
}
