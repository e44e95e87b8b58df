package export_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"fitvault/store/catalog"
)

// source is what a source would answer now.
type source struct {
	name          catalog.Source
	steps, floors [replayDays]int // floors -1: none
	resting       [replayDays]int
	nights        []night
	weights       []string
	synced        [replayDays]string
	unprocessed   map[int]bool // nights by their id
}

func (s *source) fill(rnd *rand.Rand) {
	s.unprocessed = map[int]bool{}
	for d := range replayDays {
		date := dayAfter(replayFirst, d)
		s.steps[d], s.floors[d], s.resting[d] = rnd.IntN(9000), rnd.IntN(20)-2, 50+rnd.IntN(9)
		s.nights = append(s.nights, night{date, fmt.Sprintf("%sT2%d:%02d:00", dayAfter(date, -1), 1+rnd.IntN(3), rnd.IntN(60)), 1000 + d, "stages", 5 + rnd.IntN(4), false})
		s.weights = append(s.weights, fmt.Sprintf("%s %02d:15:00 %d", date, rnd.IntN(24), 70+rnd.IntN(9)))
		s.synced[d] = fmt.Sprintf("%sT%02d:00:00", dayAfter(date, -rnd.IntN(9)), rnd.IntN(24))
		s.unprocessed[1000+d] = rnd.IntN(4) == 0
	}
}

// change edits what the source holds, and says how.
func (s *source) change(rnd *rand.Rand) string {
	d, i := rnd.IntN(replayDays), 0
	date := dayAfter(replayFirst, d)
	if len(s.nights) > 0 {
		i = rnd.IntN(len(s.nights))
	}
	switch n := rnd.IntN(11); {
	case n == 0:
		s.steps[d], s.floors[d] = rnd.IntN(9000), rnd.IntN(3)-1
		return "change the activity of " + date
	case n == 1:
		s.resting[d] = 0
		return "drop the resting heart rate of " + date
	case n == 2 && len(s.nights) > 0:
		was := s.nights[i]
		s.nights = slices.Delete(s.nights, i, i+1)
		return "drop the sleep of " + was.day
	case n == 3 && len(s.nights) > 0:
		s.nights[i].kind, s.nights[i].id = []string{"classic", "stages"}[rnd.IntN(2)], rnd.IntN(1000)
		return "edit the sleep of " + s.nights[i].day
	case n == 4 && len(s.nights) > 0:
		was := s.nights[i].day
		s.nights[i].day, s.nights[i].start = dayAfter(was, 1), was+"T23:30:00"
		return "move the sleep of " + was
	case n == 5:
		s.nights = append(s.nights, night{date, fmt.Sprintf("%sT%02d:10:00", date, 12+rnd.IntN(6)), 2000 + rnd.IntN(1000), "classic", 1 + rnd.IntN(2), true})
		return "add a nap on " + date
	case n == 6 && len(s.weights) > 0:
		w := rnd.IntN(len(s.weights))
		was := s.weights[w]
		s.weights = slices.Delete(s.weights, w, w+1)
		return "drop the weight of " + was
	case n == 7:
		s.weights = append(s.weights, fmt.Sprintf("%s %02d:45:00 %d", date, rnd.IntN(24), 70+rnd.IntN(9)))
		return "weigh on " + date
	case n >= 8 && n < 10 && len(s.nights) > 0:
		id := s.nights[i].id
		s.unprocessed[id] = !s.unprocessed[id]
		return fmt.Sprintf("the sleep of %s is unprocessed: %t", s.nights[i].day, s.unprocessed[id])
	}
	s.synced[d] = fmt.Sprintf("%sT%02d:30:00", date, rnd.IntN(24))
	return "sync on " + date
}

// answer is the source's answer for the days [from, to).
func (s *source) answer(typ string, from, to int) string {
	if s.name == catalog.Google {
		return s.googleAnswer(typ, from, to)
	}
	in := func(date string) bool { return dayAfter(replayFirst, from) <= date && date < dayAfter(replayFirst, to) }
	switch typ {
	case "activity_daily.steps":
		return steps(dayAfter(replayFirst, from), anys(s.steps[from:to])...)
	case "activity_daily.floors":
		var all []string
		for d := from; d < to; d++ {
			if s.floors[d] >= 0 {
				all = append(all, fmt.Sprintf(`{"dateTime":%q,"value":"%d"}`, dayAfter(replayFirst, d), s.floors[d]))
			}
		}
		return `{"activities-floors":[` + strings.Join(all, ",") + `]}`
	case "heart_rate_daily":
		return hearts(dayAfter(replayFirst, from), s.resting[from:to]...)
	case "sleep":
		return sleeps(slices.DeleteFunc(slices.Clone(s.nights), func(n night) bool { return !in(n.day) })...)
	case "weight":
		return weights(slices.DeleteFunc(slices.Clone(s.weights), func(w string) bool { return !in(strings.Fields(w)[0]) })...)
	}
	return devices(s.synced[from], from)
}

func anys(ns []int) []any {
	out := make([]any, len(ns))
	for i, n := range ns {
		out[i] = n
	}
	return out
}

// googleAnswer is the answer for the days [from, to) in the words of the Google Health API.
func (s *source) googleAnswer(typ string, from, to int) string {
	first, end := dayAfter(replayFirst, from), dayAfter(replayFirst, to)
	in := func(date string) bool { return first <= date && date < end }
	switch typ {
	case "activity_daily.steps":
		return googleSums("steps", first, s.steps[from:to]...)
	case "activity_daily.floors":
		return googleSums("floors", first, s.floors[from:to]...)
	case "heart_rate_daily":
		return googleHearts(first, s.resting[from:to]...)
	case "sleep":
		return googleSleeps(s.unprocessed, slices.DeleteFunc(slices.Clone(s.nights), func(n night) bool { return !in(n.day) })...)
	case "weight":
		return googleWeights(slices.DeleteFunc(slices.Clone(s.weights), func(w string) bool { return !in(strings.Fields(w)[0]) })...)
	}
	return googleDevices(s.synced[from], from)
}
