package catalog

import (
	"cmp"
	"slices"
	"strings"
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
	points = lastStands(points)
	samples := map[recorded]int{}
	for _, p := range points {
		samples[recorded{p.Day, p.Recorder}]++
	}
	chosen := map[Day]string{}
	for r, n := range samples {
		best, ok := chosen[r.day]
		fewer := cmp.Compare(samples[recorded{r.day, best}], n)
		better := cmp.Or(cmp.Compare(rank(r.name), rank(best)), fewer, strings.Compare(r.name, best))
		if !ok || better < 0 {
			chosen[r.day] = r.name
		}
	}
	return slices.DeleteFunc(points, func(p Point) bool { return p.Recorder != chosen[p.Day] })
}

// lastStands keeps, of the points in which one recorder tells the same of one time, the last.
func lastStands(points []Point) []Point {
	if ascending(points) {
		return points // each has a time of its own
	}
	type key struct {
		at             int64
		recorder, what string
	}
	seen := map[key]int{}
	out := points[:0]
	for _, p := range points {
		k := key{at: p.Time.UnixNano(), recorder: p.Recorder}
		for _, t := range p.Tags {
			k.what += t.Key + "\n" + t.Value + "\n"
		}
		for _, f := range p.Fields { // a minute may have a row for each zone
			k.what += f.Key + "\n"
		}
		if i, again := seen[k]; again {
			out[i] = p
			continue
		}
		seen[k] = len(out)
		out = append(out, p)
	}
	return out
}

func ascending(points []Point) bool {
	for i := range len(points) - 1 {
		if !points[i].Time.Before(points[i+1].Time) {
			return false
		}
	}
	return true
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
