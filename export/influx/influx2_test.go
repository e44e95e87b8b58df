package influx

import (
	"errors"
	"strings"
	"testing"

	"fitvault/store/catalog"
)

func TestBucketOfADatabase(t *testing.T) {
	const home, work = "0rg1", "0rg2"
	tests := map[string]struct {
		change func(*fake2)
		org    string
		want   string // the bucket's ID
		says   string // of an error
	}{
		"its name": {func(f *fake2) {}, "", "b0cke7", ""},
		"a mapping": {func(f *fake2) {
			f.buckets[0].Name = "health"
			f.mappings = []fakeMapping{{"fitbit", "b0cke7", home, false}}
		}, "", "b0cke7", ""},
		"a mapping that is not the default": {func(f *fake2) {
			f.buckets = append(f.buckets, fakeBucket{"an0ther", home, "health", 0})
			f.mappings = []fakeMapping{{"fitbit", "an0ther", home, true}}
		}, "", "b0cke7", ""},
		"a mapping before its name": {func(f *fake2) {
			f.buckets = append(f.buckets, fakeBucket{"an0ther", home, "health", 0})
			f.mappings = []fakeMapping{{"fitbit", "an0ther", home, false}}
		}, "", "an0ther", ""},
		"none": {func(f *fake2) { f.buckets = nil }, "", "",
			`influx bucket create --name "fitbit" --retention 0, or map one to the name with: influx v1 dbrp create --db "fitbit"`},
		"none, several organizations": {func(f *fake2) {
			f.buckets = nil
			f.orgs["work"] = work
		}, "", "", "influx bucket create"},
		"in two organizations": {func(f *fake2) {
			f.orgs["work"] = work
			f.buckets = append(f.buckets, fakeBucket{"an0ther", work, "fitbit", 0})
		}, "", "", "2 organizations have a bucket of this name; name the organization"},
		"in two organizations, one named": {func(f *fake2) {
			f.orgs["work"] = work
			f.buckets = append(f.buckets, fakeBucket{"an0ther", work, "fitbit", 0})
		}, "work", "an0ther", ""},
		"an organization that is not there": {func(f *fake2) {}, "club", "", `check the name of the organization, "club"`},
		"none in the organization":          {func(f *fake2) { f.buckets = nil }, "home", "", "influx bucket create"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake2(t, "fitbit")
			tt.change(f)
			o := f.options("fitbit")
			o.Org = tt.org
			c := newClient(t, o)
			_, err := c.Prepare(t.Context(), nil, noon)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "InfluxDB 2.7.11 at "+f.url) {
					t.Errorf("Prepare = %v, want %q", err, tt.says)
				}
				if _, there, err := c.Check(t.Context(), nil, noon); there || err == nil {
					t.Errorf("Check = %v, %v; nothing is made here, so it is an error too", there, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := c.dialect().(*influx2).bucket.ID; got != tt.want {
				t.Errorf("the bucket is %q, want %q", got, tt.want)
			}
			if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
				t.Error(err)
			}
			if err := c.Delete(t.Context(), "steps", "me", noon, noon); err != nil || len(f.lines()) != 0 {
				t.Errorf("Delete = %v, left %q", err, f.lines())
			}
		})
	}
}

// A mapping that goes while an export runs is no reason to leave lines out.
func TestBucketGoneWhileWriting(t *testing.T) {
	f := newFake2(t, "fitbit")
	c := newClient(t, f.options("fitbit"))
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	f.buckets = nil
	err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.NotFound() || e.Refused() || e.Temporary() || !strings.Contains(err.Error(), "influx bucket create") {
		t.Errorf("Write = %v, want NotFound with the remedy", err)
	}
}

// Names go through line protocol into the fake's parser, and through its predicate out again.
func TestHostileNamesInPredicates(t *testing.T) {
	f := newFake2(t, "fitbit")
	c := newClient(t, f.options("fitbit"))
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		t.Run(name, func(t *testing.T) {
			measurement := "m " + name
			if name == `a\"b` {
				measurement = "m" // InfluxDB reads \" in a measurement as a quote alone
			}
			b := batch(t, point("keep", name, noon, intField("v", 1)), point(measurement, "keep", noon, intField("v", 1)))
			if err := c.Write(t.Context(), b); err != nil || len(f.lines()) != 2 {
				t.Fatalf("Write = %v, stored %q", err, f.lines())
			}
			for i, del := range []struct{ measurement, account string }{{"keep", name}, {measurement, "keep"}} {
				if err := c.Delete(t.Context(), del.measurement, del.account, noon, noon); err != nil || len(f.lines()) != 1-i {
					t.Errorf("Delete of %q of %q = %v, left %q", del.account, del.measurement, err, f.lines())
				}
			}
		})
	}
}

// Only InfluxDB 1.x has policies; elsewhere the wish for one is not passed over.
func TestNoPolicies(t *testing.T) {
	f2, f3 := newFake2(t, "fitbit"), newFake3(t)
	for name, o := range map[string]Options{"InfluxDB 2.7.11": f2.options("fitbit"), "InfluxDB 3.8.0": f3.options("fitbit")} {
		o.Retention = "own"
		_, err := newClient(t, o).Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon)
		if err == nil || !strings.HasPrefix(err.Error(), name) || !strings.Contains(err.Error(), `none called "own"; leave the policy out`) {
			t.Errorf("%s: Prepare = %v, want an error about the policy", name, err)
		}
	}
}
