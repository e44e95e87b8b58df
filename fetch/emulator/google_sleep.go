package emulator

import (
	"slices"
	"strings"
	"time"
)

// slumber is a sleep as the service tells it: at first without stages and
// unprocessed, later whole (Google sheet gotcha 8).
type slumber struct {
	g         *glance
	s         Sleep
	processed bool
	edited    bool
	created   time.Time
	updated   time.Time
}

func (g *glance) sleeps(d Date) []record {
	var out []record
	for _, s := range g.person.Sleeps(d) {
		if !g.sees(s) {
			continue
		}
		origin := derivedOrigin
		if s.Manual {
			origin = manualOrigin
		}
		r := g.between(s.Start, s.End, origin, g.slumber(s))
		r.id = number64(s.LogID)
		out = append(out, r)
	}
	return out
}

// sees is the rule of the legacy service.
func (g *glance) sees(s Sleep) bool {
	c := call{now: g.now, synced: g.synced}
	return c.sees(s)
}

// slumber finds out how far the service has come with a sleep: stages take ten
// minutes to an hour after the sync that brought it, and some nights are
// written once more hours later.
func (g *glance) slumber(s Sleep) slumber {
	v := slumber{g: g, s: s, processed: true}
	if s.Manual {
		v.created = s.End.Add(time.Hour)
		v.updated = v.created
		return v
	}
	r := newNoise(g.person.seed, "processing", int(s.LogID%1e9))
	v.created = g.watch.next(g.person, s.End, g.modes.SyncEvery)
	done := v.created.Add(time.Duration(r.between(600, 3000))*time.Second + 250*time.Millisecond)
	again := done.Add(8 * time.Hour)
	held := g.modes.GoogleUnprocessedFrom
	switch {
	case !held.IsZero() && !v.created.Before(held), g.now.Before(done):
		v.processed, v.updated = false, v.created
	case r.chance(0.15) && !g.now.Before(again):
		v.updated = again
	default:
		v.updated = done
	}
	v.edited = g.person.edited(s.LogID)
	return v
}

// edited tells whether a log is the corrected form of another one.
func (p *Person) edited(id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.edits.editedSleep {
		if e.LogID == id {
			return true
		}
	}
	return false
}

func (v slumber) write(w *jsonWriter) {
	kind := "STAGES"
	if v.s.Classic {
		kind = "CLASSIC"
	}
	w.enum("type", kind)
	if v.processed && !v.s.NoLevels {
		v.writeSegments(w, "stages", v.s.Data)
		if !v.s.Classic && len(v.s.Short) > 0 {
			v.writeSegments(w, "shortAwakenings", v.s.Short)
		}
	}
	if v.processed {
		v.writeSummary(w)
	}
	w.open("metadata")
	w.flag("processed", v.processed)
	w.flag("mainSleep", v.s.Main)
	w.flag("nap", v.nap())
	w.flag("manuallyEdited", v.edited)
	if v.processed {
		w.enum("stagesStatus", v.status())
	}
	w.close()
	w.instant("createTime", v.created)
	w.instant("updateTime", v.updated)
}

func (v slumber) nap() bool { return !v.s.Main && v.s.Classic && !v.s.Manual }

func (v slumber) status() string {
	switch {
	case v.nap():
		return "REJECTED_NAP"
	case v.s.NoLevels:
		return "REJECTED_SERVER"
	case v.s.Classic:
		return "REJECTED_COVERAGE"
	}
	return "SUCCEEDED"
}

// stageName is a level of the legacy dialect under its new name.
func stageName(level string) string {
	if level == "wake" {
		return "AWAKE"
	}
	return strings.ToUpper(level)
}

func (v slumber) writeSegments(w *jsonWriter, key string, segments []Segment) {
	w.openList(key)
	for _, d := range segments {
		start := v.s.Start.Add(time.Duration(d.At) * time.Second)
		end := start.Add(time.Duration(d.Seconds) * time.Second)
		w.open("")
		w.instant("startTime", start)
		w.offset("startUtcOffset", v.g.offset(start))
		w.instant("endTime", end)
		w.offset("endUtcOffset", v.g.offset(end))
		w.enum("type", stageName(d.Level))
		w.close()
	}
	w.closeList()
}

// writeSummary counts like the legacy dialect: short wakes are taken out of the
// stage they interrupt. All of its numbers are printed, zeros too.
func (v slumber) writeSummary(w *jsonWriter) {
	minutes := v.s.LevelMinutes()
	fall := 0
	asleep, awake := minutes["deep"]+minutes["light"]+minutes["rem"], minutes["wake"]
	levels := []string{"wake", "light", "deep", "rem"}
	if v.s.Classic {
		fall = v.s.minutesToFallAsleep()
		asleep, awake = minutes["asleep"], minutes["restless"]+minutes["awake"]-fall
		levels = []string{"awake", "asleep", "restless"}
	}
	w.open("summary")
	w.count("minutesInSleepPeriod", int64(v.s.End.Sub(v.s.Start)/time.Minute))
	w.count("minutesAsleep", int64(asleep))
	w.count("minutesAwake", int64(awake))
	w.count("minutesToFallAsleep", int64(fall))
	w.count("minutesAfterWakeUp", 0)
	if !v.s.NoLevels {
		levels = slices.DeleteFunc(levels, func(level string) bool { return v.s.count(level) == 0 })
		w.openList("stagesSummary")
		for _, level := range levels {
			w.open("")
			w.enum("type", stageName(level))
			w.count("minutes", int64(minutes[level]))
			w.count("count", int64(v.s.count(level)))
			w.close()
		}
		w.closeList()
	}
	w.close()
}
