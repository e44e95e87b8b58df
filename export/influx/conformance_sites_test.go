package influx

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
	"InfluxDB 1.x":                           func(t *testing.T) site { return influx1Site(t, influxtest.Shared(t), Options{}) },
	"InfluxDB 1.x with a user":               userSite,
	"InfluxDB 1.x with a policy":             policySite,
	"InfluxDB 2.x, a strict fake":            influx2Site,
	"InfluxDB 3.x, a strict fake":            influx3Site,
	"InfluxDB 3.x, a token for one database": privateSite,
	"VictoriaMetrics":                        victoriaSite,
	"a file of line protocol":                func(t *testing.T) site { return fileSite(t, "out.lp") },
	"a compressed file of line protocol":     func(t *testing.T) site { return fileSite(t, "out.lp.gz") },
	"a stream of line protocol":              streamSite,
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
	c := newClient(t, f.options("fitbit"))
	c.gzip = true
	return site{
		writer: c, dump: f.lines, put: func(lines ...string) { f.seed(t, lines...) },
		ranges: true, whole: true, kinds: true,
		shorten: func(keeps time.Duration) { f.buckets[0].Seconds = int64(keeps.Seconds()) },
		setting: `the bucket "fitbit"`, remedy: "influx bucket update --id b0cke7 --retention 0",
	}
}

func influx3Site(t *testing.T) site {
	f := newFake3(t)
	return site3(t, f)
}

// privateSite is of a token for one database alone.
func privateSite(t *testing.T) site {
	f := newFake3(t)
	f.private, f.truthful = true, true
	return site3(t, f)
}

func site3(t *testing.T, f *fake3) site {
	c := newClient(t, f.options("fitbit"))
	c.gzip = true
	return site{
		writer: c, dump: func() []string { return f.store("fitbit").lines() },
		put: func(lines ...string) { f.store("fitbit").seed(t, lines...) }, whole: true, kinds: true,
		shorten: func(keeps time.Duration) { f.keeps = keeps },
		setting: "the database keeps", remedy: "influxdb3 update database",
	}
}

func victoriaSite(t *testing.T) site {
	v := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	c := newClient(t, Options{URL: v.URL(), Database: "fitbit"})
	c.gzip = true
	return site{
		writer: c, dump: func() []string { return v.Dump("fitbit") },
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
