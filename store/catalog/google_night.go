package catalog

// onePerDay serves a type whose samples each stand for a day: they become points of the
// local midnight of their dates. Of several samples on one date the earliest counts, for a
// night ends before a nap; of samples at one instant the last.
func onePerDay(o *Origin) *Origin {
	o.Gather = earliestOfDay
	return o
}

func earliestOfDay(all []Point, _ Archive, z Zones) []Point {
	var points []Point
	at := map[Day]int{}
	for _, p := range all {
		i, again := at[p.Day]
		switch {
		case !again:
			at[p.Day] = len(points)
			points = append(points, p)
		case !p.Time.After(points[i].Time):
			points[i] = p
		}
	}
	for i := range points {
		points[i].Time = z.Start(points[i].Day)
	}
	return points
}

// readGoogleSkinTemperature reads the temperature of a night and the one that is usual. The
// difference, which is all that the legacy Web API gave, is computed; the usual one is not
// known of new users (google-health-api.md section 4) and then there is none.
func readGoogleSkinTemperature(r googleRecord[googleMembers]) ([]Point, error) {
	var f fieldList
	for _, m := range []memberField{
		{"nightly_c", "nightlyTemperatureCelsius", nil}, {"baseline_c", "baselineTemperatureCelsius", nil},
		{"stddev_30d_c", "relativeNightlyStddev30dCelsius", nil},
	} {
		f.member(skinTemperatureDaily, m, r.Value)
	}
	f.relativeTemperature()
	return r.point(skinTemperatureDaily, nil, f)
}

// relativeTemperature adds the difference of the temperature of a night from the usual one,
// where both are told.
func (l *fieldList) relativeTemperature() {
	known := map[string]float64{}
	for _, field := range l.fields {
		known[field.Key] = field.Value.Float()
	}
	nightly, measured := known["nightly_c"]
	baseline, usual := known["baseline_c"]
	if measured && usual && l.err == nil {
		l.add("relative_c", "", FloatValue(roundTo(nightly-baseline, 3)), nil)
	}
}
