package emulator

import (
	"math"
	"time"
)

// Workout is a session that the watch recorded.
type Workout struct {
	ID         int64
	Date       Date
	Kind       string // run, bike, swim, weights
	Start, End time.Time
	Totals
	Kcal       float64 // whole energy
	AverageBPM int
	Metres     float64
	GPS        bool
	minutes    []Minute
}

// ridingMetres is what a cyclist covers in a minute of average effort.
const ridingMetres = 340

// Workout returns the day's session, if there was one.
func (p *Person) Workout(d Date) (w Workout, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d < p.first {
		return Workout{}, false
	}
	pl := p.plan(d)
	m, start := p.livedMinutes(d), p.start(d)
	noon := int(d.At(p.zone(d), 12*3600).Sub(start) / time.Minute)
	from := pl.sport.at + noon - 720
	to := min(from+pl.sport.minutes, len(m))
	if !pl.worn || pl.sport.minutes == 0 || from < 0 || from >= to {
		return Workout{}, false
	}
	w = Workout{
		ID: workoutID(d), Date: d, Kind: pl.sport.kind, minutes: m[from:to],
		Start: start.Add(time.Duration(from) * time.Minute).UTC(), End: start.Add(time.Duration(to) * time.Minute).UTC(),
	}
	if p.edits.deletedGo[w.ID] {
		return Workout{}, false
	}
	day := p.frame(d)
	w.Totals = p.sum(&day, m, start, w.Start, w.End)
	w.Kcal = round(w.ExtraKcal+float64(day.BMR)/1440*float64(w.Minutes), 3)
	sum := 0
	for _, min := range w.minutes {
		sum += int(min.BPM)
	}
	w.AverageBPM = int(math.Round(float64(sum) / float64(len(w.minutes))))
	w.Metres = round(w.DistanceKM*1000, 3)
	if w.Kind == "bike" {
		w.Metres = math.Round(ridingMetres * float64(to-from) * pl.sport.effort)
	}
	outdoors := w.Kind == "run" || w.Kind == "bike"
	w.GPS = outdoors && newNoise(p.seed, "gps", int(d)).chance(0.75)
	return w, true
}

// workoutID is beyond what a float64 tells apart on some days (sheet 4.3).
func workoutID(d Date) int64 {
	if d%5 == 0 {
		return 1<<53 + 1 + 2*int64(d)
	}
	return 3_000_000_000_000 + int64(d)*1009
}

// Fix is a point of a track.
type Fix struct {
	At             time.Time // UTC
	Lat, Lon       float64
	Altitude, Gone float64 // metres; Gone since the start
	BPM            int
}

// Track returns a fix every five seconds of a session with GPS: a walk of slowly
// turning heading over the distance of the session.
func (p *Person) Track(w Workout) []Fix {
	if !w.GPS {
		return nil
	}
	r := newNoise(p.seed, "track", int(w.Date))
	heading, lat, lon, altitude := r.float()*2*math.Pi, 52.5+r.spread(0.05), 13.4+r.spread(0.08), 40+r.spread(3)
	n := len(w.minutes) * 12
	step := w.Metres / float64(n)
	fixes := make([]Fix, 0, n)
	for i := range n {
		heading += r.spread(0.12)
		altitude += r.spread(0.15)
		lat += step * math.Cos(heading) / 111_320
		lon += step * math.Sin(heading) / (111_320 * math.Cos(lat*math.Pi/180))
		fixes = append(fixes, Fix{
			At:  w.Start.Add(time.Duration(5*i) * time.Second),
			Lat: round(lat, 7), Lon: round(lon, 7), Altitude: round(altitude, 1), Gone: round(step*float64(i+1), 2),
			BPM: int(w.minutes[i/12].BPM),
		})
	}
	return fixes
}
