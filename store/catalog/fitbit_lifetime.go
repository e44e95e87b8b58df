package catalog

import "fmt"

// fitbitLifetime reads the sums of a whole life, of all that was logged and of what trackers
// recorded, at the start of the day on which they were read [D5]. Distances are kilometres;
// -1 stands for what is not known.
func fitbitLifetime(b Body) ([]Point, error) {
	type sums struct {
		Steps    number `json:"steps"`
		Distance number `json:"distance"`
		Floors   number `json:"floors"`
	}
	answer, err := decodeObject[struct {
		Lifetime struct {
			Total   sums `json:"total"`
			Tracker sums `json:"tracker"`
		} `json:"lifetime"`
	}](b.JSON)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, of := range []struct {
		scope string
		sums
	}{{"total", answer.Lifetime.Total}, {"tracker", answer.Lifetime.Tracker}} {
		var f fieldList
		f.known("steps", of.Steps)
		f.float("distance_m", "distance", of.Distance, func(km float64) (float64, bool) { return roundTo(km*1000, 3), km >= 0 })
		f.known("floors", of.Floors)
		if f.err != nil {
			return nil, fmt.Errorf("lifetime %s: %w", of.scope, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: lifetime.Measurement, Tags: []Tag{{"scope", of.scope}}, Fields: f.fields,
				Time: b.Zones.Start(b.Day), Day: b.Day})
		}
	}
	return points, nil
}

// known adds a whole number that is not negative, under the name of its member.
func (l *fieldList) known(member string, n number) {
	if n == "" || l.err != nil {
		return
	}
	if v, err := n.int(); err != nil || v >= 0 {
		l.add(member, member, IntValue(v), err)
	}
}
