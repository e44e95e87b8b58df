package schema

import "fitvault/store/catalog"

// kilogramsPerPound is the international pound.
const kilogramsPerPound = 0.45359237

// grafanaWeight has each weighing in pounds, whatever the account's unit: panels make
// kilograms of it. Days from the Google Health API have both units beside it.
func grafanaWeight() *Measurement {
	const name = "weight"
	return grafanaMeasurement(name, catalog.ByDay, []string{"Device"},
		grafanaDefs(catalog.Float, "value", "weightKg", "weightLbs"),
		each(func(n Native, p Person) []catalog.Point {
			r := grafanaRow{Native: n}
			r.add(catalog.Float, "value", 1/kilogramsPerPound, "weight_kg")
			if n.Source == catalog.Google {
				r.add(catalog.Float, "weightKg", 1, "weight_kg")
				r.add(catalog.Float, "weightLbs", 1/kilogramsPerPound, "weight_kg")
			}
			return r.point(name, grafanaTags(p))
		}), "weight")
}

// grafanaBattery is the charge of one device, percent, at its syncs. Its points have no tag,
// so those of two devices would be one line up and down; where fitbit-grafana takes the first
// of a list, the device of a day is the one that the points are named after, else the tracker
// that synced last.
func grafanaBattery() *Measurement {
	const name = "DeviceBatteryLevel"
	return grafanaMeasurement(name, catalog.ByDay, nil, grafanaDefs(catalog.Float, "value"),
		func(points []Native, p Person) []catalog.Point {
			speaks := grafanaDevices(points, p.Device)
			var out []catalog.Point
			for _, n := range points {
				if tag(n.Point, "device") != speaks[n.Day] {
					continue
				}
				r := grafanaRow{Native: n}
				r.add(catalog.Float, "value", 1, "battery_pct")
				out = append(out, r.point(name, nil)...)
			}
			return out
		}, "device")
}

// grafanaDevices chooses the device of each day: the one of the name, which may be none's, or
// the tracker that synced last. Those that do not tell their charge are none.
func grafanaDevices(points []Native, name string) map[catalog.Day]string {
	chosen := map[catalog.Day]Native{}
	for _, n := range points {
		named := name != "" && tag(n.Point, "device") == name
		if _, told := number(n.Point, "battery_pct"); !told || !named && tag(n.Point, "kind") == "scale" {
			continue
		}
		best, some := chosen[n.Day]
		bestNamed := name != "" && tag(best.Point, "device") == name
		if !some || named && !bestNamed || named == bestNamed && n.Time.After(best.Time) {
			chosen[n.Day] = n
		}
	}
	out := map[catalog.Day]string{}
	for day, n := range chosen {
		out[day] = tag(n.Point, "device")
	}
	return out
}
