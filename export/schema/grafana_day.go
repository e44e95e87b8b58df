package schema

import "fitvault/store/catalog"

// metresPerMile is the international mile.
const metresPerMile = 1609.344

// grafanaSum is the value of a day, with the field and the point that it is taken from.
type grafanaSum struct {
	Native
	key  string
	rank int // the lower, the more it is believed
}

// grafanaSums chooses for each day what tells of it. The legacy mode of fitbit-grafana reads
// the share that a tracker recorded, the Google mode the whole; so the tracker's stands on
// days that came from the legacy Web API, or that nothing else tells of. Of several fields the
// first that the day has is taken.
func grafanaSums(points []Native, keys ...string) []grafanaSum {
	var out []grafanaSum
	at := map[int64]int{} // in out, by the start of the day
	for i, key := range keys {
		for _, n := range points {
			if _, ok := number(n.Point, key); !ok {
				continue
			}
			sum := grafanaSum{n, key, 3*i + grafanaRank(n)}
			start := n.Time.UnixNano()
			switch j, again := at[start]; {
			case !again:
				at[start] = len(out)
				out = append(out, sum)
			case sum.rank < out[j].rank:
				out[j] = sum
			}
		}
	}
	return out
}

func grafanaRank(n Native) int {
	switch {
	case n.Measurement == "activity_tracker_daily":
		return 1
	case n.Source == catalog.Fitbit:
		return 2
	}
	return 0
}

// grafanaDaily is a measurement of one value a day.
func grafanaDaily(name, native string, by float64) *Measurement {
	return grafanaSummed(name, native, func(Native) float64 { return by })
}

// grafanaDistance is the distance of a day: miles on days from the legacy Web API, which
// fitbit-grafana asked without a language, and kilometres on all others, as in its Google
// mode. The two are kept although the unit changes with the source (section 2.3, break 2): a
// database that either mode began goes on in its unit.
func grafanaDistance() *Measurement {
	return grafanaSummed("distance", "distance_m", func(n Native) float64 {
		if n.Source == catalog.Fitbit {
			return 1 / metresPerMile
		}
		return 0.001
	})
}

func grafanaSummed(name, native string, unit func(Native) float64) *Measurement {
	return grafanaMeasurement(name, catalog.ByMonth, []string{"Device"}, grafanaDefs(catalog.Float, "value"),
		func(points []Native, p Person) []catalog.Point {
			var out []catalog.Point
			for _, sum := range grafanaSums(points, native) {
				r := grafanaRow{Native: sum.Native}
				r.add(catalog.Float, "value", unit(sum.Native), native)
				out = append(out, r.point(name, grafanaTags(p))...)
			}
			return out
		}, "activity_daily", "activity_tracker_daily")
}

// grafanaMinutes are the levels of activity. Google knows still minutes only as far as a
// tracker was worn.
var grafanaMinutes = []grafanaField{
	{"minutesSedentary", catalog.Int, []string{"sedentary_min", "sedentary_worn_min"}},
	{"minutesLightlyActive", catalog.Int, []string{"lightly_active_min"}},
	{"minutesFairlyActive", catalog.Int, []string{"fairly_active_min"}},
	{"minutesVeryActive", catalog.Int, []string{"very_active_min"}},
}

// grafanaActivityMinutes has all four levels from every source, where the Google mode of
// fitbit-grafana has the still minutes alone (section 2.3, break 4).
func grafanaActivityMinutes() *Measurement {
	const name = "Activity Minutes"
	var defs []catalog.FieldDef
	for _, f := range grafanaMinutes {
		defs = append(defs, catalog.FieldDef{Key: f.key, Kind: f.kind})
	}
	return grafanaMeasurement(name, catalog.ByMonth, []string{"Device"}, defs,
		func(points []Native, p Person) []catalog.Point {
			var out []catalog.Point
			for _, f := range grafanaMinutes {
				for _, sum := range grafanaSums(points, f.native...) {
					r := grafanaRow{Native: sum.Native}
					r.add(f.kind, f.key, 1, sum.key)
					out = append(out, r.point(name, grafanaTags(p))...)
				}
			}
			return out
		}, "activity_daily", "activity_tracker_daily")
}

// grafanaZoneFields are the names of the zones. What lies below all others has two native
// names, for Google's begins somewhere.
var grafanaZoneFields = map[string]string{"out_of_range": "Normal", "light": "Normal",
	"fat_burn": "Fat Burn", "cardio": "Cardio", "peak": "Peak"}

// grafanaZones has the minutes by the clock in each zone, from every source. The Google mode
// of fitbit-grafana has active zone minutes in their place, which count double in the upper
// zones (section 2.3, break 3); here these stand beside them, as in its legacy mode.
func grafanaZones() *Measurement {
	const name = "HR zones"
	defs := grafanaDefs(catalog.Int, "Normal", "Fat Burn", "Cardio", "Peak", "activeZoneMinutes",
		"fatBurnActiveZoneMinutes", "cardioActiveZoneMinutes", "peakActiveZoneMinutes")
	return grafanaMeasurement(name, catalog.ByMonth, []string{"Device"}, defs,
		each(func(n Native, p Person) []catalog.Point {
			r := grafanaRow{Native: n}
			if field := grafanaZoneFields[tag(n.Point, "zone")]; field != "" {
				r.add(catalog.Int, field, 1, "minutes")
			}
			r.add(catalog.Int, "activeZoneMinutes", 1, "total_min")
			r.add(catalog.Int, "fatBurnActiveZoneMinutes", 1, "fat_burn_min")
			r.add(catalog.Int, "cardioActiveZoneMinutes", 1, "cardio_min")
			r.add(catalog.Int, "peakActiveZoneMinutes", 1, "peak_min")
			return r.point(name, grafanaTags(p))
		}), "heart_rate_zone_daily", "active_zone_minutes_daily")
}

// grafanaSkin is how far the skin's temperature in a night was from the usual one, °C; worked
// out to four places where both are told.
func grafanaSkin() *Measurement {
	const name = "Skin Temperature Variation"
	return grafanaMeasurement(name, catalog.ByMonth, []string{"Device"}, grafanaDefs(catalog.Float, "RelativeValue"),
		each(func(n Native, p Person) []catalog.Point {
			r := grafanaRow{Native: n}
			nightly, measured := number(n.Point, "nightly_c")
			usual, known := number(n.Point, "baseline_c")
			if measured && known {
				r.put(catalog.Float, "RelativeValue", grafanaRound(nightly-usual, 4))
			} else {
				r.add(catalog.Float, "RelativeValue", 1, "relative_c")
			}
			return r.point(name, grafanaTags(p))
		}), "skin_temperature_daily")
}
