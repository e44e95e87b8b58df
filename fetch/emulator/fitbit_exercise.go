package emulator

import (
	"math"
	"strconv"
	"time"
)

// exerciseRoutes are those of the exercises and their tracks (sheet 5.5, 5.6).
var exerciseRoutes = []route{
	{"1", "activities/list", "activity", nil, 0, false, (*call).exerciseList},
	{"1.1", "activities/{id}", "activity", nil, 0, false, (*call).exerciseDetail},
	{"1", "activities/{id}" + tcxSuffix, "activity location", nil, 0, false, (*call).exerciseTrack},
}

// exerciseLog is an element of D2 (sheet 5.6). Times are in ms, pace in seconds a distance unit.
type exerciseLog struct {
	ActiveDuration   int64             `json:"activeDuration"`
	ZoneMinutes      *exerciseZones    `json:"activeZoneMinutes,omitempty"`
	Levels           []exerciseLevel   `json:"activityLevel"`
	Name             string            `json:"activityName,omitempty"`
	TypeID           int               `json:"activityTypeId"`
	AverageBPM       int               `json:"averageHeartRate,omitempty"`
	Calories         int               `json:"calories"`
	CaloriesLink     string            `json:"caloriesLink,omitempty"`
	DetailsLink      string            `json:"detailsLink,omitempty"`
	Distance         *float64          `json:"distance,omitempty"`
	DistanceUnit     string            `json:"distanceUnit,omitempty"`
	Duration         int64             `json:"duration"`
	ElevationGain    *float64          `json:"elevationGain,omitempty"`
	HasZoneMinutes   bool              `json:"hasActiveZoneMinutes"`
	HasGPS           bool              `json:"hasGps,omitempty"`
	HeartRateLink    string            `json:"heartRateLink,omitempty"`
	HeartRateZones   []heartZone       `json:"heartRateZones,omitempty"`
	LastModified     string            `json:"lastModified"`
	LogID            int64             `json:"logId"`
	LogType          string            `json:"logType"`
	Manual           map[string]bool   `json:"manualValuesSpecified"`
	OriginalDuration int64             `json:"originalDuration"`
	OriginalStart    string            `json:"originalStartTime"`
	Pace             *float64          `json:"pace,omitempty"`
	Source           *exerciseRecorder `json:"source,omitempty"`
	Speed            *float64          `json:"speed,omitempty"`
	Start            string            `json:"startTime"`
	Steps            int               `json:"steps,omitempty"`
	TCXLink          string            `json:"tcxLink,omitempty"`
}

type exerciseLevel struct {
	Minutes int    `json:"minutes"`
	Name    string `json:"name"`
}

// exerciseZones are minutes as they were, and a total in which cardio and peak count twice.
type exerciseZones struct {
	Zones []exerciseZone `json:"minutesInHeartRateZones"`
	Total int            `json:"totalMinutes"`
}

type exerciseZone struct {
	Multiplier int    `json:"minuteMultiplier"`
	Minutes    int    `json:"minutes"`
	Order      int    `json:"order"`
	Type       string `json:"type"`
	Zone       string `json:"zoneName"`
}

type exerciseRecorder struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Features []string `json:"trackerFeatures"`
	Type     string   `json:"type"`
	URL      string   `json:"url"`
}

// exerciseTypes are the numbers of the kinds of exercise.
var exerciseTypes = map[string]int{"run": 90009, "bike": 90001, "swim": 90024, "weights": 2131, "walk": 90013}

// nameless is how many days of the history have exercises without a name, as old ones are.
const nameless = 10

// offsetForm is an instant with the offset of the zone in force (sheet 4.2).
const offsetForm = "2006-01-02T15:04:05.000-07:00"

// recorded is an exercise as the service knows it.
type recorded struct {
	Workout
	typed    bool      // by hand
	modified time.Time // when it came
}

// exercises are those of a day that are known by now: synced, or typed in.
func (c *call) exercises(d Date) []recorded {
	var out []recorded
	if w, ok := c.person.Workout(d); ok && !w.End.After(c.synced) {
		out = append(out, recorded{w, false, w.End})
	}
	if d < c.person.first {
		return out
	}
	m := c.person.Day(d).Manual
	if m.Entered.IsZero() || m.Entered.After(c.now) {
		return out
	}
	start := d.At(c.person.Zone(d), 17*3600+600).UTC()
	walk := Workout{ID: walkID(d), Date: d, Kind: "walk", Start: start, End: start.Add(time.Duration(m.Minutes) * time.Minute),
		Kcal: m.Kcal + float64(c.person.Day(d).BMR)/1440*float64(m.Minutes), Metres: m.DistanceKM * 1000}
	walk.Steps, walk.Fairly = m.Steps, m.Minutes
	return append(out, recorded{walk, true, m.Entered})
}

// walkID is the id of a walk that was typed in.
func walkID(d Date) int64 { return 4_000_000_000_000 + int64(d) }

// exerciseList is D2.
func (c *call) exerciseList() (any, *refusal) {
	var all []entry
	for d := c.person.first; d <= c.today; d++ {
		for _, r := range c.exercises(d) {
			all = append(all, entry{r.Start, c.exerciseLog(r)})
		}
	}
	return c.page(listing{root: "activities", most: 100}, all)
}

