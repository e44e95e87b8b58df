package influx

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

// What VictoriaMetrics would drop or keep twice without a word is an error that names the
// flag.
func TestFlagsOfVictoriaMetrics(t *testing.T) {
	now := time.Now()
	unique := "-dedup.minScrapeInterval=1ms"
	tests := map[string]struct {
		flags  []string
		oldest time.Time
		says   []string // nil: no error
	}{
		"none":              {nil, now.AddDate(-1, 0, 0), []string{"-retentionPeriod=1 keeps points for 744h0m0s only", "-retentionPeriod=100y", "--since"}},
		"a month":           {[]string{unique}, now.AddDate(0, 0, -30), nil},
		"a month and a day": {[]string{unique}, now.AddDate(0, 0, -32), []string{"-retentionPeriod=1 keeps"}},
		"a year":            {[]string{unique, "-retentionPeriod=1y"}, now.AddDate(0, 0, -364), nil},
		"a year and a day":  {[]string{unique, "-retentionPeriod=1y"}, now.AddDate(0, 0, -366), []string{"-retentionPeriod=1y keeps points for 8760h"}},
		"long":              {[]string{unique, "-retentionPeriod=100y"}, now.AddDate(-30, 0, 0), nil},
		"duplicates":        {[]string{"-retentionPeriod=100y"}, now, []string{"written twice", "-dedup.minScrapeInterval=1ms"}},
		"a label":           {[]string{unique, "-influxDBLabel=database"}, now, []string{"-influxDBLabel=database", "start it without"}},
		"a separator":       {[]string{unique, "-influxMeasurementFieldSeparator=."}, now, []string{"-influxMeasurementFieldSeparator=.", "start it without"}},
		"no measurement":    {[]string{unique, "-influxSkipMeasurement"}, now, []string{"-influxSkipMeasurement=true", "start it without"}},
		"no field":          {[]string{unique, "-influxSkipSingleField"}, now, []string{"-influxSkipSingleField=true", "start it without"}},
		"as it is anyway":   {[]string{unique, "-influxDBLabel=db", "-influxSkipSingleField=false"}, now, nil},
		"thinned out":       {[]string{"-dedup.minScrapeInterval=30s"}, now, []string{"all but one point", "-dedup.minScrapeInterval=1ms"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := influxtest.StartVictoria(t, tt.flags...)
			c := newClient(t, Options{URL: v.URL(), Database: "fitbit"})
			_, err := c.Prepare(t.Context(), nil, tt.oldest)
			if (err == nil) != (tt.says == nil) {
				t.Fatalf("Prepare = %v, want %q", err, tt.says)
			}
			for _, part := range tt.says {
				if !strings.Contains(err.Error(), part) || !strings.HasPrefix(err.Error(), "VictoriaMetrics at "+v.URL()) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestVictoriaPeriod(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"1": 31 * day, "12": 372 * day, "2h": day, "36h": 36 * time.Hour, "3d": 3 * day, "2w": 14 * day, "1.5y": 547*day + 12*time.Hour,
		"1000y": 106_000 * day, "": -1, "x": -1, "1m": -1, "-3": -1,
	} {
		got, ok := victoriaPeriod(text)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, ok, want)
		}
	}
}

// Flags that are hidden by a key are no reason to write nothing.
func TestHiddenFlags(t *testing.T) {
	v := influxtest.StartVictoria(t, "-flagsAuthKey=k3y", "-retentionPeriod=100y", "-deleteAuthKey=k3y")
	c := newClient(t, Options{URL: v.URL(), Database: "fitbit"})
	if held, err := c.Prepare(t.Context(), nil, noon); err != nil || !held.Fresh {
		t.Fatalf("Prepare = %+v, %v; want fresh", held, err)
	}
	v.Write("fitbit", "steps,account=me count=1i 1700000000000000000")
	err := c.Delete(t.Context(), "steps", "me", time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64))
	if err == nil || !strings.Contains(err.Error(), "without -deleteAuthKey") {
		t.Errorf("Delete = %v, want the remedy", err)
	}
}

// One database is one label, and what hides in a name breaks no selector.
func TestVictoriaSeriesOfOthersStay(t *testing.T) {
	v := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	names := []string{`fitbit`, `fit bit`, `fitbit"} or {db="x`, `fit\bit`, `zoë 😀`}
	p := point("steps", "me", noon, intField("count", 1))
	for _, name := range names {
		c := newClient(t, Options{URL: v.URL(), Database: name})
		held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon)
		if err != nil || !held.Fresh {
			t.Fatalf("%s: Prepare = %+v, %v; want fresh", name, held, err)
		}
		for _, account := range append(names, "me") {
			p.Tags[0].Value = account
			if err := c.Write(t.Context(), batch(t, p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	v.Flush()
	for i, name := range names {
		c := newClient(t, Options{URL: v.URL(), Database: name, Flavor: VictoriaMetrics})
		for _, account := range names {
			if err := c.Delete(t.Context(), "steps", account, time.Time{}, noon.AddDate(1000, 0, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{`steps_count{account="me"} 1 1772366400000`}, v.Dump(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if i+1 < len(names) && len(v.Dump(names[i+1])) != len(names)+1 {
			t.Errorf("deleting from %q takes points from %q", name, names[i+1])
		}
	}
}

func TestLinesWithoutText(t *testing.T) {
	for in, want := range map[string]string{
		"m a=1,b=2i 5\n":                  "m a=1,b=2i 5\n",
		`m s="x",a=1,t="y=1, z" 5` + "\n": "m a=1 5\n",
		`m s="x" 5` + "\n":                "",
		`m s="x" 5` + "\n" + `m\ 2,t\ 1=a\,b k\=1=true,s="\"\\" 6` + "\n" + `m s="x" 7` + "\n": `m\ 2,t\ 1=a\,b k\=1=true 6` + "\n",
	} {
		got, err := victoria{}.lines([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%q gives %q, %v; want %q", in, got, err, want)
		}
	}
	c := newClient(t, Options{URL: "http://db", Database: "x", Flavor: VictoriaMetrics})
	c.transport = transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("a request") })
	if err := c.Write(t.Context(), batch(t, point("m", "me", noon, catalog.Field{Key: "s", Value: catalog.StringValue("x")}))); err != nil {
		t.Errorf("a batch of which nothing is left: %v, want no request", err)
	}
}

func TestUserOfVictoriaMetrics(t *testing.T) {
	v := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms", "-httpAuth.username=ann", "-httpAuth.password=s3cr3t")
	for pass, says := range map[string]string{"s3cr3t": "", "wrong": `check the password of user "ann"`, "": "wants a user name and password"} {
		o := Options{URL: v.URL(), Database: "fitbit", Password: pass}
		if pass != "" {
			o.Username = "ann"
		}
		_, err := newClient(t, o).Prepare(t.Context(), nil, noon)
		e, ok := errors.AsType[*Error](err)
		if (err == nil) != (says == "") || err != nil && (!ok || !e.Unauthorized() || !strings.Contains(err.Error(), says)) {
			t.Errorf("with %q: Prepare = %v, want %q", pass, err, says)
		}
	}
}
