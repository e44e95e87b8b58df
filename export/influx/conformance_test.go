package influx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"
	"github.com/klauspost/compress/gzip"

	"fitvault/export/influx/influxtest"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// writer is export.Writer.
type writer interface {
	Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (schema.Held, error)
	Write(ctx context.Context, b line.Batch) error
	Delete(ctx context.Context, measurement, account string, from, to time.Time) error
	Close() error
}

// site is a target with an empty database, and a way to look into it past the code under
// test.
type site struct {
	writer writer
	dump   func() []string
	holds  func(...catalog.Point) []string // what dump gives for points; nil: as InfluxDB holds them
	put    func(lines ...string)           // stores lines; nil: nothing is there but what was written
	ranges bool                            // Delete takes back points of a range
	whole  bool                            // and those of all time
	kinds  bool                            // a field has one kind

	shorten func(keeps time.Duration) // sets the retention; nil: there is none
	setting string                    // and what an error calls it
	remedy  string
}

// targets are those of design section 8.
var targets = map[string]func(t *testing.T) site{
	"InfluxDB 1.x":                       func(t *testing.T) site { return influx1Site(t, influxtest.Shared(t), Options{}) },
	"InfluxDB 1.x with a user":           userSite,
	"InfluxDB 1.x with a policy":         policySite,
	"InfluxDB 2.x, a strict fake":        influx2Site,
	"InfluxDB 3.x, a strict fake":        influx3Site,
	"VictoriaMetrics":                    victoriaSite,
	"a file of line protocol":            func(t *testing.T) site { return fileSite(t, "out.lp") },
	"a compressed file of line protocol": func(t *testing.T) site { return fileSite(t, "out.lp.gz") },
	"a stream of line protocol":          streamSite,
}

func influx1Site(t *testing.T, s *influxtest.Server, o Options) site {
	o.URL, o.Database = s.URL(), s.Database()
	return site{
		writer: newClient(t, o), dump: func() []string { return s.Dump(o.Database) },
		put: func(lines ...string) { s.Write(o.Database, lines...) }, ranges: true, whole: true, kinds: true,
		shorten: func(keeps time.Duration) {
			s.Query("", fmt.Sprintf(`ALTER RETENTION POLICY "autogen" ON %q DURATION %s SHARD DURATION 1h`, o.Database, keeps))
		},
		setting: `the default retention policy "autogen"`, remedy: `ALTER RETENTION POLICY "autogen" ON`,
	}
}

func userSite(t *testing.T) site {
	s := influxtest.Start(t, influxtest.WithAuth("admin", "adm1n-pass"))
	return influx1Site(t, s, Options{Username: "admin", Password: "adm1n-pass"})
}

func policySite(t *testing.T) site {
	s := influxtest.Shared(t)
	to := influx1Site(t, s, Options{Retention: "my own"})
	db := to.writer.(*Client).database
	inPolicy := func(run func()) { // where the policy is not the default, the helpers do not look
		s.Query("", fmt.Sprintf(`ALTER RETENTION POLICY "my own" ON %q DEFAULT`, db))
		run()
		s.Query("", fmt.Sprintf(`ALTER RETENTION POLICY "autogen" ON %q DEFAULT`, db))
	}
	to.dump = func() (lines []string) {
		inPolicy(func() { lines = s.Dump(db) })
		return lines
	}
	to.put = func(lines ...string) { inPolicy(func() { s.Write(db, lines...) }) }
	to.shorten = func(keeps time.Duration) {
		s.Query("", fmt.Sprintf(`ALTER RETENTION POLICY "my own" ON %q DURATION %s SHARD DURATION 1h`, db, keeps))
	}
	to.setting, to.remedy = `the retention policy "my own"`, `ALTER RETENTION POLICY "my own" ON`
	return to
}

func influx2Site(t *testing.T) site {
	f := newFake2(t, "fitbit")
	return site{
		writer: newClient(t, f.options("fitbit")), dump: f.lines, put: func(lines ...string) { f.seed(t, lines...) },
		ranges: true, whole: true, kinds: true,
		shorten: func(keeps time.Duration) { f.buckets[0].Seconds = int64(keeps.Seconds()) },
		setting: `the bucket "fitbit"`, remedy: "influx bucket update --id b0cke7 --retention 0",
	}
}

func influx3Site(t *testing.T) site {
	f := newFake3(t)
	return site{
		writer: newClient(t, f.options("fitbit")), dump: func() []string { return f.store("fitbit").lines() },
		put: func(lines ...string) { f.store("fitbit").seed(t, lines...) }, whole: true, kinds: true,
		shorten: func(keeps time.Duration) { f.keeps = keeps },
		setting: "the database keeps", remedy: "influxdb3 update database",
	}
}

func victoriaSite(t *testing.T) site {
	v := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	return site{
		writer: newClient(t, Options{URL: v.URL(), Database: "fitbit"}), dump: func() []string { return v.Dump("fitbit") },
		holds: samples, put: func(lines ...string) { v.Write("fitbit", lines...) }, whole: true,
	}
}

