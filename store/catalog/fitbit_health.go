package catalog

import (
	"fmt"
	"strings"
)

// fitbitCoreTemperature reads temperatures that a person entered [H8], in degrees Celsius, each
// with its time on the wall. There may be several in one second.
func fitbitCoreTemperature(b Body) ([]Point, error) {
	const root = "tempCore"
	type element struct {
		DateTime string `json:"dateTime"`
		Value    number `json:"value"`
	}
	elements, err := decodeList[element](b.JSON, root, "dateTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, e := range elements {
		shown, err := readWall("dateTime", e.DateTime)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", root, err)
		}
		var f fieldList
		if f.float("celsius", "value", e.Value, nil); f.err != nil {
			return nil, fmt.Errorf("%s of %s: %w", root, e.DateTime, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: coreTemperature.Measurement, Fields: f.fields, Time: b.Zones.At(shown), Day: shown.Day()})
		}
	}
	return apart(points), nil
}

// fitbitFitness serves the cardio fitness of each day [H9], in ml/kg/min: a range, as in "42-46",
// the middle of which is the value, or the value alone, as in "44", which the other sources
// have without a range too. It may not be asked for beyond today.
func fitbitFitness() *Origin {
	ask := nightAsk("cardioscore", "", "cardio_fitness", "cardioScore")
	return &Origin{Ask: ask, Read: fitbitDates(ask.Root, cardioFitnessDaily, func(f *fieldList, value jsonText) {
		f.fitness(number(value.member("vo2Max")))
	})}
}

// fitness adds a value and, where it is a range, its ends.
func (l *fieldList) fitness(n number) {
	const member = "value.vo2Max"
	var low, high string
	if n != "" && n[0] == '"' {
		low, high, _ = strings.Cut(jsonText(n).text(), "-")
	}
	if high == "" {
		l.float("vo2max", member, n, nil)
		return
	}
	l.float("low", member, number(`"`+strings.TrimSpace(low)+`"`), nil)
	l.float("high", member, number(`"`+strings.TrimSpace(high)+`"`), nil)
	if l.err != nil {
		l.err = fmt.Errorf("member %s: %s is neither a number nor a range", member, n)
		return
	}
	ends := l.fields[len(l.fields)-2:]
	l.add("vo2max", member, FloatValue((ends[0].Value.Float()+ends[1].Value.Float())/2), nil)
}