// exerciseDetail is D3.
func (c *call) exerciseDetail() (any, *refusal) {
	r, ok := c.findExercise()
	if !ok {
		return nil, notFound()
	}
	return map[string]any{"activityLog": c.exerciseLog(r)}, nil
}

// exerciseTrack is D4: an empty activity without GPS, unless partial data is asked for.
func (c *call) exerciseTrack() (any, *refusal) {
	r, ok := c.findExercise()
	if !ok {
		return nil, notFound()
	}
	stamp := func(t time.Time) string { return c.person.Wall(t).Format(offsetForm) }
	partial := c.query.Get("includePartialTCX") == "true"
	return rawAnswer{"application/vnd.garmin.tcx+xml;charset=utf-8", c.person.tcx(r.Workout, partial, c.modes.TrackRestarts, stamp)}, nil
}

func (c *call) findExercise() (recorded, bool) {
	id, err := strconv.ParseInt(c.path["{id}"], 10, 64)
	for d := c.person.first; err == nil && d <= c.today; d++ {
		if id != workoutID(d) && id != walkID(d) {
			continue
		}
		for _, r := range c.exercises(d) {
			if r.ID == id {
				return r, true
			}
		}
	}
	return recorded{}, false
}

func (c *call) exerciseLog(r recorded) exerciseLog {
	id := strconv.FormatInt(r.ID, 10)
	start, length := c.person.Wall(r.Start).Format(offsetForm), r.End.Sub(r.Start)
	log := exerciseLog{
		ActiveDuration: (length - exertion{Workout: r.Workout}.pause()).Milliseconds(), Duration: length.Milliseconds(), OriginalDuration: length.Milliseconds(),
		TypeID: exerciseTypes[r.Kind], Name: sportNames[r.Kind][1], Calories: int(math.Round(r.Kcal)), LogID: r.ID,
		LastModified: r.modified.UTC().Format("2006-01-02T15:04:05.000Z"), LogType: "tracker", Start: start, OriginalStart: start,
		Manual: map[string]bool{"calories": r.typed, "distance": r.typed, "steps": r.typed}, Steps: r.Steps,
		Levels: []exerciseLevel{{r.Sedentary, "sedentary"}, {r.Lightly, "lightly"}, {r.Fairly, "fairly"}, {r.Very, "very"}},
	}
	if r.Date < c.person.first+nameless {
		log.Name = ""
	}
	if r.Metres > 0 {
		c.exerciseDistances(&log, r.Metres, length)
	}
	if r.typed {
		log.LogType = "manual"
		return log
	}
	api := "https://api.fitbit.com"
	log.DetailsLink, log.TCXLink = api+"/1.1/user/-/activities/"+id+".json", api+"/1/user/-/activities/"+id+tcxSuffix
	from, to := c.person.Wall(r.Start), c.person.Wall(r.End)
	day := "/date/" + from.Format(time.DateOnly) + "/" + to.Format(time.DateOnly)
	log.CaloriesLink = api + "/1/user/-/activities/calories" + day + "/1min/time/" + from.Format("15:04") + "/" + to.Format("15:04") + ".json"
	log.HeartRateLink = api + "/1/user/-/activities/heart" + day + "/1sec/time/" + from.Format(time.TimeOnly) + "/" + to.Format(time.TimeOnly) + ".json"
	log.HasGPS = r.GPS
	log.Source = &exerciseRecorder{"228TEST", "Charge 6", []string{"STEPS", "HEARTRATE", "GPS", "DISTANCE", "CALORIES", "PACE"}, "tracker", "https://www.fitbit.com/"}
	if climbed := c.units.elevation(float64(r.Floors) * floorMetres); climbed > 0 {
		log.ElevationGain = &climbed
	}
	if r.AverageBPM > 0 {
		c.exercisePulses(&log, r)
	}
	return log
}

// exerciseDistances tells how far it went, how fast, and how long a unit took.
func (c *call) exerciseDistances(log *exerciseLog, metres float64, length time.Duration) {
	log.DistanceUnit = "Kilometer"
	if c.units == american {
		log.DistanceUnit = "Mile"
	}
	units := c.units.distance(metres / 1000)
	speed, pace := round(units/length.Hours(), 3), round(length.Seconds()/units, 3)
	log.Distance, log.Speed, log.Pace = &units, &speed, &pace
}

// exercisePulses tells the zones of the heart.
func (c *call) exercisePulses(log *exerciseLog, r recorded) {
	log.AverageBPM, log.HasZoneMinutes, log.ZoneMinutes = r.AverageBPM, true, &exerciseZones{}
	limits, names := c.person.Day(r.Date).Limits, zoneNamesOf(c.locale)
	for i, kind := range []string{"OUT_OF_ZONE", "FAT_BURN", "CARDIO", "PEAK"} {
		z, times := r.Zones[i], []int{0, 1, 2, 2}[i]
		log.HeartRateZones = append(log.HeartRateZones, newHeartZone(names[i], limits[i], limits[i+1], z, false))
		log.ZoneMinutes.Zones = append(log.ZoneMinutes.Zones, exerciseZone{times, z.Minutes, i, kind, names[i]})
		log.ZoneMinutes.Total += times * z.Minutes
	}
}