// samples are what VictoriaMetrics makes of points.
func samples(points ...catalog.Point) []string {
	var lines []string
	for _, p := range points {
		labels := map[string]string{}
		for _, t := range p.Tags {
			labels[t.Key] = t.Value
		}
		for _, f := range p.Fields {
			var value float64
			switch f.Value.Kind() {
			case catalog.Int:
				value = float64(f.Value.Int())
			case catalog.Float:
				value = f.Value.Float()
			case catalog.Bool:
				value = map[bool]float64{true: 1}[f.Value.Bool()]
			default:
				continue
			}
			lines = append(lines, influxtest.Sample(p.Measurement+"_"+f.Key, labels, value, p.Time.UnixMilli()))
		}
	}
	slices.Sort(lines)
	return lines
}

func fileSite(t *testing.T, name string) site {
	path := filepath.Join(t.TempDir(), name)
	w, err := line.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return site{writer: w, dump: func() []string {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return loaded(t, path)
	}}
}

func streamSite(t *testing.T) site {
	var out bytes.Buffer
	w := line.New(&out)
	return site{writer: w, dump: func() []string {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "stream")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return loaded(t, path)
	}}
}

// loaded returns what a file holds once somebody has loaded it.
func loaded(t *testing.T, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	s := newFakeStore()
	s.seed(t, string(text))
	return s.lines()
}

// stored are points as InfluxDB prints them.
func stored(points ...catalog.Point) []string {
	var lines []string
	for _, p := range points {
		tags, fields := map[string]string{}, models.Fields{}
		for _, t := range p.Tags {
			tags[t.Key] = t.Value
		}
		for _, f := range p.Fields {
			switch f.Value.Kind() {
			case catalog.Int:
				fields[f.Key] = f.Value.Int()
			case catalog.Float:
				fields[f.Key] = f.Value.Float()
			case catalog.Bool:
				fields[f.Key] = f.Value.Bool()
			case catalog.String:
				fields[f.Key] = f.Value.Str()
			}
		}
		lines = append(lines, models.MustNewPoint(p.Measurement, models.NewTags(tags), fields, p.Time).String())
	}
	slices.Sort(lines)
	return lines
}

// everything is points with each kind of value, and tags and names that have to be quoted.
func everything() []catalog.Point {
	points := []catalog.Point{
		point("activity", "me", noon, catalog.Field{Key: "steps", Value: catalog.IntValue(12345)},
			catalog.Field{Key: "km", Value: catalog.FloatValue(8.125)}, catalog.Field{Key: "manual", Value: catalog.BoolValue(true)},
			catalog.Field{Key: "name", Value: catalog.StringValue(`a "quoted" walk, 5 = five \ 1`)}),
		point("activity", "me", noon.Add(time.Second), catalog.Field{Key: "steps", Value: catalog.IntValue(-1 << 53)},
			catalog.Field{Key: "km", Value: catalog.FloatValue(0)}, catalog.Field{Key: "manual", Value: catalog.BoolValue(false)}),
		point("activity", "you", noon, intField("steps", 7)),
		point("activity_daily", "me", noon, intField("steps", 9)),
		point("activity", "me", noon.AddDate(-5, 0, 0), intField("steps", 1)),
		point("activity", "me", noon.Add(2*time.Second), catalog.Field{Key: "name", Value: catalog.StringValue("12")}),
	}
	for i, name := range []string{`two words`, `it's`, `"quoted"`, `back\slash`, `a,b=c d`, `zoë 😀`, `{account="x"}`} {
		p := point("odd, m=x", name, noon.Add(time.Duration(i)*time.Millisecond), intField("the field", int64(i)))
		p.Tags = append(p.Tags, catalog.Tag{Key: "zone", Value: name})
		points = append(points, p)
	}
	return points
}

// Every target goes through the history of an export.
func TestConformance(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if s.holds == nil {
				s.holds = stored
			}
			prepare := func(fresh bool) {
				t.Helper()
				held, err := s.writer.Prepare(t.Context(), seriesOf("activity", "steps", catalog.Int), noon.AddDate(-5, 0, 0))
				if err != nil || held.Fresh != fresh {
					t.Fatalf("Prepare = %+v, %v; want fresh: %v", held, err, fresh)
				}
			}
			prepare(true)
			prepare(true)
			points := everything()
			for range 2 {
				if err := s.writer.Write(t.Context(), batch(t, points...)); err != nil {
					t.Fatal(err)
				}
			}
			if s.put != nil {
				s.holdsExactly(t, "written twice", points)
				prepare(false)
			}
			points = s.takeBack(t, "a range", points, noon, noon.Add(time.Second), s.ranges)
			points = s.takeBack(t, "all time", points, time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64), s.whole)
			for _, p := range everything() {
				if s.put != nil && p.Measurement == "activity" && p.Tags[0].Value == "me" {
					points = append(points, p)
				}
			}
			if err := s.writer.Write(t.Context(), batch(t, points...)); err != nil {
				t.Fatal(err)
			}
			s.holdsExactly(t, "written again", everything())
		})
	}
}

