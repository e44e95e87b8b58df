package catalog

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Families of the activity of minutes and days (takeout-archive.md sections 5.1 and 5.3). The
// JSON is cut every 30 days, at a midnight of the archive's own zone, the CSV by months.
var takeoutActivity = []Family{
	{Name: "steps.json", Stems: []string{"steps"}, Ext: ".json", Cover: 30, Held: jsonDays("dateTime", byInstant)},
	{Name: "steps.csv", Stems: []string{"steps"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "steps")},
	{Name: "distance.json", Stems: []string{"distance"}, Ext: ".json", Cover: 30, Held: jsonDays("dateTime", byInstant)},
	{Name: "distance.csv", Stems: []string{"distance"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "distance")},
	{Name: "floors.csv", Stems: []string{"floors"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "floors")},
	{Name: "altitude.json", Stems: []string{"altitude"}, Ext: ".json", Cover: 30, Held: jsonDays("dateTime", byInstant)},
	{Name: "calories.json", Stems: []string{"calories"}, Ext: ".json", Cover: 30, Held: calorieDays},
	{Name: "calories.csv", Stems: []string{"calories"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "calories")},
	{Name: "active_energy_burned.csv", Stems: []string{"active_energy_burned"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "kilocalories")},
	{Name: "activity_level.csv", Stems: []string{"activity_level"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "level")},
	{Name: "sedentary_period.csv", Stems: []string{"sedentary_period"}, Ext: ".csv", Cover: 1,
		Held: csvDays("start time", byInstant, "end time")},
	{Name: "swim_lengths_data.json", Stems: []string{"swim_lengths_data"}, Ext: ".json", Cover: 30,
		Held: jsonDays("dateTime", byInstant)},
	{Name: "swim_lengths_data.csv", Stems: []string{"swim_lengths_data"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, swimColumns)},
	{Name: "active_zone_minutes.csv", Stems: []string{"active_zone_minutes"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("timestamp", byInstant, "heart rate zone", "total minutes")},
	{Name: "active_zone_minutes_local.csv", Stems: []string{"Active Zone Minutes"}, Ext: ".csv", Cover: CoverMonth,
		Held: csvDays("date_time", byDate, "heart_zone_id", "total_minutes")},

	// The four are read together: only all of them tell a day from a placeholder.
	{Name: "activity_minutes.json", Ext: ".json", Cover: 30, Padded: true,
		Held:  heldBy(jsonValues(activityDaily, dateClock, googleInt, "sedentary_min")),
		Stems: []string{"sedentary_minutes", "lightly_active_minutes", "moderately_active_minutes", "very_active_minutes"}},

	// Kept, and read to nothing: the unit of a gain is not known, the others follow from what
	// is read.
	{Name: "altitude.csv", Stems: []string{"altitude"}, Ext: ".csv", Cover: CoverMonth},
	{Name: "active_minutes.csv", Stems: []string{"active_minutes"}, Ext: ".csv", Cover: CoverMonth},
	{Name: "live_pace.csv", Stems: []string{"live_pace"}, Ext: ".csv", Cover: 1},
}

// The minutes of a type in one of its copies. A zero minute is no point, whichever copy says
// it.
var (
	stepsJSON    = jsonValues(steps, utcClock, unlessZero(googleInt), "count")
	stepsCSV     = csvValues(steps, utcClock, "steps", unlessZero(rounded), "count")
	distanceJSON = jsonValues(distance, utcClock, unlessZero(scaled(0.01, 2)), "m") // centimetres
	distanceCSV  = csvValues(distance, utcClock, "distance", unlessZero(scaled(1, 3)), "m")
	floorsCSV    = csvValues(floors, utcClock, "floors", unlessZero(rounded), "count")

	// Ten are a floor, and most probably feet.
	floorsJSON    = jsonValues(floors, utcClock, unlessZero(wholly(0.1)), "count")
	elevationJSON = jsonValues(elevation, utcClock, unlessZero(scaled(0.3048, 3)), "m")

	caloriesCSV = csvValues(calories, utcClock, "calories", googleFloat, "kcal")
)

// wholly reads numbers in another unit, of which there are whole ones only.
func wholly(by float64) googleNumber {
	return func(f *fieldList, field, member string, n number) {
		if n == "" {
			return
		}
		x, err := n.float()
		f.add(field, member, IntValue(int64(roundTo(x*by, 0))), err)
	}
}

// copies makes the origins of a type of minutes: of the JSON, which is one merged stream, and
// of the CSV, where recorders stand side by side.
func copies(jsonFamily string, json Reader, csvFamily string, csv Reader) []*Origin {
	return []*Origin{{From: jsonFamily, Read: json}, {From: csvFamily, Read: csv, Gather: oneRecorder}}
}

// sums makes the origins of the total of a day from the minutes of the same families.
func sums(minutes []*Origin, s *Series, field string, decimals int, dense bool) []*Origin {
	out := make([]*Origin, len(minutes))
	for i, o := range minutes {
		out[i] = &Origin{From: o.From, Read: o.Read, Gather: daySums(s, field, decimals, dense)}
	}
	return out
}

var (
	takeoutSteps    = copies("steps.json", stepsJSON, "steps.csv", stepsCSV)
	takeoutDistance = copies("distance.json", distanceJSON, "distance.csv", distanceCSV)
	takeoutCalories = copies("calories.json", caloriesJSON, "calories.csv", caloriesCSV)
	takeoutFloors   = []*Origin{ // the unit of the CSV is certain
		{From: "floors.csv", Read: floorsCSV, Gather: oneRecorder},
		{From: "altitude.json", Read: floorsJSON},
	}
	takeoutElevation = []*Origin{{From: "altitude.json", Read: elevationJSON}}
)

// caloriesJSON reads energy a minute, basal included. Its stamps show the clock of the
// profile's zone in the one archive that was measured; older ones may have them in UTC. The series has every
// minute of its days, so that its first stamp tells: it is midnight on the clock that it shows
// (takeout-archive.md section 4, probe 1).
func caloriesJSON(b Body) ([]Point, error) {
	clock := homeClock
	if stampedUTC(b) {
		clock = utcClock
	}
	return jsonValues(calories, clock, googleFloat, "kcal")(b)
}

func calorieDays(b Body) ([]Day, error) {
	if stampedUTC(b) {
		return jsonDays("dateTime", byInstant)(b)
	}
	return jsonDays("dateTime", byDate)(b)
}

// stampedUTC reports whether a member begins at a midnight of the archive's own zone, told in
// UTC, and not at one on the wall. Where its first stamp is both, as in a zone that is at UTC
// in winter, or neither, the minute after its last tells; where that does not, it is the wall.
func stampedUTC(b Body) bool {
	key := []byte(`"dateTime"`)
	for _, end := range []struct{ at, after int }{{bytes.Index(b.JSON, key), 0}, {bytes.LastIndex(b.JSON, key), 60}} {
		if end.at < 0 {
			return false
		}
		stamp := bytes.TrimLeft(b.JSON[end.at+len(key):], " \t\r\n:\"")
		seconds, ok := stampSeconds(stamp[:min(len(stamp), len(usStampLayout))])
		t := time.Unix(seconds+int64(end.after), 0).UTC()
		wall := t.Equal(t.Truncate(24 * time.Hour))
		if utc := t.Equal(b.midnight(b.localDay(t))); ok && utc != wall {
			return utc
		}
	}
	return false
}

// csvZoneMinutes reads active zone minutes, a row for each zone of a minute. They are weighted
// already: a minute in the upper zones counts twice (section 5.2).
func csvZoneMinutes(column, zone string, clock clock) Reader {
	return csvSamples(activeZoneMinutes, column, clock, func(f *fieldList, t *table) {
		t.add(f, "total minutes|total_minutes", unlessZero(rounded), "total_min")
		switch name := t.text(zone); {
		case len(f.fields) == 0:
		case name == "FAT_BURN", name == "CARDIO", name == "PEAK":
			f.fields = append(f.fields, Field{snakeCase(name) + "_min", f.fields[0].Value})
		}
	}, zone, "total minutes|total_minutes")
}

var (
	zoneMinutesUTC   = csvZoneMinutes("timestamp", "heart rate zone", utcClock)
	zoneMinutesLocal = csvZoneMinutes("date_time", "heart_zone_id", wallClock)

	takeoutZoneMinutes = []*Origin{
		{From: "active_zone_minutes.csv", Read: zoneMinutesUTC, Gather: zonesOfOne},
		{From: "active_zone_minutes_local.csv", Read: zoneMinutesLocal, Gather: zonesOfOne},
	}
	takeoutZoneMinutesDaily = []*Origin{
		{From: "active_zone_minutes.csv", Read: zoneMinutesUTC, Gather: zoneSums},
		{From: "active_zone_minutes_local.csv", Read: zoneMinutesLocal, Gather: zoneSums},
	}
)

// csvStretches reads rows with a start and an end.
func csvStretches(b Body) ([]Point, error) {
	return csvSamples(sedentary, "start time", utcClock, func(f *fieldList, t *table) {
		from, err := t.instant("start time")
		if err == nil {
			var to time.Time
			if to, err = t.instant("end time"); err == nil && to.After(from) {
				f.fields = append(f.fields, Field{"seconds", IntValue(int64(to.Sub(from) / time.Second))})
			}
		}
		f.err = err
	}, "end time")(b)
}

// csvLevels reads how active a person was from a time on.
var csvLevels = csvSamples(activityLevel, "timestamp", utcClock, func(f *fieldList, t *table) {
	f.str("level", snakeCase(t.text("level")))
}, "level")

// swimColumns are those that make a point, one of them at least.
const swimColumns = "stroke count|lap time"

// Lengths of a pool.
var (
	swimJSON = jsonSamples(swimLength, utcClock, func(f *fieldList, v finds) {
		f.int("strokes", "strokeCount", number(v.at(1)))
		rounded(f, "seconds", "lapDurationSec", number(v.at(2)))
		if stroke, err := number(v.at(3)).word(); err == nil && len(f.fields) > 0 {
			f.str("stroke", snakeCase(stroke))
		}
	}, member("strokeCount"), member("lapDurationSec"), member("swimStrokeType"))
	swimCSV = csvSamples(swimLength, "timestamp", utcClock, func(f *fieldList, t *table) {
		t.add(f, "stroke count", googleInt, "strokes")
		t.add(f, "lap time", rounded, "seconds")
		if len(f.fields) > 0 {
			f.str("stroke", snakeCase(t.text("stroke type")))
		}
	}, swimColumns)
)

// activityMinutes reads one of the four daily series of minutes. A day of which all four say
// that nothing was worn, 1440 still minutes, is a placeholder: the series run on past the
// export, to the end of their month (section 9, item 7).
func activityMinutes(stem, field string) *Origin {
	return &Origin{From: "activity_minutes.json", Join: func(pages []Body) ([]Point, error) {
		days, err := minutesOfDays(pages)
		if err != nil {
			return nil, err
		}
		var points []Point
		for _, b := range pages {
			if of, _, _ := splitName(b.Path); !strings.EqualFold(of, stem) {
				continue
			}
			own, err := minutesOf(b, field)
			if err != nil {
				return nil, err
			}
			for _, p := range own {
				if !days[p.Day].placeholder() && p.Day <= b.localDay(b.Taken) {
					points = append(points, p)
				}
			}
		}
		return lastStands(points), nil
	}}
}

// minutesByKind are the minutes that each of the four series tells of a day, by its stem.
type minutesByKind map[string]int64

func (m minutesByKind) placeholder() bool {
	return maps.Equal(m, minutesByKind{
		"sedentary_minutes": 1440, "lightly_active_minutes": 0, "moderately_active_minutes": 0, "very_active_minutes": 0})
}

func minutesOfDays(pages []Body) (map[Day]minutesByKind, error) {
	days := map[Day]minutesByKind{}
	for _, b := range pages {
		points, err := minutesOf(b, "sedentary_min")
		if err != nil {
			return nil, err
		}
		stem, _, _ := splitName(b.Path)
		for _, p := range points {
			if days[p.Day] == nil {
				days[p.Day] = minutesByKind{}
			}
			days[p.Day][strings.ToLower(stem)] = p.Fields[0].Value.Int()
		}
	}
	return days, nil
}

func minutesOf(b Body, field string) ([]Point, error) {
	points, err := jsonValues(activityDaily, dateClock, googleInt, field)(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Path, err)
	}
	return points, nil
}
