package emulator

import "math"

// summaryRoutes are those that sum up a day and the whole history, and the goals (sheet 5.5).
var summaryRoutes = []route{
	{"1", "activities/date/{d}", "activity", map[string]int{"": 1}, 0, false, (*call).summary},
	{"1", "activities", "activity", nil, 0, false, (*call).lifetime},
	{"1", "activities/goals/daily", "activity", nil, 0, false, (*call).dailyGoals},
	{"1", "activities/goals/weekly", "activity", nil, 0, false, (*call).weeklyGoals},
}

// shares are how the distance of a day divides by intensity.
var shares = []struct {
	name string
	part float64
}{{"veryActive", 0.3}, {"moderatelyActive", 0.1}, {"lightlyActive", 0.6}, {"sedentaryActive", 0}}

// summary is D1: numbers. A day without exercise has an empty list of them.
func (c *call) summary() (any, *refusal) {
	d := c.from
	tracker := c.view(d)
	v := tracker
	v.addManual(c.now)
	heart := c.heartDay(d)
	distances := []any{
		map[string]any{"activity": "total", "distance": round(c.units.distance(v.DistanceKM), 2)},
		map[string]any{"activity": "tracker", "distance": round(c.units.distance(tracker.DistanceKM), 2)},
		map[string]any{"activity": "loggedActivities", "distance": round(c.units.distance(v.DistanceKM-tracker.DistanceKM), 2)},
	}
	for _, s := range shares {
		distances = append(distances, map[string]any{"activity": s.name, "distance": round(c.units.distance(s.part*v.DistanceKM), 2)})
	}
	out := map[string]any{
		"activeScore": -1, "activityCalories": math.Round(v.ActiveKcal), "calorieEstimationMu": v.BMR, "caloriesBMR": math.Round(v.basalKcal),
		"caloriesOut": math.Round(v.basalKcal + v.ExtraKcal), "caloriesOutUnestimated": math.Round(v.basalKcal + v.ExtraKcal),
		"customHeartRateZones": heart.Custom, "distances": distances, "elevation": round(c.units.elevation(v.ElevationM), 2),
		"fairlyActiveMinutes": v.Fairly, "floors": v.Floors, "heartRateZones": heart.Zones, "lightlyActiveMinutes": v.Lightly,
		"marginalCalories": math.Round(v.ExtraKcal), "sedentaryMinutes": v.sedentary, "steps": v.Steps, "useEstimation": true,
		"veryActiveMinutes": v.Very,
	}
	if heart.Resting != nil {
		out["restingHeartRate"] = *heart.Resting
	}
	return map[string]any{"activities": c.summedExercises(d), "goals": c.goals(1), "summary": out}, nil
}

// summedExercises are those of a day as D1 shows them.
func (c *call) summedExercises(d Date) []any {
	out := []any{}
	for _, r := range c.exercises(d) {
		start, kind := c.person.Wall(r.Start), exerciseTypes[r.Kind]
		out = append(out, map[string]any{
			"activityId": kind, "activityParentId": kind, "activityParentName": sportNames[r.Kind][1], "calories": math.Round(r.Kcal),
			"description": "", "distance": round(c.units.distance(r.Metres/1000), 2), "duration": r.End.Sub(r.Start).Milliseconds(),
			"hasActiveZoneMinutes": !r.typed, "hasStartTime": true, "isFavorite": false,
			"lastModified": r.modified.UTC().Format("2006-01-02T15:04:05.000Z"), "logId": r.ID, "name": sportNames[r.Kind][1],
			"startDate": start.Format("2006-01-02"), "startTime": start.Format("15:04"), "steps": r.Steps,
		})
	}
	return out
}

// goals are those of so many days.
func (c *call) goals(days int) map[string]any {
	n := float64(days)
	return map[string]any{"activeMinutes": 30 * days, "caloriesOut": 2600 * days, "distance": round(c.units.distance(8.05*n), 2), "floors": 10 * days, "steps": 10000 * days}
}

// dailyGoals and weeklyGoals are D6.
func (c *call) dailyGoals() (any, *refusal) {
	g := c.goals(1)
	g["activeZoneMinutes"] = 22
	return map[string]any{"goals": g}, nil
}

func (c *call) weeklyGoals() (any, *refusal) {
	g := c.goals(7)
	g["activeZoneMinutes"] = 150
	delete(g, "activeMinutes")
	delete(g, "caloriesOut")
	return map[string]any{"goals": g}, nil
}

// bestDay is the best day of a kind.
type bestDay struct {
	Date  string  `json:"date"`
	Value float64 `json:"value"`
}

// lifetime is D5: sums of the whole history, and the best days; -1 is not told.
func (c *call) lifetime() (any, *refusal) {
	sums, best := map[string]any{}, map[string]any{}
	for _, scope := range []string{"total", "tracker"} {
		steps, floors, km := 0, 0, 0.0
		most := map[string]bestDay{}
		for d := c.person.first; d <= c.today; d++ {
			v := c.view(d)
			if scope == "total" {
				v.addManual(c.now)
			}
			steps, floors, km = steps+v.Steps, floors+v.Floors, km+v.DistanceKM
			for name, value := range map[string]float64{"steps": float64(v.Steps), "floors": float64(v.Floors), "distance": round(c.units.distance(v.DistanceKM), 2)} {
				if value > most[name].Value {
					most[name] = bestDay{d.String(), value}
				}
			}
		}
		best[scope] = most
		sums[scope] = map[string]any{"activeScore": -1, "caloriesOut": -1, "distance": round(c.units.distance(km), 2), "floors": floors, "steps": steps}
	}
	return map[string]any{"best": best, "lifetime": sums}, nil
}
