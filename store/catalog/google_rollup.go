package catalog

import "time"

// googleDay reads the sum of each civil day as a field of that day.
func googleDay(id, member string, read googleNumber, s *Series, field string) *Origin {
	return googleField(googleDailySums(id, googleActivity, googleRollUpDays), member, read, s, field)
}

// googleCalories reads the energy of each minute, basal included: no record holds it, and
// windows of a minute are the finest that there are.
func googleCalories() *Origin {
	return googleField(googleSums("total-calories", googleActivity, time.Minute, 7), "kcalSum", googleFloat, calories, "kcal")
}

// activeMinutes are the minutes of each level of activity of a day.
var activeMinutes = googleDailySums("active-minutes", googleActivity, googleShortRollUpDays)

// googleActiveMinutes reads the minutes of one level of each day. A level that a day with
// other levels leaves out is zero, as the legacy Web API has it.
func googleActiveMinutes(level, field string) Reader {
	return googleReader(activeMinutes, func(r googleRecord[googleMembers]) ([]Point, error) {
		entries, err := r.Value.entries("activeMinutesRollupByActivityLevel", "activityLevel")
		if err != nil {
			return nil, err
		}
		var f fieldList
		for _, e := range withZeros(entries, level) {
			if e.name == level {
				orZero(googleInt)(&f, field, "activeMinutesSum", e.members.get("activeMinutesSum"))
				break
			}
		}
		return r.point(activityDaily, nil, f)
	})
}

// googleZoneMinutesOfDay reads the active zone minutes of a day. A zone that is left out
// beside another is zero, so that the total is the sum of all three.
func googleZoneMinutesOfDay(r googleRecord[googleMembers]) ([]Point, error) {
	var f fieldList
	total, told := int64(0), false
	for _, zone := range []struct{ field, member string }{
		{"fat_burn_min", "sumInFatBurnHeartZone"},
		{"cardio_min", "sumInCardioHeartZone"},
		{"peak_min", "sumInPeakHeartZone"},
	} {
		told = told || r.Value.get(zone.member) != ""
		orZero(googleInt)(&f, zone.field, zone.member, r.Value.get(zone.member))
		if f.err != nil {
			return nil, f.err
		}
		total += f.fields[len(f.fields)-1].Value.Int()
	}
	if !told {
		return nil, nil
	}
	f.fields = append(f.fields, Field{"total_min", IntValue(total)})
	return r.point(activeZoneMinutesDaily, nil, f)
}
