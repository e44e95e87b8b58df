package emulator

import "time"

// googleBodyFamilies are what the person stands on or types in. Newer exports
// have one file of weights, older ones one a month (archive sheet 5.3).
func (t *takeout) googleBodyFamilies() []csvFamily {
	weight := csvFamily{path: "weight_%s", span: oneMonth, columns: "timestamp,weight grams", rows: (*takeout).weightRows}
	if t.sourced() {
		weight.path, weight.span = "weight", wholeLife
	}
	return []csvFamily{
		weight,
		{path: "height", span: wholeLife, columns: "timestamp,height millimeters", rows: (*takeout).heightRows},
		{path: "body_fat_%s", span: oneMonth, columns: "timestamp,body fat percentage", rows: (*takeout).fatRows},
	}
}

// bodyStamp ends in Z. Whether it is an instant or the wall clock is disputed
// (archive sheet 4); an option decides.
func (t *takeout) bodyStamp(at time.Time) string {
	if t.o.BodyWallTime {
		at = at.Add(time.Duration(offsetOf(t.p.Wall(at))) * time.Second)
	}
	return instant(at)
}

// weightRows have each entry once more two seconds later, handed on by an app.
func (t *takeout) weightRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.weights) {
		grams := short(r.value.(mass).grams)
		echo := r.start.Add(2*time.Second + 123456*time.Microsecond)
		w.from(sourceOf(r.source), t.bodyStamp(r.start), grams)
		w.from("Scale Health Connect", t.bodyStamp(echo), grams)
	}
}

func (t *takeout) heightRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.height) {
		w.from(sourceOf(r.source), t.bodyStamp(r.start), number64(int64(r.value.(stature))))
	}
}

func (t *takeout) fatRows(from, to Date, w *csvText) {
	for r := range t.records(from, to, t.g.bodyFat) {
		w.from(sourceOf(r.source), t.bodyStamp(r.start), decimal(r.value.(double).value))
	}
}
