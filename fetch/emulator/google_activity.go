package emulator

import "time"

// perMinute are amounts of the watch's minutes. A worn minute without any is
// recorded beside one with some: a point without its value, a true zero (Google
// sheet gotcha 18).
func (g *glance) perMinute(l *lived, key string, amounts []int64) []record {
	var out []record
	for i, n := range amounts {
		if l.minutes[i].BPM == 0 {
			continue
		}
		beside := i > 0 && amounts[i-1] > 0 || i+1 < len(amounts) && amounts[i+1] > 0
		if n > 0 || beside {
			out = append(out, g.between(l.at(i), l.at(i+1), watchOrigin, amount{key: key, whole: n}))
		}
	}
	return out
}

// typedIn are amounts of the minutes of an activity entered by hand.
func (g *glance) typedIn(l *lived, key string, amounts []int64) []record {
	var out []record
	for i, n := range amounts {
		at := l.typed.Add(time.Duration(i) * time.Minute)
		out = append(out, g.between(at, at.Add(time.Minute), manualOrigin, amount{key: key, whole: n}))
	}
	return out
}

// walks are stretches of at least three minutes of steps during which the
// person carried the phone.
func (g *glance) walks(l *lived) (walks [][2]int) {
	r := newNoise(g.person.seed, "phone", int(l.Date))
	for i := 0; i < len(l.minutes); i++ {
		j := i
		for j < len(l.minutes) && l.minutes[j].Steps >= 20 {
			j++
		}
		if j-i >= 3 && j < len(l.minutes) && r.chance(0.7) {
			walks = append(walks, [2]int{i, j})
		}
		i = max(i, j-1)
	}
	return walks
}

// byPhone is the phone's view of what the watch recorded as well: it counts a
// little less, and lies a little off the minute.
func (g *glance) byPhone(l *lived, key string, amounts []int64) []record {
	var out []record
	for _, w := range g.walks(l) {
		sum := int64(0)
		for _, n := range amounts[w[0]:w[1]] {
			sum += n
		}
		const late = 17 * time.Second
		r := g.between(l.at(w[0]).Add(late), l.at(w[1]).Add(late), phoneOrigin, amount{key: key, whole: sum * 93 / 100})
		r.shadow = true
		out = append(out, r)
	}
	return out
}

func amountsOf(m []Minute, of func(Minute) int64) []int64 {
	all := make([]int64, len(m))
	for i := range m {
		all[i] = of(m[i])
	}
	return all
}

func stepsOf(m Minute) int64  { return int64(m.Steps) }
func floorsOf(m Minute) int64 { return int64(m.Floors) }

func (g *glance) steps(d Date) []record {
	l := g.lived(d)
	n := amountsOf(l.minutes, stepsOf)
	out := append(g.perMinute(l, "count", n), g.typedIn(l, "count", amountsOf(l.manual, stepsOf))...)
	return append(out, g.byPhone(l, "count", n)...)
}

func (g *glance) distance(d Date) []record {
	l := g.lived(d)
	n := g.person.lengths(l.minutes)
	out := append(g.perMinute(l, "millimeters", n), g.typedIn(l, "millimeters", g.person.lengths(l.manual))...)
	return append(out, g.byPhone(l, "millimeters", n)...)
}

func (g *glance) floors(d Date) []record {
	l := g.lived(d)
	return g.perMinute(l, "count", amountsOf(l.minutes, floorsOf))
}

// floorMM is the height of a floor in mm.
const floorMM = 3048

func (g *glance) altitude(d Date) []record {
	l := g.lived(d)
	return g.perMinute(l, "gainMillimeters", amountsOf(l.minutes, func(m Minute) int64 { return floorMM * floorsOf(m) }))
}

// activeEnergy is the energy above the basal one.
func (g *glance) activeEnergy(d Date) []record {
	l := g.lived(d)
	basal := float64(l.BMR) / 1440
	var out []record
	for i, m := range l.minutes {
		if kcal := basal * float64(m.METs10-10) / 10; kcal > 0 {
			out = append(out, g.between(l.at(i), l.at(i+1), derivedOrigin, amount{key: "kcal", kcal: round(kcal, 6)}))
		}
	}
	for i := range l.manual {
		at := l.typed.Add(time.Duration(i) * time.Minute)
		kcal := round(l.Manual.Kcal/float64(len(l.manual)), 6)
		out = append(out, g.between(at, at.Add(time.Minute), manualOrigin, amount{key: "kcal", kcal: kcal}))
	}
	return out
}

// Levels of a minute out of bed, as Totals.add counts them.
const (
	levelSedentary = iota
	levelLight
	levelModerate
	levelVery
)

func levelOf(m Minute) int {
	switch {
	case m.METs10 < 15:
		return levelSedentary
	case m.METs10 < 30:
		return levelLight
	case m.METs10 < 60:
		return levelModerate
	}
	return levelVery
}

