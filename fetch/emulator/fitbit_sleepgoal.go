package emulator

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// SleepGoal is what the person set out to do.
type SleepGoal struct {
	Minutes           int // of sleep a night
	Bedtime, WakeTime int // minutes of the wall clock
	Set               time.Time
}

// SleepGoal returns the goal, which was set on the first day.
func (p *Person) SleepGoal() SleepGoal {
	r := newNoise(p.seed, "sleep goal", 0)
	g := SleepGoal{Minutes: 15 * r.between(28, 32), Bedtime: 15 * r.between(88, 93)}
	g.WakeTime = (g.Bedtime + g.Minutes + 15) % 1440
	g.Set = p.DayStart(p.first).Add(8*time.Hour + 12*time.Minute + 45100*time.Millisecond).UTC()
	return g
}

// sleepGoal is L4. What is typical are means of the main sleeps of thirty days;
// without any the service knows the goal only.
func (c *call) sleepGoal() (any, *refusal) {
	if c.empty {
		return c.emptyAnswer(map[string]any{"goal": struct{}{}}, "goal"), nil
	}
	goal := c.person.SleepGoal()
	all := map[string]any{"goal": map[string]any{
		"bedtime": clockMinute(goal.Bedtime), "minDuration": goal.Minutes,
		"updatedOn": goal.Set.Format("2006-01-02T15:04:05.000Z"), "wakeupTime": clockMinute(goal.WakeTime),
	}}
	if typical := c.typicalSleep(goal.Minutes); typical != nil {
		all["consistency"] = typical
	}
	return all, nil
}

func (c *call) typicalSleep(goal int) map[string]any {
	var inBed, asleep int
	var wakes []int
	for _, s := range c.sleeps(c.today-29, c.today) {
		if !s.Main {
			continue
		}
		l := c.sleepLog(s, nil)
		inBed, asleep = inBed+l.TimeInBed, asleep+l.MinutesAsleep
		end := c.person.Wall(s.End)
		wakes = append(wakes, end.Hour()*60+end.Minute())
	}
	if len(wakes) == 0 {
		return nil
	}
	slices.Sort(wakes)
	awake := float64(inBed-asleep) / float64(inBed)
	return map[string]any{
		"awakeRestlessPercentage": math.Round(awake*1000) / 1000, "flowId": 0, "recommendedSleepGoal": goal,
		"typicalDuration": asleep / len(wakes), "typicalWakeupTime": clockMinute(wakes[len(wakes)/2]),
	}
}

func clockMinute(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
