package catalog

import (
	"strings"
	"time"
	"unicode"
)

// googleWorkout is the value of an exercise (google-health-api.md section 6.2). Distance and
// elevation are floating-point numbers here, unlike elsewhere (section 4).
type googleWorkout struct {
	Type    string `json:"exerciseType"`
	Name    string `json:"displayName"`
	Active  string `json:"activeDuration"`
	Metrics struct {
		Kcal      number `json:"caloriesKcal"`
		Distance  number `json:"distanceMillimeters"`
		Elevation number `json:"elevationGainMillimeters"`
		Steps     number `json:"steps"`
		BPM       number `json:"averageHeartRateBeatsPerMinute"`
		Pace      number `json:"averagePaceSecondsPerMeter"`
		Speed     number `json:"averageSpeedMillimetersPerSecond"`
		Zone      number `json:"activeZoneMinutes"`
		Zones     struct {
			Light    string `json:"lightTime"`
			Moderate string `json:"moderateTime"`
			Vigorous string `json:"vigorousTime"`
			Peak     string `json:"peakTime"`
		} `json:"heartRateZoneDurations"`
	} `json:"metricsSummary"`
	Metadata struct {
		GPS bool `json:"hasGps"`
	} `json:"exerciseMetadata"`
}

// activity is what the app calls the exercise, else its type in words.
func (v googleWorkout) activity() []Tag {
	name := tagValue(v.Name)
	if name == "" {
		name = titleWords(enumName(v.Type))
	}
	if name == "" {
		return nil
	}
	return []Tag{{"activity", name}}
}

// titleWords turns strength_training into Strength Training.
func titleWords(snake string) string {
	words := strings.Split(snake, "_")
	for i, w := range words {
		runes := []rune(w)
		if len(runes) > 0 {
			runes[0] = unicode.ToUpper(runes[0])
		}
		words[i] = string(runes)
	}
	return strings.Join(words, " ")
}

// readGoogleExercise reads a point for each exercise, at its start.
func readGoogleExercise(r googleRecord[googleWorkout]) ([]Point, error) {
	v, m := r.Value, r.Value.Metrics
	var f fieldList
	length, err := r.Interval.length()
	f.add("duration_s", "interval", FloatValue(length.Seconds()), err)
	f.elapsed("active_s", "activeDuration", v.Active, Float)
	f.double("calories_kcal", "metricsSummary.caloriesKcal", m.Kcal, nil)
	f.int("steps", "metricsSummary.steps", m.Steps)
	f.double("distance_m", "metricsSummary.distanceMillimeters", m.Distance, thousandth)
	f.int("avg_bpm", "metricsSummary.averageHeartRateBeatsPerMinute", m.BPM)
	f.double("elevation_m", "metricsSummary.elevationGainMillimeters", m.Elevation, thousandth)
	f.int("azm_min", "metricsSummary.activeZoneMinutes", m.Zone)
	f.double("speed_m_per_s", "metricsSummary.averageSpeedMillimetersPerSecond", m.Speed, thousandth)
	f.double("pace_s_per_m", "metricsSummary.averagePaceSecondsPerMeter", m.Pace, nil)
	f.elapsed("light_s", "heartRateZoneDurations.lightTime", m.Zones.Light, Int)
	f.elapsed("moderate_s", "heartRateZoneDurations.moderateTime", m.Zones.Moderate, Int)
	f.elapsed("vigorous_s", "heartRateZoneDurations.vigorousTime", m.Zones.Vigorous, Int)
	f.elapsed("peak_s", "heartRateZoneDurations.peakTime", m.Zones.Peak, Int)
	f.str("log_id", r.ID)
	return r.point(exercise, v.activity(), f)
}

// elapsed adds a duration in seconds, whole or not as the kind says; an absent one adds
// nothing.
func (l *fieldList) elapsed(key, member, duration string, kind Kind) {
	if duration == "" || l.err != nil {
		return
	}
	d, err := readDuration(member, duration)
	if err != nil {
		l.err = err
		return
	}
	v := FloatValue(d.Seconds())
	if kind == Int {
		v = IntValue(int64(d.Round(time.Second) / time.Second))
	}
	l.add(key, member, v, nil)
}

// Track is an exercise that has a GPS track.
type Track struct {
	ID  string
	Day Day // of its start
}

// Tracks finds the exercises of an answer that have a GPS track to be asked for.
func Tracks(s Source, b Body) ([]Track, error) {
	switch s {
	case Fitbit:
		return fitbitTracks(b)
	case Google:
		return googleTracks(b)
	}
	return nil, nil
}

func googleTracks(b Body) ([]Track, error) {
	var tracks []Track
	_, err := googleReader(googleExercises, func(r googleRecord[googleWorkout]) ([]Point, error) {
		if r.Value.Metadata.GPS && r.ID != "" {
			tracks = append(tracks, Track{r.ID, r.Day})
		}
		return nil, nil
	})(b)
	if err != nil {
		return nil, err
	}
	return tracks, nil
}
