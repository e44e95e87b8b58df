package emulator

import (
	"math"
	"time"
)

// beats are readings of the pulse within a row.
type beats struct{ sum, n int }

func (b beats) mean() int { return int(math.Round(float64(b.sum) / float64(b.n))) }

type pulseEntry struct {
	Time  string `json:"time"`
	Value int    `json:"value"`
}

// heartSamples is I1: what the watch read while it was worn. Above one second a row is
// the mean of its readings.
func (c *call) heartSamples() (any, *refusal) {
	q, refused := c.intraday(1)
	if refused != nil {
		return nil, refused
	}
	sums := map[Date]beats{}
	rows := askedRows(q, q.beats, func(d Date, r row[beats]) pulseEntry {
		bpm, sum := r.value.mean(), sums[d]
		sums[d] = beats{sum.sum + bpm, sum.n + 1}
		return pulseEntry{clockText(r.wall), bpm}
	})
	return q.datasetAnswer("activities-heart", q.totals(func(d Date) any {
		if q.windowed {
			return newHeartWindow(d, c.heartDay(d), sums[d])
		}
		return point{d.String(), c.heartDay(d)}
	}), rows)
}

func (q *intraday) beats(d Date) []row[beats] {
	k := q.clock(d)
	until := k.end
	if told := q.synced.Add(time.Nanosecond); told.Before(until) { // with what was read as it synced
		until = told
	}
	var rows []row[beats]
	q.person.eachBeat(k.start, until, func(b Beat) {
		rows = append(rows, row[beats]{k.shows(b.At), beats{b.BPM, 1}})
	})
	return joined(q, rows, func(a *beats, b beats) { a.sum, a.n = a.sum+b.sum, a.n+b.n })
}

// heartWindow is a day in an answer for a part of it: zones of the whole day, and
// the mean of the rows as a string (sheet 5.4).
type heartWindow struct {
	Custom   []heartZone `json:"customHeartRateZones"`
	DateTime string      `json:"dateTime"`
	Zones    []heartZone `json:"heartRateZones"`
	Value    string      `json:"value"`
}

func newHeartWindow(d Date, of heartValue, b beats) heartWindow {
	mean := float64(b.sum) / float64(max(1, b.n))
	return heartWindow{of.Custom, d.String(), of.Zones, decimal(round(mean, 2))}
}

// zoneDay is a day of I3.
type zoneDay struct {
	DateTime string      `json:"dateTime"`
	Minutes  []zoneEntry `json:"minutes"`
}

type zoneEntry struct {
	Minute string   `json:"minute"`
	Value  azmValue `json:"value"`
}

// zonedMinutes is I3, or by mode its other form: sparse.
func (c *call) zonedMinutes() (any, *refusal) {
	const root = "activities-active-zone-minutes"
	q, refused := c.intraday(60)
	if refused != nil {
		return nil, refused
	}
	if c.modes.ZoneMinutesDataset {
		return q.zoneDataset(root)
	}
	days := []zoneDay{}
	for d := c.from; d <= c.to && !c.empty; d++ {
		day := zoneDay{DateTime: d.String()}
		for _, r := range q.zones(d) {
			if q.within(d, r.wall) {
				at := d.utc().Add(time.Duration(r.wall) * time.Second)
				day.Minutes = append(day.Minutes, zoneEntry{at.Format(secondForm), r.value})
			}
		}
		if len(day.Minutes) > 0 {
			days = append(days, day)
		}
	}
	full := map[string]any{root + "-intraday": days}
	if c.empty {
		return c.emptyAnswer(full, root+"-intraday"), nil
	}
	return q.allowed(full, root), nil
}

func (q *intraday) zoneDataset(root string) (any, *refusal) {
	type entry struct {
		Time  string   `json:"time"`
		Value azmValue `json:"value"`
	}
	rows := askedRows(q, q.zones, func(_ Date, r row[azmValue]) entry { return entry{clockText(r.wall), r.value} })
	total := []point{}
	for d := max(q.from, q.person.first); d <= q.to; d++ {
		if v := q.view(d).zoneMinutes(); v.Total > 0 {
			total = append(total, point{d.String(), v})
		}
	}
	return q.datasetAnswer(root, total, rows)
}

// zones are the minutes of a day that earned active zone minutes.
func (q *intraday) zones(d Date) []row[azmValue] {
	var rows []row[azmValue]
	for _, s := range q.slots(d) {
		if s.BPM == 0 {
			continue
		}
		if v, ok := earned[zoneOf(&s.day.Limits, int(s.BPM))]; ok {
			rows = append(rows, row[azmValue]{s.wall, v})
		}
	}
	return joined(q, rows, (*azmValue).add)
}

// earned is what a minute in a zone of pulse is worth.
var earned = map[int]azmValue{
	FatBurn: {Total: 1, FatBurn: 1},
	Cardio:  {Total: 2, Cardio: 2},
	Peak:    {Total: 2, Peak: 2},
}

func (v *azmValue) add(o azmValue) {
	v.Total += o.Total
	v.FatBurn += o.FatBurn
	v.Cardio += o.Cardio
	v.Peak += o.Peak
}
