package emulator

import "fmt"

// dailyMinutes is a family of minutes of the day: the totals of the account, and
// placeholders to the end of the run for days that are still to come (archive
// sheet gotcha 7).
func (t *takeout) dailyMinutes(resource, placeholder string) func(from, to Date) []byte {
	return func(from, to Date) []byte {
		var s exportSeries
		for d := from; d <= to; d++ {
			v := t.c.view(d)
			value := placeholder
			if v.known {
				v.addManual(t.now)
				value = activityValues[resource](&v, metric)
			}
			s.add(usDay(d)+midnight, `"`+value+`"`)
		}
		return s.bytes()
	}
}

// midnight is the time of day of records that have only a date.
const midnight = " 00:00:00"

// restingError is the error that the service tells with the resting pulse.
const restingError = "6.787"

// restingYear is resting_heart_rate-: 365 records, those without a value too.
// The legacy API rounds what stands here.
func (t *takeout) restingYear(from, to Date) []byte {
	var s exportSeries
	for d := from; d <= to; d++ {
		day, bpm, about := "null", "0.0", "0.0"
		v := t.c.view(d)
		if told := t.c.resting(&v); told != nil {
			shift := float64(*told - v.Resting)
			day, bpm, about = `"`+usDay(d)+`"`, decimal(round(t.p.resting(d)+shift, 6)), restingError
		}
		s.add(usDay(d)+midnight, fmt.Sprintf("{\n    \"date\" : %s,\n    \"value\" : %s,\n    \"error\" : %s\n  }", day, bpm, about))
	}
	return s.bytes()
}

// zoneDay is time_in_heart_rate_zones-: one record of the person's day.
func (t *takeout) zoneDay(d Date) []byte {
	type zones struct {
		Peak    number `json:"IN_DEFAULT_ZONE_3"`
		FatBurn number `json:"IN_DEFAULT_ZONE_1"`
		Cardio  number `json:"IN_DEFAULT_ZONE_2"`
		Below   number `json:"BELOW_DEFAULT_ZONE_1"`
	}
	var minutes [4]number
	for i, z := range t.c.heartDay(d).Zones {
		if z.Minutes == nil {
			return nil
		}
		minutes[i] = number(*z.Minutes)
	}
	value := map[string]zones{"valuesInZones": {minutes[Peak], minutes[FatBurn], minutes[Cardio], minutes[OutOfRange]}}
	return exportArray([]exportValue{{usDay(d) + midnight, value}})
}

// fitnessYear is demographic_vo2_max-, of days with a measured night. The
// smoothed value is the mean with the day before.
func (t *takeout) fitnessYear(from, to Date) []byte {
	type fitness struct {
		Value    number `json:"demographicVO2Max"`
		Error    number `json:"demographicVO2MaxError"`
		Smooth   number `json:"filteredDemographicVO2Max"`
		SmoothBy number `json:"filteredDemographicVO2MaxError"`
	}
	var records []exportValue
	for d := from; d <= to; d++ {
		n, ok := t.g.dailyNight(d)
		if !ok {
			continue
		}
		smooth := (n.VO2Max + t.p.Fitness(d-1)) / 2
		records = append(records, exportValue{usDay(d) + midnight, fitness{
			number(n.VO2Max), number(n.VO2MaxUncertainty), number(round(smooth, 5)), number(round(n.VO2MaxUncertainty/8, 5)),
		}})
	}
	return exportArray(records)
}