var (
	intensityNames = [...]string{levelLight: "LIGHT", levelModerate: "MODERATE", levelVery: "VIGOROUS"}
	levelNames     = [...]string{"SEDENTARY", "LIGHTLY_ACTIVE", "MODERATELY_ACTIVE", "VERY_ACTIVE"}
	azmNames       = [...]string{FatBurn: "FAT_BURN", Cardio: "CARDIO", Peak: "PEAK"}
	zoneTypeNames  = [...]string{"LIGHT", "MODERATE", "VIGOROUS", "PEAK"}
)

// intensity is a minute of an activity level.
type intensity struct{ level int }

func (v intensity) write(w *jsonWriter) {
	w.openList("activeMinutesByActivityLevel")
	w.open("")
	w.enum("activityLevel", intensityNames[v.level])
	w.i64("activeMinutes", 1)
	w.close()
	w.closeList()
}

func (g *glance) activeMinutes(d Date) []record {
	l := g.lived(d)
	var out []record
	for i, m := range l.minutes {
		if level := levelOf(m); !m.InBed && level > levelSedentary {
			out = append(out, g.between(l.at(i), l.at(i+1), derivedOrigin, intensity{level}))
		}
	}
	for i := range l.manual {
		at := l.typed.Add(time.Duration(i) * time.Minute)
		out = append(out, g.between(at, at.Add(time.Minute), manualOrigin, intensity{levelModerate}))
	}
	return out
}

// zoneMinute is a minute of a pulse zone that earns active zone minutes.
type zoneMinute struct{ zone int }

func (v zoneMinute) worth() int64 {
	if v.zone == FatBurn {
		return 1
	}
	return 2
}

func (v zoneMinute) write(w *jsonWriter) {
	w.enum("heartRateZone", azmNames[v.zone])
	w.i64("activeZoneMinutes", v.worth())
}

func (g *glance) zoneMinutes(d Date) []record {
	l := g.lived(d)
	var out []record
	for i, m := range l.minutes {
		if zone := zoneOf(&l.Limits, int(m.BPM)); m.BPM > 0 && zone > OutOfRange {
			out = append(out, g.between(l.at(i), l.at(i+1), watchOrigin, zoneMinute{zone}))
		}
	}
	return out
}

// named is a value of one enum.
type named struct{ key, value string }

func (v named) write(w *jsonWriter) { w.enum(v.key, v.value) }

// activityLevels do not tile the day: there are none of the night and of hours
// without the watch, and the phone's overlap the watch's (Google sheet 6.4).
func (g *glance) activityLevels(d Date) []record {
	l := g.lived(d)
	var out []record
	for i, m := range l.minutes {
		if m.BPM > 0 && !m.InBed {
			out = append(out, g.between(l.at(i), l.at(i+1), derivedOrigin, named{"activityLevelType", levelNames[levelOf(m)]}))
		}
	}
	for _, w := range g.walks(l) {
		for i := w[0]; i < w[1]; i++ {
			r := g.between(l.at(i), l.at(i+1), phoneOrigin, named{"activityLevelType", levelNames[levelLight]})
			r.shadow = true
			out = append(out, r)
		}
	}
	return out
}

// runs joins minutes with the same label; a negative one breaks them.
func (g *glance) runs(l *lived, label func(Minute) int, put func(from, to, label int)) {
	for i := 0; i < len(l.minutes); {
		j, a := i+1, label(l.minutes[i])
		for j < len(l.minutes) && label(l.minutes[j]) == a {
			j++
		}
		if a >= 0 {
			put(i, j, a)
		}
		i = j
	}
}

// sedentary are stretches awake, worn and still.
func (g *glance) sedentary(d Date) (out []record) {
	l := g.lived(d)
	g.runs(l, func(m Minute) int {
		if m.BPM == 0 || m.InBed || levelOf(m) > levelSedentary {
			return -1
		}
		return 0
	}, func(from, to, _ int) {
		out = append(out, g.between(l.at(from), l.at(to), derivedOrigin, nil))
	})
	return out
}

// zoneTimes are stretches in one pulse zone.
func (g *glance) zoneTimes(d Date) (out []record) {
	l := g.lived(d)
	g.runs(l, func(m Minute) int {
		if m.BPM == 0 {
			return -1
		}
		return zoneOf(&l.Limits, int(m.BPM))
	}, func(from, to, zone int) {
		out = append(out, g.between(l.at(from), l.at(to), derivedOrigin, named{"heartRateZoneType", zoneTypeNames[zone]}))
	})
	return out
}

// length is a stretch of a swim, one a minute.
type length struct {
	strokes int64
	style   string
}

func (v length) write(w *jsonWriter) {
	w.i64("strokeCount", v.strokes)
	w.enum("swimStrokeType", v.style)
}

func (g *glance) swimLengths(d Date) []record {
	l := g.lived(d)
	styles := [...]string{"FREESTYLE", "FREESTYLE", "BREASTSTROKE", "BACKSTROKE"}
	var out []record
	for i, m := range l.minutes {
		if m.Strokes > 0 {
			v := length{int64(m.Strokes), styles[i/4%len(styles)]}
			out = append(out, g.between(l.at(i), l.at(i+1), watchOrigin, v))
		}
	}
	return out
}
