package catalog

import (
	"fmt"
	"strings"
	"time"
)

// intraday is what the member that holds the samples of a day has behind the name of the root
// member.
const intraday = "-intraday"

// intradayAsk is for an answer of one day, whose total tells the date. It has no path: nothing
// is asked by it.
func intradayAsk(resource string) Ask {
	return Ask{Days: 1, Root: strings.ReplaceAll(resource, "/", "-"), DateKey: "dateTime"}
}

// sampleField says which member of a sample tells a field.
type sampleField struct {
	key, member string
	read        googleNumber
}

// fitbitIntraday serves a type by the samples {time, value} of a day, by the second or by the
// minute, of the legacy Web API [I1, I2]. A day of the heart rate is 86 400 samples at most.
func fitbitIntraday(resource string, s *Series, fields ...sampleField) *Origin {
	ask := intradayAsk(resource)
	sample := []look{member("time")}
	for _, f := range fields {
		sample = append(sample, member(f.member))
	}
	l := look{members: []look{member(ask.Root), member(ask.Root+intraday, list("dataset", sample...))}}
	l.number(0)
	element := l.at(ask.Root+intraday, "dataset", "")
	return &Origin{Ask: ask, Read: func(b Body) ([]Point, error) {
		var out batch
		found, err := scanBody(b.JSON, &l, func(found []jsonText, n int) error {
			if n == 0 {
				out.expect(b.JSON, found[element])
			}
			shown, err := readSampleOfDay(found[element:], out.fields(), fields)
			if err != nil {
				return fmt.Errorf("%s%s, element %d: %w", ask.Root, intraday, n, err)
			}
			out.add(Point{Measurement: s.Measurement, Time: shown})
			return nil
		})
		if err == nil {
			err = checkIntraday(found[0], found[2], found[element-1])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ask.Root, err)
		}
		return onDay(b, ask.Root, found[1], out.points)
	}}
}

// decimal reads decimal numbers as they are.
func decimal(f *fieldList, field, member string, n number) { f.float(field, member, n, nil) }

// readSampleOfDay reads an element and, behind it, its time and what tells its fields. The time is
// what the clock shows, as if it were that of 1970-01-01 in UTC.
func readSampleOfDay(found []jsonText, f *fieldList, fields []sampleField) (time.Time, error) {
	element, clock := found[0], found[1]
	if _, err := element.object(); err != nil {
		return time.Time{}, err
	}
	shown, err := readClockTime(clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("member time: %w", err)
	}
	for i, of := range fields {
		of.read(f, of.key, of.member, number(found[2+i]))
	}
	return shown, f.err
}

// readClockTime reads HH:MM:SS.
func readClockTime(t jsonText) (time.Time, error) {
	s, err := number(t).word()
	if err != nil {
		return time.Time{}, err
	}
	if len(s) == len("HH:MM:SS") && s[2] == ':' && s[5] == ':' {
		hour, ok1 := digits(s[:2])
		minute, ok2 := digits(s[3:5])
		second, ok3 := digits(s[6:])
		if ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second < 60 {
			return time.Unix(int64(hour*3600+minute*60+second), 0), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q is not of the form HH:MM:SS", s)
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

// onDay moves samples, in their order, to the day that an answer is of. Those without a field
// are no points; what they tell is where the sequence of the clock steps back.
func onDay(b Body, root string, total jsonText, samples []Point) ([]Point, error) {
	day, known, err := totalDay(b.Path, total)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	when := sequence{zones: b.Zones}
	points := samples[:0]
	for _, p := range samples {
		p.Time, p.Day = when.at(int64(day)*86400+p.Time.Unix()), day
		if len(p.Fields) > 0 {
			points = append(points, p)
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
