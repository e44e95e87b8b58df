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
	told   bool // of offset
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

// offsets names the member that tells the offset of an instant. A rollup's window has none,
// and lies beside the value (section 4).
var offsets = map[string]string{
	"interval.startTime":      "interval.startUtcOffset",
	"interval.endTime":        "interval.endUtcOffset",
	"sampleTime.physicalTime": "sampleTime.utcOffset",
}

// whenOf reads the time that an ask's DateKey names.
func whenOf(key string, item, value []byte) (when, error) {
	switch key {
	case "date":
		return dateOf(member(value, "date"))
	case "civilStartTime":
		return dateOf(member(item, "civilStartTime.date"))
	case "startTime":
		return instantOf(text(member(item, key)), nil)
	}
	offset, ok := offsets[key]
	if !ok {
		return when{}, fmt.Errorf("the catalogue names an unknown time %q", key)
	}
	return instantOf(text(member(value, key)), member(value, offset))
}

func dateOf(raw []byte) (when, error) {
	var d struct{ Year, Month, Day int }
	if absent(raw) || json.Unmarshal(raw, &d) != nil {
		return when{}, fmt.Errorf("it has no date")
	}
	day, err := catalog.ParseDay(fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day))
	return when{date: day, dated: true}, err
}

// farthest is more than any zone's offset from UTC.
const farthest = 24 * time.Hour

func instantOf(at string, offset []byte) (w when, err error) {
	if w.at, err = time.Parse(time.RFC3339, at); err != nil {
		return w, fmt.Errorf("%.40q is not an instant", at)
	}
	if absent(offset) {
		return w, nil
	}
	seconds, ok := strings.CutSuffix(text(offset), "s")
	n, err := strconv.ParseFloat(seconds, 64)
	if !ok || err != nil || !(n > -farthest.Seconds() && n < farthest.Seconds()) {
		return w, fmt.Errorf("%.40q is not an offset from UTC", offset)
	}
	w.offset, w.told = time.Duration(n*float64(time.Second)), true
	return w, nil
}
