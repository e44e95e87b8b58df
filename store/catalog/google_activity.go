package catalog

import (
	"slices"
	"time"
)

// How many days of a stream are asked for at once: of one with a record a minute, and of one
// with few.
const (
	googleMinuteDays = 30
	googleSparseDays = 90
)

// googleStream reads the merged stream of records with a start and an end, as the app
// shows it, one member of each as one field.
func googleStream(id string, days int, member string, read googleNumber, s *Series, field string) *Origin {
	return googleField(googleIntervals(Reconcile, id, googleActivity, days), member, read, s, field)
}

// googleEvidence marks the type whose newest point tells when a tracker last synced.
func googleEvidence(o *Origin) *Origin {
	o.Evidence = true
	return o
}

// googleStretches reads the merged stream of records whose length is a value of theirs. One
// of which read tells nothing is no point.
func googleStretches(id string, days int, s *Series, read func(*fieldList, googleMembers) bool) *Origin {
	ask := googleIntervals(Reconcile, id, googleActivity, days)
	return googleOrigin(ask, func(r googleRecord[googleMembers]) ([]Point, error) {
		var f fieldList
		if !read(&f, r.Value) {
			return nil, f.err
		}
		f.seconds("seconds", r.Interval)
		return r.point(s, nil, f)
	})
}

// googleLevel reads how active a stretch was.
func googleLevel(f *fieldList, m googleMembers) bool {
	f.name("level", "activityLevelType", m)
	return len(f.fields) > 0
}

// googleSwim reads a length of a pool.
func googleSwim(f *fieldList, m googleMembers) bool {
	f.int("strokes", "strokeCount", m.get("strokeCount"))
	f.name("stroke", "swimStrokeType", m)
	return len(f.fields) > 0
}

// googleLength is for a stretch that has no value but its length.
func googleLength(*fieldList, googleMembers) bool { return true }

// googleZoneStream reads the merged stream of active zone minutes.
func googleZoneStream() *Origin {
	o := googleOrigin(googleIntervals(Reconcile, "active-zone-minutes", googleActivity, googleSparseDays), googleZoneMinutes)
	o.Gather = allZones
	return o
}

// allZones makes one point of the records of one instant, of a zone each: their total is
// that of all zones.
func allZones(points []Point, _ Archive, _ Zones) []Point {
	var out []Point
	at := map[time.Time]int{}
	for _, p := range points {
		i, again := at[p.Time]
		if !again {
			at[p.Time] = len(out)
			out = append(out, p)
			continue
		}
		for _, zone := range p.Fields[1:] {
			if has := func(f Field) bool { return f.Key == zone.Key }; !slices.ContainsFunc(out[i].Fields, has) {
				total := out[i].Fields[0].Value.Int() + zone.Value.Int()
				out[i].Fields = append(out[i].Fields, zone)
				out[i].Fields[0].Value = IntValue(total)
			}
		}
	}
	return out
}

// googleZoneMinutes reads active zone minutes, which weigh a minute in the upper zones
// twice. A record has one zone; one of a zone that we do not know counts in the total.
func googleZoneMinutes(r googleRecord[googleMembers]) ([]Point, error) {
	const member = "activeZoneMinutes"
	zone, err := r.Value.get("heartRateZone").word()
	if err != nil {
		return nil, err
	}
	var f fieldList
	f.int("total_min", member, r.Value.get(member))
	switch zone {
	case "FAT_BURN", "CARDIO", "PEAK":
		f.int(snakeCase(zone)+"_min", member, r.Value.get(member))
	}
	return r.point(activeZoneMinutes, nil, f)
}
