package catalog

import (
	"fmt"
	"time"
)

// activityLog is an element of the list of exercises [D2], and a record of an archive, which
// has the same members (section 5.6). Durations are in milliseconds.
type activityLog struct {
	LogID     number `json:"logId"`
	Name      string `json:"activityName"` // absent on old records
	Start     string `json:"startTime"`    // with its offset; of an archive UTC
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

// start returns the instant at which the exercise began and the date that its own clock
// showed, under which the list files it.
func (r activityLog) start() (time.Time, Day, error) {
	at, err := readInstant("startTime", r.Start)
	if err != nil {
		return at, 0, err
	}
	day, err := readDay("startTime", r.Start[:len(dayLayout)])
	return at, day, err
}

// fitbitExercises reads a point for each exercise, at its start.
func fitbitExercises(b Body) ([]Point, error) {
	logs, err := decodeList[activityLog](b.JSON, "activities", "startTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, r := range logs {
		at, day, err := r.start()
		if err != nil {
			return nil, fmt.Errorf("exercise %s: %w", r.LogID, err)
		}
		f := r.fields()
		if f.err != nil {
			return nil, fmt.Errorf("exercise of %s: %w", r.Start, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: exercise.Measurement, Tags: activityTag(r.Name), Fields: f.fields,
				Time: at, Day: day})
		}
	}
	return points, nil
}

// fields reads what is told of the exercise. Minutes in zones are as the clock counts them,
// those in all zones together as the app weights them.
func (r activityLog) fields() fieldList {
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

// fitbitTracks finds the exercises of a page that have a GPS track: to all others belongs a
// track without positions, if any [D4].
func fitbitTracks(b Body) ([]Track, error) {
	type tracked struct {
		activityLog
		GPS bool `json:"hasGps"`
	}
	logs, err := decodeList[tracked](b.JSON, "activities", "startTime")
	if err != nil {
		return nil, err
	}
	var tracks []Track
	for _, r := range logs {
		if !r.GPS || r.LogID == "" {
			continue
		}
		id, err := r.LogID.text()
		if err != nil {
			return nil, fmt.Errorf("exercise of %s: member logId: %w", r.Start, err)
		}
		_, day, err := r.start()
		if err != nil {
			return nil, fmt.Errorf("exercise %s: %w", id, err)
		}
		tracks = append(tracks, Track{id, day})
	}
	return tracks, nil
}
