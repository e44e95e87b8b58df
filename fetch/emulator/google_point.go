package emulator

import (
	"cmp"
	"slices"
	"time"
)

// record is one data point of one source. Which of its times count depends on
// the category of its type.
type record struct {
	start, end             time.Time // UTC; equal for a sample
	startOffset, endOffset int       // seconds east of UTC
	date                   Date      // of daily types
	id                     string    // of identifiable types
	source                 *origin
	shadow                 bool // another source's record of the same thing wins in the merged stream
	value                  members
}

// members writes what a record holds beside its times.
type members interface{ write(*jsonWriter) }

// origin is where a record came from (Google sheet 4, 5.7).
type origin struct {
	method, platform         string
	device, maker, form, app string
	wearable                 bool // part of the family google-wearables
	first                    bool // part of the family google-sources
}

var (
	watchOrigin   = &origin{method: "PASSIVELY_MEASURED", platform: "FITBIT", device: "Charge 6", maker: "Fitbit", form: "FITNESS_BAND", wearable: true, first: true}
	derivedOrigin = &origin{method: "DERIVED", platform: "FITBIT", device: "Charge 6", wearable: true, first: true}
	activeOrigin  = &origin{method: "ACTIVELY_MEASURED", platform: "FITBIT", device: "Charge 6", form: "FITNESS_BAND", wearable: true, first: true}
	scaleOrigin   = &origin{method: "PASSIVELY_MEASURED", platform: "FITBIT", device: "Aria Air", form: "SCALE", wearable: true, first: true}
	manualOrigin  = &origin{method: "MANUAL", platform: "FITBIT", first: true}
	phoneOrigin   = &origin{method: "PASSIVELY_MEASURED", platform: "HEALTH_CONNECT", device: "Example Phone", form: "PHONE", app: "com.example.phone", first: true}
	partnerOrigin = &origin{method: "UNKNOWN", platform: "GOOGLE_PARTNER_INTEGRATION"}
	ecgOrigin     = &origin{method: "ACTIVELY_MEASURED", platform: "FITBIT", wearable: true, first: true}
)

func (o *origin) write(w *jsonWriter) {
	w.open("dataSource")
	w.enum("recordingMethod", o.method)
	if o.device != "" {
		w.open("device")
		w.str("displayName", o.device)
		w.str("manufacturer", o.maker)
		w.enum("formFactor", o.form)
		w.close()
	}
	if o.app != "" {
		w.open("application")
		w.str("packageName", o.app)
		w.close()
	}
	w.enum("platform", o.platform)
	w.close()
}

// families are the data source families (Google sheet 5.7).
var families = map[string]func(*origin) bool{
	"all-sources":      func(*origin) bool { return true },
	"google-wearables": func(o *origin) bool { return o.wearable },
	"google-sources":   func(o *origin) bool { return o.first },
	"self-sources":     func(*origin) bool { return false },
}

const familyPrefix = "users/me/dataSourceFamilies/"

// key orders records within a type: by the time that filters select on.
func (t *googleType) key(r *record) time.Time {
	switch t.category {
	case daily:
		return r.date.utc()
	case sleeping:
		return r.end
	}
	return r.start
}

// sortNewest puts the newest first. Most types are recorded in order.
func (t *googleType) sortNewest(records []record) {
	slices.Reverse(records)
	newer := func(a, b record) int { return t.key(&b).Compare(t.key(&a)) }
	if !slices.IsSortedFunc(records, newer) {
		slices.SortStableFunc(records, newer)
	}
}

// merge makes the stream that the app shows (Google sheet 5.2): what a better
// source recorded wins, and amounts that stand side by side in one interval are
// added up.
func (t *googleType) merge(records []record) []record {
	var kept []record
	for _, r := range records {
		if r.shadow {
			continue
		}
		if a, ok := r.value.(amount); ok {
			if n := len(kept); n > 0 && kept[n-1].start.Equal(r.start) && kept[n-1].end.Equal(r.end) {
				if b, ok := kept[n-1].value.(amount); ok && a.key == b.key {
					kept[n-1].value = a.plus(b)
					continue
				}
			}
		}
		kept = append(kept, r)
	}
	return kept
}

// amount is a value that adds up: a count, a length or an energy.
type amount struct {
	key   string
	whole int64
	kcal  float64
}

func (a amount) plus(b amount) amount { return amount{a.key, a.whole + b.whole, a.kcal + b.kcal} }

func (a amount) write(w *jsonWriter) {
	if a.key == "kcal" {
		w.f64(a.key, a.kcal)
		return
	}
	w.i64(a.key, a.whole)
}

// write renders a record for list and get, or for reconcile.
func (r *record) write(w *jsonWriter, t *googleType, g *glance, merged bool) {
	w.strange = g.modes.GoogleUnknown && r.start.Unix()/60%5 == 0
	w.open("")
	if id := r.id; id != "" || merged && g.modes.GoogleStepNames && t.id == "steps" {
		fill(&id, number64(r.start.UnixMilli()))
		name := cmp.Or(map[bool]string{true: "dataPointName"}[merged], "name")
		w.str(name, g.user+"/dataTypes/"+t.id+"/dataPoints/"+id)
	}
	if !merged {
		r.source.write(w)
	}
	w.open(t.member)
	r.writeTimes(w, t)
	if r.value != nil {
		r.value.write(w)
	}
	if w.strange {
		w.open("newMember")
		w.i32("score", 1)
		w.close()
	}
	w.close()
	w.close()
	w.strange = false
}

func (r *record) writeTimes(w *jsonWriter, t *googleType) {
	switch t.category {
	case daily:
		w.date("date", r.date)
	case sample:
		w.open("sampleTime")
		w.instant("physicalTime", r.start)
		w.offset("utcOffset", r.startOffset)
		w.civil("civilTime", r.start, r.startOffset)
		w.close()
	case interval, session, sleeping, ecgSession:
		w.open("interval")
		w.instant("startTime", r.start)
		if t.category != ecgSession || r.startOffset != 0 {
			w.offset("startUtcOffset", r.startOffset)
		}
		w.instant("endTime", r.end)
		if t.category != ecgSession || r.endOffset != 0 {
			w.offset("endUtcOffset", r.endOffset)
		}
		if t.category == interval {
			w.civil("civilStartTime", r.start, r.startOffset)
			w.civil("civilEndTime", r.end, r.endOffset)
		}
		w.close()
	}
}
