package emulator

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"time"
)

// metricRoutes are those of what is measured at night, and of the fitness and
// temperatures beside it (sheet 5.2). Of the summary of SpO2 no longest range is
// documented. None has a period form.
var metricRoutes = []route{
	{"1", "hrv/date/{d}/all", "heartrate", oneDayRange, 0, false, (*call).variabilityDetail},
	{"1", "hrv/date/{d}", "heartrate", oneDayRange, 0, false, (*call).variability},
	{"1", "hrv/date/{s}/{e}/all", "heartrate", metricRange, 0, false, (*call).variabilityDetail},
	{"1", "hrv/date/{s}/{e}", "heartrate", metricRange, 0, false, (*call).variability},
	{"1", "spo2/date/{d}/all", "oxygen_saturation", oneDayRange, 0, false, (*call).oxygenDetailDay},
	{"1", "spo2/date/{d}", "oxygen_saturation", oneDayRange, 0, false, (*call).oxygenDay},
	{"1", "spo2/date/{s}/{e}/all", "oxygen_saturation", metricRange, 0, false, (*call).oxygenDetail},
	{"1", "spo2/date/{s}/{e}", "oxygen_saturation", map[string]int{"": math.MaxInt32}, 0, false, (*call).oxygen},
	{"1", "br/date/{d}/all", "respiratory_rate", oneDayRange, 0, false, (*call).breathingDetail},
	{"1", "br/date/{d}", "respiratory_rate", oneDayRange, 0, false, (*call).breathing},
	{"1", "br/date/{s}/{e}/all", "respiratory_rate", metricRange, 0, false, (*call).breathingDetail},
	{"1", "br/date/{s}/{e}", "respiratory_rate", metricRange, 0, false, (*call).breathing},
	{"1", "temp/skin/date/{d}", "temperature", oneDayRange, 0, false, (*call).skinTemperature},
	{"1", "temp/skin/date/{s}/{e}", "temperature", metricRange, 0, false, (*call).skinTemperature},
	{"1", "temp/core/date/{d}", "temperature", oneDayRange, 0, false, (*call).coreTemperature},
	{"1", "temp/core/date/{s}/{e}", "temperature", metricRange, 0, false, (*call).coreTemperature},
	{"1", "cardioscore/date/{d}", "cardio_fitness", oneDayRange, 0, false, (*call).cardioScore},
	{"1", "cardioscore/date/{s}/{e}", "cardio_fitness", metricRange, 0, false, (*call).cardioScore},
}

var (
	oneDayRange = map[string]int{"": 1}
	metricRange = map[string]int{"": 30}
)

// known are the days of a range that can have data, oldest first.
func (c *call) known() iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for d := max(c.from, c.person.first); d <= min(c.to, c.today); d++ {
			if !yield(d) {
				return
			}
		}
	}
}

// night returns the night that ended on a day, once its metrics are ready.
func (c *call) night(d Date) (Night, bool) {
	n, ok := c.person.Night(d)
	return n, ok && !c.empty && !n.End.After(c.measured)
}

func (c *call) nights() iter.Seq2[Date, Night] {
	return func(yield func(Date, Night) bool) {
		for d := range c.known() {
			if n, ok := c.night(d); ok && !yield(d, n) {
				return
			}
		}
	}
}

// metric is the common answer of a value a night.
func (c *call) metric(root string, value func(Night) any) (any, *refusal) {
	var points []point
	for d, n := range c.nights() {
		if v := value(n); v != nil {
			points = append(points, point{d.String(), v})
		}
	}
	return c.series(root, points)
}

// variabilitySleep is how much sleep the heart rate variability needs (sheet 5.2).
const variabilitySleep = 3 * time.Hour

func (n Night) hasVariability() bool {
	minutes := n.LevelMinutes()
	asleep := minutes["deep"] + minutes["light"] + minutes["rem"]
	return time.Duration(asleep)*time.Minute >= variabilitySleep
}

