package catalog

import "time"

// Where an archive has the minutes of a day and no total, the total is their sum (design
// section 7): of one recorder, and of whole days only. The day is that of the person, also
// abroad, where it is not the one that its minutes are filed under. It is whole when it was
// over before the archive was made.

// daySums makes a field of a daily series of the minutes of each whole day. A dense day must
// have all of its minutes.
func daySums(s *Series, field string, decimals int, dense bool) Gatherer {
	return func(points []Point, a Archive, z Zones) []Point {
		return perWholeDay(s, oneRecorder(points, a, z), a, z, func(d Day, minutes []Point) []Field {
			if dense && len(minutes) < int(z.Start(d+1).Sub(z.Start(d))/time.Minute) {
				return nil
			}
			sum := 0.0
			for _, m := range minutes {
				sum += m.Fields[0].Value.number()
			}
			if s.kind(field) == Int {
				return []Field{{field, IntValue(int64(roundTo(sum, 0)))}}
			}
			return []Field{{field, FloatValue(roundTo(sum, decimals))}}
		})
	}
}

// zoneSums makes the active zone minutes of each whole day of those of its minutes. A zone
// without any has none.
func zoneSums(points []Point, a Archive, z Zones) []Point {
	return perWholeDay(activeZoneMinutesDaily, oneRecorder(points, a, z), a, z, func(_ Day, minutes []Point) []Field {
		sums := map[string]int64{}
		for _, m := range minutes {
			for _, f := range m.Fields {
				sums[f.Key] += f.Value.Int()
			}
		}
		fields := make([]Field, len(zoneMinuteFields))
		for i, def := range zoneMinuteFields {
			fields[i] = Field{def.Key, IntValue(sums[def.Key])}
		}
		return fields
	})
}

// zonesOfOne makes one point of the zones of a minute, of those that one recorder told.
func zonesOfOne(points []Point, a Archive, z Zones) []Point {
	return allZones(oneRecorder(points, a, z), a, z)
}

// perWholeDay makes a point of the points of each whole day, at the start of the day.
func perWholeDay(s *Series, points []Point, a Archive, z Zones, total func(Day, []Point) []Field) []Point {
	days, filed := map[Day][]Point{}, map[Day]bool{}
	var order []Day
	for _, p := range points {
		filed[p.Day] = true
		d := z.Today(p.Time)
		if len(days[d]) == 0 {
			order = append(order, d)
		}
		days[d] = append(days[d], p)
	}
	var out []Point
	for _, d := range order {
		if z.Start(d+1).After(a.Taken) || !filed[d] {
			continue
		}
		if fields := total(d, days[d]); len(fields) > 0 {
			out = append(out, Point{Measurement: s.Measurement, Fields: fields, Time: z.Start(d), Day: d})
		}
	}
	return out
}

// number returns a whole or a decimal value as a float.
func (v Value) number() float64 {
	if v.kind == Int {
		return float64(v.Int())
	}
	return v.Float()
}
