package google

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fitvault/store/catalog"
)

// when is what an element tells of its time: an instant, and the offset from UTC where it
// tells that; or a date.
type when struct {
	date   catalog.Day
	dated  bool
	at     time.Time
	offset time.Duration
	told   bool      // of offset
	until  time.Time // the end of an interval, otherwise the instant
}

// day is the date of the element where the person was. What tells no offset, as a window of
// a rollup and an old ECG (section 4), is dated by the zone history.
func (w when) day(zones catalog.Zones) catalog.Day {
	switch {
	case w.dated:
		return w.date
	case w.told:
		return catalog.DayOf(w.at.UTC().Add(w.offset))
	}
	return zones.Today(w.at)
}

// times are the members of a value or of an element that tell its time (section 4).
type times struct {
	Interval struct {
		Start       string `json:"startTime"`
		StartOffset string `json:"startUtcOffset"`
		End         string `json:"endTime"`
		EndOffset   string `json:"endUtcOffset"`
	} `json:"interval"`
	Sample struct {
		At     string `json:"physicalTime"`
		Offset string `json:"utcOffset"`
	} `json:"sampleTime"`
	Date   *date  `json:"date"`
	Window string `json:"startTime"`
	Civil  struct {
		Date *date `json:"date"`
	} `json:"civilStartTime"`
}

type date struct {
	Year  int `json:"year"`
	Month int `json:"month"`
	Day   int `json:"day"`
}

// whenOf reads the time that the ask's DateKey names. Windows of rollups tell it beside the
// value, everything else within.
func whenOf(ask catalog.Ask, item, value json.RawMessage) (when, error) {
	var t times
	if ask.DateKey == "startTime" || ask.DateKey == "civilStartTime" {
		value = item
	}
	if err := json.Unmarshal(value, &t); err != nil {
		return when{}, fmt.Errorf("its time: %w", err)
	}
	switch ask.DateKey {
	case "interval.startTime":
		w, err := instantOf(t.Interval.Start, t.Interval.StartOffset)
		if end, odd := time.Parse(time.RFC3339, t.Interval.End); odd == nil {
			w.until = end
		}
		return w, err
	case "interval.endTime":
		return instantOf(t.Interval.End, t.Interval.EndOffset)
	case "sampleTime.physicalTime":
		return instantOf(t.Sample.At, t.Sample.Offset)
	case "startTime":
		return instantOf(t.Window, "")
	case "date":
		return dateOf(t.Date)
	case "civilStartTime":
		return dateOf(t.Civil.Date)
	}
	return when{}, fmt.Errorf("the catalogue names an unknown date %q", ask.DateKey)
}

func dateOf(d *date) (when, error) {
	if d == nil {
		return when{}, fmt.Errorf("it has no date")
	}
	day, err := catalog.ParseDay(fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day))
	return when{date: day, dated: true}, err
}

// farthest is more than any zone's offset from UTC.
const farthest = 24 * time.Hour

func instantOf(at, offset string) (w when, err error) {
	if w.at, err = time.Parse(time.RFC3339, at); err != nil {
		return w, fmt.Errorf("%.40q is not an instant", at)
	}
	w.until = w.at
	if offset == "" {
		return w, nil
	}
	seconds, ok := strings.CutSuffix(offset, "s")
	n, err := strconv.ParseFloat(seconds, 64)
	if !ok || err != nil || !(n > -farthest.Seconds() && n < farthest.Seconds()) {
		return w, fmt.Errorf("%.40q is not an offset from UTC", offset)
	}
	w.offset, w.told = time.Duration(n*float64(time.Second)), true
	return w, nil
}
