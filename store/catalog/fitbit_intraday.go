package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// intraday is what the member that holds the samples of a day has behind the name of the root
// member.
const intraday = "-intraday"

// intradayAsk asks for one day of a resource, at its finest level; the total of the day, which
// stands before the samples, tells the date (fitbit-web-api.md section 5.4). With timezone=UTC in
// the question the day is one in UTC (section 4.2).
func intradayAsk(resource, level, scope string, refresh time.Duration) Ask {
	return Ask{Op: Samples, Path: "/1/user/-/" + resource + "/date/{from}/1d/" + level + ".json", Days: 1, Refresh: refresh,
		Scope: scope, Root: strings.ReplaceAll(resource, "/", "-"), DateKey: "dateTime"}
}

// minutesAsk asks for the minutes of a day of an activity.
func minutesAsk(resource string, refresh time.Duration) Ask {
	return intradayAsk("activities/"+resource, "1min", "activity", refresh)
}

// sampleField says which member of a sample tells a field.
type sampleField struct {
	key, member string
	read        googleNumber
}

// fitbitIntraday serves a type by the samples {time, value} of a day, by the second or by the
// minute, of the legacy Web API [I1, I2]. A day of the heart rate is 86 400 samples at most.
func fitbitIntraday(ask Ask, s *Series, fields ...sampleField) *Origin {
	sample := []look{member("time")}
	for _, f := range fields {
		sample = append(sample, member(f.member))
	}
	l := look{members: []look{member(ask.Root), member(ask.Root+intraday, list("dataset", sample...))}}
	l.number(0)
	element := l.at(ask.Root+intraday, "dataset", "")
	return &Origin{Ask: ask, Read: func(b Body) ([]Point, error) {
		var out batch
		var shown []int
		found, err := scanBody(b.JSON, &l, func(found finds, n int) error {
			if n == 0 {
				out.expect(b.JSON, found.at(element))
				shown = make([]int, 0, cap(out.points))
			}
			at, err := readSampleOfDay(found.from(element), out.fields(), fields)
			if err != nil {
				return fmt.Errorf("%s%s, element %d: %w", ask.Root, intraday, n, err)
			}
			shown = append(shown, at)
			out.add(s)
			return nil
		})
		if err == nil {
			err = checkIntraday(found.at(0), found.at(2), found.at(element-1))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ask.Root, err)
		}
		return onDay(b, ask.Root, found.at(1), out.points, shown)
	}}
}

// decimal reads decimal numbers as they are.
func decimal(f *fieldList, field, member string, n number) { f.float(field, member, n, nil) }

// readSampleOfDay reads an element and, behind it, its time, in seconds from midnight on the
// clock, and what tells its fields.
func readSampleOfDay(found finds, f *fieldList, fields []sampleField) (shown int, _ error) {
	element, clock := found.at(0), found.at(1)
	if _, err := element.object(); err != nil {
		return 0, err
	}
	shown, err := readClockTime(clock)
	if err != nil {
		return 0, fmt.Errorf("member time: %w", err)
	}
	for i := range fields {
		of := &fields[i]
		of.read(f, of.key, of.member, number(found.at(2+i)))
	}
	return shown, f.err
}

// readClockTime reads HH:MM:SS as seconds.
func readClockTime(t jsonText) (int, error) {
	s, err := number(t).word()
	if err != nil {
		return 0, err
	}
	if len(s) == len("HH:MM:SS") && s[2] == ':' && s[5] == ':' {
		hour, ok1 := digits(s[:2])
		minute, ok2 := digits(s[3:5])
		second, ok3 := digits(s[6:])
		if ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second < 60 {
			return hour*3600 + minute*60 + second, nil
		}
	}
	return 0, fmt.Errorf("time %q is not of the form HH:MM:SS", s)
}

// checkIntraday holds an answer to its shape: an object and in it the member of the samples,
// with a list of them. Without it the person has no right to them (fitbit-web-api.md section
// 5.4), and {} and [] are no data.
func checkIntraday(answer, samples, dataset jsonText) error {
	if answer.emptyList() {
		return nil
	}
	if _, err := answer.object(); err != nil {
		return err
	}
	if _, err := samples.object(); err != nil {
		return fmt.Errorf("the samples: %w", err)
	}
	if dataset != "" {
		return dataset.mustBe('[')
	}
	return nil
}

// samplesClock resolves what a clock showed at the samples of an answer, in their order. It is the
// one on the wall, and its samples are of the day that the source files them under; or a clock in
// UTC, where the request asked for that. A day in UTC holds parts of two local days, and each
// sample is of the one that it lies in.
type samplesClock struct {
	utc      bool
	wall     sequence
	calendar calendar
}

func newSamplesClock(b Body) samplesClock {
	_, query, _ := strings.Cut(b.Path, "?")
	utc := slices.Contains(strings.Split(query, "&"), "timezone=UTC")
	return samplesClock{utc: utc, wall: sequence{zones: b.Zones}, calendar: calendar{zones: b.Zones}}
}

// at returns the instant and the day of the next sample, of what was shown, in seconds as if it
// were UTC, and the day that it is filed under.
func (c *samplesClock) at(shown int64, filed Day) (time.Time, Day) {
	if !c.utc {
		return c.wall.at(shown), filed
	}
	at := time.Unix(shown, 0).UTC()
	return at, c.calendar.today(at)
}

// zeros reports whether all fields are zero, or there is none: nothing was counted, the tracker
// has not told of it yet, or a clock skipped the hour (section 4.2). A minute that it has told of
// holds the basal energy at least.
func zeros(fields []Field) bool {
	return !slices.ContainsFunc(fields, func(f Field) bool { return !f.Value.zero() })
}

// onDay gives samples, in their order, the times that a clock showed on the day that an answer
// is of. Those without a field are no points, but tell where the sequence steps back.
func onDay(b Body, root string, total jsonText, samples []Point, shown []int) ([]Point, error) {
	day, known, err := totalDay(b.Path, total)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	when := newSamplesClock(b)
	points := samples[:0]
	for i := range samples {
		p, shown := &samples[i], int64(day)*86400+int64(shown[i])
		p.Time, p.Day = when.at(shown, day)
		switch n := len(points); {
		case zeros(p.Fields):
		case n == i: // it stays where it is
			points = samples[:n+1]
		default:
			points = append(points, *p)
		}
	}
	if len(points) > 0 && !known {
		return nil, fmt.Errorf("%s: neither the total nor the request tells the date", root)
	}
	return points, nil
}

// totalDay returns the day that the total of an answer names. There may be no total (section
// 10, item 22); then it is the one that was asked for.
func totalDay(path string, total jsonText) (day Day, known bool, _ error) {
	days, err := total.list()
	if err != nil {
		return 0, false, err
	}
	switch len(days) {
	case 0:
		_, date, _ := strings.Cut(path, "/date/")
		day, err = ParseDay(date[:min(len(date), len(dayLayout))])
		return day, err == nil && inRange(day) == nil, nil
	case 1:
		day, err = dateOf(days[0])
		return day, err == nil, err
	}
	return 0, false, fmt.Errorf("%d days, of which the samples do not tell theirs", len(days))
}

// dateOf reads the date of an element.
func dateOf(element jsonText) (Day, error) {
	object, err := element.object()
	if err != nil {
		return 0, err
	}
	date, err := number(object.member("dateTime")).word()
	if err != nil {
		return 0, fmt.Errorf("member dateTime: %w", err)
	}
	return readDay("dateTime", date)
}
