package schema

import (
	"maps"
	"slices"
	"time"

	"fitvault/store/catalog"
)

// grafanaActivity is the name of an exercise; of one without, the word that fitbit-grafana
// has for it.
func grafanaActivity(n Native) string {
	if name := tag(n.Point, "activity"); name != "" {
		return name
	}
	return "Unknown-Activity"
}

// grafanaActivities has a point for each exercise, at its start, without the tracker.
// Durations are milliseconds from every source, as panels take them, where the Google mode of
// fitbit-grafana has seconds. Distances are metres from every source, as in that mode: the
// unit of the account, which its legacy mode had, is not told.
func grafanaActivities() *Measurement {
	const name = "Activity Records"
	return grafanaMeasurement(name, catalog.ByDay, []string{"ActivityName"},
		append(grafanaDefs(catalog.Int, "ActiveDuration", "AverageHeartRate", "calories", "duration", "steps"),
			grafanaDefs(catalog.Float, "distance")...),
		each(func(n Native, _ Person) []catalog.Point {
			r := grafanaRow{Native: n}
			r.add(catalog.Int, "ActiveDuration", 1000, "active_s")
			r.add(catalog.Int, "AverageHeartRate", 1, "avg_bpm")
			r.add(catalog.Int, "calories", 1, "calories_kcal")
			r.add(catalog.Int, "duration", 1000, "duration_s")
			r.add(catalog.Float, "distance", 1, "distance_m")
			r.add(catalog.Int, "steps", 1, "steps")
			return r.point(name, []catalog.Tag{{Key: "ActivityName", Value: grafanaActivity(n)}})
		}), "exercise")
}

// grafanaGPS has the track points of exercises, under the start and the name of theirs. One
// whose exercise is not known has no such name and is left out.
func grafanaGPS() *Measurement {
	const name = "GPS"
	return grafanaMeasurement(name, catalog.ByDay, []string{"ActivityID"},
		append(grafanaDefs(catalog.Float, "lat", "lon", "altitude", "distance", "speed_kph"),
			grafanaDefs(catalog.Int, "heart_rate")...),
		func(points []Native, _ Person) []catalog.Point {
			exercises, tracks := grafanaRoutes(points)
			var out []catalog.Point
			for _, id := range slices.Sorted(maps.Keys(tracks)) {
				exercise, known := exercises[id]
				if !known {
					continue
				}
				tags := []catalog.Tag{{Key: "ActivityID", Value: grafanaActivityID(exercise)}}
				for i, n := range tracks[id] {
					r := grafanaRow{Native: n}
					r.addPlace()
					if i > 0 {
						r.addSpeed(tracks[id][i-1])
					}
					out = append(out, r.point(name, tags)...)
				}
			}
			return out
		}, "gps", "exercise")
}

// grafanaRoutes returns exercises and the points of their tracks in order of time, by id. Of
// several points of one track and instant the one believed most is left.
func grafanaRoutes(points []Native) (exercises map[string]Native, tracks map[string][]Native) {
	exercises, tracks = map[string]Native{}, map[string][]Native{}
	for _, n := range points {
		id := text(n.Point, "log_id")
		if n.Measurement == "gps" {
			tracks[id] = append(tracks[id], n)
		} else if _, again := exercises[id]; !again && id != "" {
			exercises[id] = n
		}
	}
	for id, track := range tracks {
		slices.SortStableFunc(track, func(a, b Native) int { return a.Time.Compare(b.Time) })
		tracks[id] = slices.CompactFunc(track, func(a, b Native) bool { return a.Time.Equal(b.Time) })
	}
	return exercises, tracks
}

// grafanaActivityID names a track by its exercise: the start as Python's isoformat writes it
// in UTC, and the name.
func grafanaActivityID(exercise Native) string {
	start := exercise.Time.UTC().Truncate(time.Microsecond)
	layout := "2006-01-02T15:04:05-07:00"
	if start.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000-07:00"
	}
	return start.Format(layout) + "-" + grafanaActivity(exercise)
}

// addPlace adds what a track point tells; its distance is the way from the start, metres.
func (r *grafanaRow) addPlace() {
	r.add(catalog.Float, "lat", 1, "lat")
	r.add(catalog.Float, "lon", 1, "lon")
	r.add(catalog.Float, "altitude", 1, "altitude_m")
	r.add(catalog.Float, "distance", 1, "distance_m")
	r.add(catalog.Int, "heart_rate", 1, "bpm")
}

// addSpeed adds the speed on the way from the track point before, km/h, where both tell their
// distance and it does not fall back, as that of some tracks of the legacy Web API does.
func (r *grafanaRow) addSpeed(before Native) {
	from, known := number(before.Point, "distance_m")
	to, told := number(r.Point, "distance_m")
	if known && told && to >= from {
		r.put(catalog.Float, "speed_kph", grafanaRound(3.6*(to-from)/r.Time.Sub(before.Time).Seconds(), 6))
	}
}
