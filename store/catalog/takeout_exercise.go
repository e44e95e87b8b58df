package catalog

import "fmt"

// takeoutExercises reads a point for each record of exercise-N.json, at its start
// (takeout-archive.md section 5.1).
func takeoutExercises(b Body) ([]Point, error) {
	records, err := takeoutRecords[activityLog](b, "startTime")
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
