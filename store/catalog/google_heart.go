package catalog

// googleHeartRate reads the heart rate, sample by sample. It is asked for by list, whose
// samples come with their source.
func googleHeartRate() *Origin {
	return googleField(googleSamples(List, "heart-rate", googleMetrics, 1), "beatsPerMinute", googleInt, heartRate, "bpm")
}

// googleRestingHeartRate reads the resting heart rate of each day.
func googleRestingHeartRate() *Origin {
	return googleField(googleDates("daily-resting-heart-rate", googleMetrics, 1095), "beatsPerMinute", googleFloat, heartRateDaily, "resting_bpm")
}

// googleZoneNames are the zones that have another name in the legacy Web API. LIGHT is not
// among them: it has a lower limit of its own, out_of_range is all that lies below the others.
var googleZoneNames = map[string]string{"moderate": "fat_burn", "vigorous": "cardio"}

// googleZones are the zones of which a day tells all, those that are zero by leaving them
// out.
var googleZones = []string{"light", "moderate", "vigorous", "peak"}

// googleHeartZones reads a point for each entry of a list of zones in each value; read is
// given the entry's members and the whole list.
func googleHeartZones(a Ask, list, name string, zones []string, read func(*fieldList, googleMembers, []googleEntry)) *Origin {
	return googleOrigin(a, func(r googleRecord[googleMembers]) ([]Point, error) {
		entries, err := r.Value.entries(list, name)
		if err != nil {
			return nil, err
		}
		var points []Point
		for _, e := range withZeros(entries, zones...) {
			var f fieldList
			read(&f, e.members, entries)
			if n := googleZoneNames[e.name]; n != "" {
				e.name = n
			}
			of, err := r.point(heartRateZoneDaily, []Tag{{"zone", e.name}}, f)
			if err != nil {
				return nil, err
			}
			points = append(points, of...)
		}
		return points, nil
	})
}

// googleZoneTimes reads the minutes of each zone of a day.
func googleZoneTimes() *Origin {
	ask := googleDailySums("time-in-heart-rate-zone", googleActivity, googleRollUpDays)
	return googleHeartZones(ask, "timeInHeartRateZones", "heartRateZone", googleZones, func(f *fieldList, m googleMembers, _ []googleEntry) {
		n := m.get("duration")
		if n == "" {
			n = `"0s"`
		}
		googleMinutes(f, "minutes", "duration", n)
	})
}

// googleZoneCalories reads the energy spent in each zone of a day, basal included.
func googleZoneCalories() *Origin {
	ask := googleDailySums("calories-in-heart-rate-zone", googleActivity, googleShortRollUpDays)
	return googleHeartZones(ask, "caloriesInHeartRateZones", "heartRateZone", googleZones, func(f *fieldList, m googleMembers, _ []googleEntry) {
		orZero(googleFloat)(f, "calories_kcal", "kcal", m.get("kcal"))
	})
}

// googleZoneBounds reads the limits of each zone of a day.
func googleZoneBounds() *Origin {
	ask := googleDates("daily-heart-rate-zones", googleMetrics, 1095)
	return googleHeartZones(ask, "heartRateZones", "heartRateZoneType", nil, func(f *fieldList, m googleMembers, all []googleEntry) {
		f.int("min_bpm", "minBeatsPerMinute", m.get("minBeatsPerMinute"))
		f.int("max_bpm", "maxBeatsPerMinute", m.get("maxBeatsPerMinute"))
		if n := len(f.fields); f.err == nil && m.get("maxBeatsPerMinute") != "" {
			f.fields[n-1].Value = upTo(f.fields[n-1].Value, all)
		}
	})
}

// upTo returns the upper limit of a zone as the legacy Web API tells it: the beat at which
// the next zone begins, where Google tells the last one of the zone.
func upTo(last Value, all []googleEntry) Value {
	for _, e := range all {
		if low := e.members.get("minBeatsPerMinute"); low != "" {
			if n, err := low.int(); err == nil && n == last.Int()+1 {
				return IntValue(n)
			}
		}
	}
	return last
}

// googleFitness reads the cardio fitness of each day: one value, where the legacy Web API
// had a range.
func googleFitness(r googleRecord[googleMembers]) ([]Point, error) {
	var f fieldList
	f.double("vo2max", "vo2Max", r.Value.get("vo2Max"), nil)
	if len(f.fields) == 0 {
		return nil, f.err
	}
	f.double("covariance", "vo2MaxCovariance", r.Value.get("vo2MaxCovariance"), nil)
	f.name("level", "cardioFitnessLevel", r.Value)
	f.flag("estimated", "estimated", r.Value)
	return r.point(cardioFitnessDaily, nil, f)
}

// googleMeasuredFitness reads estimates of cardio fitness and how each was come by.
func googleMeasuredFitness(r googleRecord[googleMembers]) ([]Point, error) {
	var f fieldList
	f.double("vo2max", "vo2Max", r.Value.get("vo2Max"), nil)
	if len(f.fields) > 0 {
		f.name("method", "measurementMethod", r.Value)
	}
	return r.point(cardioFitness, nil, f)
}
