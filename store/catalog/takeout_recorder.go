package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// oneRecorder keeps, of each day, the points of one recorder: several devices count the same
// steps side by side, and other apps' copies of them come back (takeout-archive.md sections
// 5.3 and 6). A band or a watch goes before the phone, both before what was handed back, and
// of equals the one with most samples. Of two rows of one instant the last one stands.
func oneRecorder(points []Point, _ Archive, _ Zones) []Point {
	type recorded struct {
		day  Day
		name string
	}
	samples := map[recorded]int{}
	for _, p := range points {
		samples[recorded{p.Day, p.Recorder}]++
	}
	chosen := map[Day]string{}
	for r, n := range samples {
		best, ok := chosen[r.day]
		better := cmp.Or(cmp.Compare(rank(r.name), rank(best)), cmp.Compare(samples[recorded{r.day, best}], n), strings.Compare(r.name, best))
		if !ok || better < 0 {
			chosen[r.day] = r.name
		}
	}
	type key struct {
		at   time.Time
		what string
	}
	last := map[key]int{}
	var out []Point
	for _, p := range points {
		if p.Recorder != chosen[p.Day] {
			continue
		}
		k := key{at: p.Time}
		for _, t := range p.Tags {
			k.what += t.Key + "\n" + t.Value + "\n"
		}
		for _, f := range p.Fields { // a minute may have a row for each zone
			k.what += f.Key + "\n"
		}
		if i, again := last[k]; again {
			out[i] = p
			continue
		}
		last[k] = len(out)
		out = append(out, p)
	}
	return out
}

// handedBack are the ends of the names of recorders whose rows another app gave back.
var handedBack = []string{"Health Connect", "Health Kit", "Fitbit 3P Web API"}

// rank orders recorders: the lower the better.
func rank(recorder string) int {
	switch {
	case slices.ContainsFunc(handedBack, func(end string) bool { return strings.HasSuffix(recorder, end) }):
		return 2
	case recorder == "MobileTrack":
		return 1
	}
	return 0
}