// holdsExactly fails when something else than some points is there.
func (s site) holdsExactly(t *testing.T, when string, points []catalog.Point) {
	t.Helper()
	if diff := cmp.Diff(s.holds(points...), s.dump()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// takeBack deletes the points of an account from a range of a measurement, where the target
// can, and returns what is left.
func (s site) takeBack(t *testing.T, what string, points []catalog.Point, from, to time.Time, can bool) []catalog.Point {
	t.Helper()
	in := func(p catalog.Point) bool {
		return p.Measurement == "activity" && p.Tags[0].Value == "me" && !p.Time.Before(from) && !p.Time.After(to)
	}
	if others := s.others(points); what == "all time" && others != nil { // of a whole table nobody else's points may go
		if err := s.writer.Delete(t.Context(), "activity", "me", from, to); !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("Delete of a table with another account = %v, want unsupported", err)
		}
		s.holdsExactly(t, "another account", points)
		if err := s.writer.Delete(t.Context(), "activity", "", from, to); err != nil {
			t.Fatal(err)
		}
		points = slices.DeleteFunc(points, func(p catalog.Point) bool { return p.Measurement == "activity" })
		s.holdsExactly(t, "a table deleted", points)
		return append(points, others...)
	}
	for range 2 {
		err := s.writer.Delete(t.Context(), "activity", "me", from, to)
		if can && err != nil || !can && !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("Delete of %s = %v; want success: %v", what, err, can)
		}
	}
	if can {
		points = slices.DeleteFunc(points, in)
	}
	if s.put != nil {
		s.holdsExactly(t, "deleted "+what, points)
	}
	return points
}

// others returns the points of other accounts that a target of whole tables has to spare.
func (s site) others(points []catalog.Point) (others []catalog.Point) {
	c, ok := s.writer.(*Client)
	if !ok || c.dialect().flavor() != InfluxDB3 {
		return nil
	}
	for _, p := range points {
		if p.Measurement == "activity" && p.Tags[0].Value != "me" {
			others = append(others, p)
		}
	}
	return others
}

// A kind that does not fit is found before a point is written, and where it is not, the
// other lines of the batch are stored and the line is refused.
func TestConformanceOfKinds(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if !s.kinds {
				return
			}
			want := seriesOf("steps", "count", catalog.Int)
			if _, err := s.writer.Prepare(t.Context(), want, noon); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprint(noon.UnixNano())
			s.put("steps,account=me count=1.5 "+at, "loose count=1.5 "+at, "floors count=1i "+at)
			_, err := s.writer.Prepare(t.Context(), append(seriesOf("floors", "count", catalog.Int), want...), noon)
			c := s.writer.(*Client)
			conflict, ok := errors.AsType[*KindError](err)
			if !ok || conflict.Measurement != "steps" || conflict.Field != "count" || conflict.Have != "float" || conflict.Want != catalog.Int {
				t.Fatalf("Prepare = %v, want a conflict of steps.count", err)
			}
			for _, part := range []string{c.Name() + " at " + c.base.String(), `"` + c.database + `"`, "; ", "steps", "another database"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			loose := seriesOf("loose", "count", catalog.Int)
			loose[0].Loose = true
			held, err := s.writer.Prepare(t.Context(), loose, noon)
			if diff := cmp.Diff(schema.Kinds{"loose": {"count": catalog.Float}}, held.Kinds); err != nil || diff != "" || held.Fresh {
				t.Errorf("Prepare of a loose measurement = %+v, %v (-want +got):\n%s", held, err, diff)
			}
			before := s.dump()
			good := point("floors", "me", noon, intField("count", 2))
			err = s.writer.Write(t.Context(), batch(t, good, point("steps", "me", noon.Add(1), intField("count", 2))))
			e, ok := errors.AsType[*Error](err)
			if !ok || !e.Refused() || e.Temporary() || !strings.Contains(err.Error(), "another database") || !strings.Contains(err.Error(), "count") {
				t.Fatalf("Write = %v, want refused with the remedy", err)
			}
			after := slices.Sorted(slices.Values(append(before, stored(good)...)))
			if diff := cmp.Diff(after, s.dump()); diff != "" {
				t.Errorf("beside the refused line (-want +got):\n%s", diff)
			}
		})
	}
}

// A target that would drop days of the vault says what to set.
func TestConformanceOfRetention(t *testing.T) {
	for name, open := range targets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if s.shorten == nil {
				return
			}
			now := time.Now()
			if _, err := s.writer.Prepare(t.Context(), nil, now.AddDate(-30, 0, 0)); err != nil {
				t.Fatalf("kept for ever: %v", err)
			}
			s.shorten(1000 * time.Hour)
			if _, err := s.writer.Prepare(t.Context(), nil, now.Add(-999*time.Hour)); err != nil {
				t.Errorf("kept long enough: %v", err)
			}
			_, err := s.writer.Prepare(t.Context(), nil, now.Add(-1001*time.Hour))
			short, ok := errors.AsType[*RetentionError](err)
			if !ok || short.Keeps != 1000*time.Hour {
				t.Fatalf("Prepare = %v, want a retention error of 1000 h", err)
			}
			for _, part := range []string{s.writer.(*Client).Name(), s.setting, s.remedy, "--since"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}
