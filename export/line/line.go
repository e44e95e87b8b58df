// Package line writes points as InfluxDB line protocol, with nanosecond timestamps.
package line

import (
	"fmt"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"fitvault/store/catalog"
)

// Append appends a point as one line, ended by a newline, and returns the longer slice.
// Tags come ordered by key, as catalog.Point demands; fields stay in the point's order.
// What line protocol cannot hold, and a point without a time, which a server would stamp
// with its own, are an error and append nothing.
func Append(dst []byte, p catalog.Point) ([]byte, error) {
	var e lineprotocol.Encoder
	return encode(&e, dst, &p)
}

// encode is Append with an encoder that may be used again. It writes nanoseconds.
func encode(e *lineprotocol.Encoder, dst []byte, p *catalog.Point) ([]byte, error) {
	if p.Time.IsZero() {
		return dst, fmt.Errorf("encode %s: point without time", p.Measurement)
	}
	e.SetBuffer(dst)
	e.StartLine(p.Measurement)
	for _, t := range p.Tags {
		e.AddTag(t.Key, t.Value)
	}
	for _, f := range p.Fields {
		v, ok := value(f.Value)
		if !ok {
			return dst, fmt.Errorf("line protocol cannot hold %s.%s", p.Measurement, f.Key)
		}
		e.AddField(f.Key, v)
	}
	e.EndLine(p.Time)
	if err := e.Err(); err != nil {
		return dst, fmt.Errorf("encode %s: %w", p.Measurement, err)
	}
	return e.Bytes(), nil
}

func value(v catalog.Value) (lineprotocol.Value, bool) {
	switch v.Kind() {
	case catalog.Int:
		return lineprotocol.IntValue(v.Int()), true
	case catalog.Float:
		return lineprotocol.FloatValue(v.Float())
	case catalog.String:
		return lineprotocol.StringValue(v.Str())
	case catalog.Bool:
		return lineprotocol.BoolValue(v.Bool()), true
	}
	return lineprotocol.Value{}, false
}