// variability is H1, in ms.
func (c *call) variability() (any, *refusal) {
	return c.metric("hrv", func(n Night) any {
		if !n.hasVariability() {
			return nil
		}
		return struct {
			Daily number `json:"dailyRmssd"`
			Deep  number `json:"deepRmssd"`
		}{number(n.RMSSD), number(n.DeepRMSSD)}
	})
}

// nightDetail is a night of an all.json that lists instants.
type nightDetail[M any] struct {
	DateTime string `json:"dateTime"`
	Minutes  []M    `json:"minutes"`
}

type variabilityMinute struct {
	Minute string           `json:"minute"` // wall clock without offset
	Value  variabilityValue `json:"value"`
}

type variabilityValue struct {
	RMSSD    number `json:"rmssd"`
	Coverage number `json:"coverage"`
	High     number `json:"hf"`
	Low      number `json:"lf"`
}

// variabilityDetail is H2: about every five minutes.
func (c *call) variabilityDetail() (any, *refusal) {
	var all []nightDetail[variabilityMinute]
	for d, n := range c.nights() {
		if !n.hasVariability() {
			continue
		}
		night := nightDetail[variabilityMinute]{DateTime: d.String()}
		coverage := c.person.coverage(n)
		for _, r := range c.person.Variability(n) {
			night.Minutes = append(night.Minutes, variabilityMinute{
				c.person.Wall(r.At).Format(wallForm),
				variabilityValue{number(r.Value), number(coverage()), number(r.Extra[2]), number(r.Extra[1])},
			})
		}
		all = append(all, night)
	}
	return list(c, "hrv", all)
}

// coverage returns the share of heartbeats seen of one reading of the
// variability after the other; the person has none, it is close to 1.
func (p *Person) coverage(n Night) func() float64 {
	r := newNoise(p.seed, "hrv coverage", n.day)
	return func() float64 { return round(0.9+0.1*r.float(), 3) }
}

// breathRate is in breaths a minute.
type breathRate struct {
	Rate json.Number `json:"breathingRate"`
}

// breathing is H5.
func (c *call) breathing() (any, *refusal) {
	return c.metric("br", func(n Night) any { return breathRate{json.Number(decimal(n.Breaths[""]))} })
}

// breathingMinutes is how long a stage must last in a night for a rate of its
// own.
const breathingMinutes = 50

// breathingDetail is H6: -1 for a stage without data.
func (c *call) breathingDetail() (any, *refusal) {
	return c.metric("br", func(n Night) any {
		minutes := n.LevelMinutes()
		stage := func(level string) breathRate {
			if minutes[level] < breathingMinutes {
				return breathRate{"-1"}
			}
			return breathRate{json.Number(decimal(n.Breaths[level]))}
		}
		return map[string]breathRate{
			"deepSleepSummary": stage("deep"), "lightSleepSummary": stage("light"), "remSleepSummary": stage("rem"),
			"fullSleepSummary": {json.Number(decimal(n.Breaths[""]))},
		}
	})
}

// cardioSpread is how far the estimate reaches to both sides, in ml/kg/min.
const cardioSpread = 2

// cardioScore is H9: one number on a day with a run, otherwise a range around
// it. An end in the future is an error (sheet 4.2).
func (c *call) cardioScore() (any, *refusal) {
	if c.to > c.today {
		return nil, badRequest("date", "The date must not be in the future: %s", c.to)
	}
	return c.metric("cardioScore", func(n Night) any {
		score := int(math.Round(n.VO2Max))
		text := strconv.Itoa(score)
		if w, ok := c.person.Workout(Date(n.day)); !ok || w.Kind != "run" || w.End.After(c.synced) {
			text = strconv.Itoa(score-cardioSpread) + "-" + strconv.Itoa(score+cardioSpread)
		}
		return map[string]string{"vo2Max": text}
	})
}
