package influx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"fitvault/export/schema"
)

// victoria speaks to a single-node VictoriaMetrics
// (https://docs.victoriametrics.com/#how-to-send-data-in-influxdb-line-protocol). Its tests
// run the real one, 1.79.5. Of each field it makes a series measurement_field with the tags
// and a label db, the database; of each value a float at a full millisecond.
//
// It knows no database to be made and no kind of a field, and it never replaces a value: of
// two at one instant it keeps one, once duplicates are removed as required, and not always
// the later. It answers 204 whatever it drops.
type victoria struct{ *Client }

func (s victoria) name() string   { return "VictoriaMetrics" }
func (s victoria) flavor() string { return VictoriaMetrics }

func (s victoria) find(context.Context) (bool, error) {
	return true, s.noPolicy("its flag -retentionPeriod is for all")
}

func (s victoria) create(context.Context) error { return nil }

func (s victoria) look(ctx context.Context, _ []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	if err := s.checkFlags(ctx, oldest); err != nil {
		return held, err
	}
	names, err := s.metrics(ctx, "list the metrics", "")
	return schema.Held{Fresh: err == nil && len(names) == 0}, err
}

// metrics returns the names of the database's series, each once; where account is not empty,
// only of those with this label. It lists series: a list of names keeps those of deleted ones.
// Without a start, newer releases look at the last day alone.
func (s victoria) metrics(ctx context.Context, op, account string) ([]string, error) {
	var found struct {
		Data []struct {
			Name string `json:"__name__"`
		}
	}
	params := url.Values{"match[]": {"{" + s.labels(account) + "}"}, "start": {"1"}}
	err := s.get(ctx, op, "api/v1/series", params, &found)
	var names []string
	for _, series := range found.Data {
		names = append(names, series.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

func (s victoria) labels(account string) string {
	labels := "db=" + strconv.Quote(s.database)
	if account != "" {
		labels += ",account=" + strconv.Quote(account)
	}
	return labels
}

// remove can take back whole series only.
func (s victoria) remove(ctx context.Context, measurement, account string, from, to time.Time) error {
	if !always(from, to) {
		return s.unsupported(measurement, "this server deletes whole series only; an export with --rebuild writes all again")
	}
	op := "delete from " + measurement
	names, err := s.metrics(ctx, op, account)
	if err != nil {
		return err
	}
	var own []string
	isField := fieldsOf(measurement)
	for _, name := range names {
		if isField(name) {
			own = append(own, regexp.QuoteMeta(name))
		}
	}
	if len(own) == 0 {
		return nil
	}
	match := fmt.Sprintf("{__name__=~%s,%s}", strconv.Quote(strings.Join(own, "|")), s.labels(account))
	err = s.do(ctx, request{op: op, path: "api/v1/admin/tsdb/delete_series", read: done,
		body: []byte(url.Values{"match[]": {match}}.Encode()), kind: "application/x-www-form-urlencoded"})
	if e, ok := errors.AsType[*Error](err); ok && strings.Contains(e.Message, "deleteAuthKey") {
		e.remedy = "start it without -deleteAuthKey for the export with --rebuild"
	}
	return err
}

// fieldsOf reports of the name of a series whether it is of a measurement, and not of one with
// a longer name: activity_daily_steps is the field steps of activity_daily, not daily_steps of
// activity.
func fieldsOf(measurement string) func(name string) bool {
	var longer []string
	for _, s := range schema.All() {
		for _, m := range s.Measurements {
			if strings.HasPrefix(m.Measurement, measurement+"_") {
				longer = append(longer, m.Measurement+"_")
			}
		}
	}
	return func(name string) bool {
		other := slices.ContainsFunc(longer, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		return strings.HasPrefix(name, measurement+"_") && !other
	}
}

// lines leaves out the fields that are strings: VictoriaMetrics would store a zero, or the
// number that the text looks like. A line without any other field is left out whole.
func (s victoria) lines(body []byte) ([]byte, error) {
	if !bytes.ContainsRune(body, '"') {
		return body, nil
	}
	var e lineprotocol.Encoder
	e.SetPrecision(lineprotocol.Nanosecond)
	in := lineprotocol.NewDecoderWithBytes(body)
	for in.Next() {
		if err := numbers(in, &e); err != nil {
			return nil, s.failure("leave out text", err)
		}
	}
	return e.Bytes(), nil
}

// numbers copies a line without its strings.
func numbers(in *lineprotocol.Decoder, out *lineprotocol.Encoder) error {
	before := len(out.Bytes())
	measurement, err := in.Measurement()
	if err != nil {
		return err
	}
	out.StartLineRaw(measurement)
	for {
		key, value, err := in.NextTag()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		out.AddTagRaw(key, value)
	}
	kept := 0
	for {
		key, value, err := in.NextField()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		if value.Kind() != lineprotocol.String {
			out.AddFieldRaw(key, value)
			kept++
		}
	}
	at, err := in.Time(lineprotocol.Nanosecond, time.Time{})
	if err != nil {
		return err
	}
	if kept == 0 {
		out.SetBuffer(out.Bytes()[:before])
		return nil
	}
	out.EndLine(at)
	return out.Err()
}
