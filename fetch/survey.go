package fetch

import (
	"context"
	"fmt"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// The two snapshots that every run may read before it plans.
const (
	profileType = "profile"
	deviceType  = "device"

	profileEvery = 24 * time.Hour
)

// survey learns who the person is, in which zone, since when, and when a tracker last
// synced: one call in an ordinary round, two when the profile is due.
func (r *Runner) survey(ctx context.Context) (State, error) {
	s := State{Source: r.Provider.Source(), Now: time.Now()}
	var err error
	if s.Zones, err = Zones(ctx, r.Store); err != nil {
		return s, err
	}
	profile, err := r.profile(ctx, s)
	if err != nil {
		return s, err
	}
	if s.Zones, err = r.zones(ctx, profile); err != nil {
		return s, err
	}
	if profile != nil {
		s.MemberSince = profile.MemberSince
	}
	if err := r.bounds(&s, profile); err != nil {
		return s, err
	}
	if s.Synced, err = r.devices(ctx, s); err != nil {
		return s, err
	}
	return s, inventory(ctx, r.Store, r.Types, &s)
}

// snapshot asks a type that has no range and stages the answer. It returns nil when the
// source does not give it, or gave something unreadable.
func (r *Runner) snapshot(ctx context.Context, s State, name string) ([]byte, error) {
	t, ok := catalog.Lookup(name)
	if !ok || t.Origin(r.Provider.Source()) == nil {
		return nil, nil
	}
	if all, err := r.Store.Unavailable(ctx, r.source()); err != nil || notGiven(all, r.Provider.Source(), t) {
		return nil, err
	}
	today := s.Zones.Today(time.Now())
	w := Window{Type: t, Ask: t.Origin(r.Provider.Source()).Ask, Span: catalog.Span{From: today, To: today + 1}, Fresh: true}
	_, err := r.window(ctx, s, w)
	if err != nil {
		return nil, r.settle(ctx, s, w, err)
	}
	if err := r.settle(ctx, s, w, nil); err != nil {
		return nil, err
	}
	return newest(ctx, r.Store, r.Provider.Source(), name)
}

// profile returns the person's profile, read anew when it is a day old; nil when the
// source does not give it.
func (r *Runner) profile(ctx context.Context, s State) (*catalog.Profile, error) {
	last, err := r.newestProfile(ctx)
	if err != nil {
		return nil, err
	}
	if last == nil || time.Since(last.Window.Answered) >= profileEvery {
		if _, err := r.snapshot(ctx, s, profileType); err != nil {
			return nil, err
		}
		if last, err = r.newestProfile(ctx); err != nil || last == nil {
			return nil, err
		}
	}
	bodies, err := r.Store.Bodies(ctx, last.Window.ID)
	if err != nil {
		return nil, err
	}
	p, err := profileOf(r.Provider.Source(), bodies[0].Data)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	return &p, r.noteZone(ctx, p, last.Window.Answered)
}

// newestProfile returns the newest staged profile; nil when there is none.
func (r *Runner) newestProfile(ctx context.Context) (*store.Covered, error) {
	all, err := r.Store.Snapshots(ctx, r.source(), profileType)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[len(all)-1], nil
}

// noteZone notes the zone of a profile from the day it was read on. It does so in every
// round: one may have been killed between staging the profile and noting its zone.
func (r *Runner) noteZone(ctx context.Context, p catalog.Profile, read time.Time) error {
	if p.Zone == "" {
		return nil
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		r.Log.Warn("the profile names a zone that is not known here", "zone", p.Zone)
		return nil
	}
	return r.Store.NoteZone(ctx, store.ZoneEntry{From: catalog.DayOf(read.In(loc)).String(), How: store.ByProfile, Zone: p.Zone})
}

// zones returns the zone history. Where nothing tells the zone, the setting does, and is
// noted; a silent UTC would move every day.
func (r *Runner) zones(ctx context.Context, p *catalog.Profile) (catalog.Zones, error) {
	z, err := Zones(ctx, r.Store)
	if err != nil || z.Known() {
		return z, err
	}
	if r.Zone == nil {
		return z, r.lacks("zone", "the zone of the days cannot be read from "+r.source())
	}
	e := store.ZoneEntry{From: catalog.DayOf(time.Now().In(r.Zone)).String(), How: store.BySetting, Zone: r.Zone.String()}
	if err := r.Store.NoteZone(ctx, e); err != nil {
		return z, err
	}
	return Zones(ctx, r.Store)
}

// Zones returns the vault's zone history as the catalogue takes it.
func Zones(ctx context.Context, st *store.Store) (catalog.Zones, error) {
	entries, err := st.Zones(ctx)
	if err != nil {
		return catalog.Zones{}, fmt.Errorf("read zone history: %w", err)
	}
	return catalog.ParseZones(entries, store.ZoneEntry.Names)
}

// bounds sets the days wanted: from the day the person joined, or as told.
func (r *Runner) bounds(s *State, p *catalog.Profile) error {
	s.Range.To = s.Zones.Today(s.Now) + 1
	if r.Until != nil {
		s.Range.To = min(s.Range.To, *r.Until+1)
	}
	switch {
	case r.Since != nil:
		s.Range.From = *r.Since
	case p != nil:
		s.Range.From = p.MemberSince
	default:
		return r.lacks("since", "the day the person joined cannot be read from "+r.source())
	}
	return nil
}

// lacks is the error of what only the profile tells. A setting can stand in for a profile
// that is not given; one that was not answered may be in the next round.
func (r *Runner) lacks(setting, reason string) error {
	for _, f := range r.result.Failures {
		if api := answerOf(f.Err); f.Type == profileType && (api == nil || !api.Denied() && !api.Refused()) {
			return fmt.Errorf("read the profile: %w", f.Err)
		}
	}
	return &SettingError{setting, reason}
}

// devices returns when a tracker last synced; the zero time when no device tells. Where
// the source did not answer this time, what it said last holds.
func (r *Runner) devices(ctx context.Context, s State) (time.Time, error) {
	body, err := r.snapshot(ctx, s, deviceType)
	if err != nil {
		return time.Time{}, err
	}
	if body == nil { // they are not given, or not any more
		all, err := r.Store.Unavailable(ctx, r.source())
		if _, off := all[deviceType]; off || err != nil {
			return time.Time{}, err
		}
	}
	return lastSync(ctx, r.Store, s)
}

// lastSync returns when a tracker last synced as far as the newest staged answer tells; the
// zero time when none does. A sync cannot be later than its reading: it only seems so when
// the person has flown east since the zone was last read.
func lastSync(ctx context.Context, st *store.Store, s State) (time.Time, error) {
	all, err := st.Snapshots(ctx, string(s.Source), deviceType)
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	read := all[len(all)-1].Window
	bodies, err := st.Bodies(ctx, read.ID)
	if err != nil {
		return time.Time{}, err
	}
	t, _ := catalog.Lookup(deviceType)
	at, _, err := t.Origin(s.Source).Synced(catalog.Body{JSON: bodies[0].Data, Path: bodies[0].Path, Zones: s.Zones})
	if err != nil {
		return time.Time{}, fmt.Errorf("read the devices: %w", err)
	}
	if at.After(read.Answered) {
		at = read.Answered
	}
	return at, nil
}

// newest returns the newest staged body of a snapshot type; nil when there is none.
func newest(ctx context.Context, st *store.Store, source catalog.Source, name string) ([]byte, error) {
	all, err := st.Snapshots(ctx, string(source), name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	bodies, err := st.Bodies(ctx, all[len(all)-1].Window.ID)
	if err != nil {
		return nil, err
	}
	return bodies[0].Data, nil
}

// inventory reads what is staged, doubted and unavailable of the wanted types.
func inventory(ctx context.Context, st *store.Store, wanted []catalog.Type, s *State) error {
	staged := map[string]bool{}
	for _, t := range wanted {
		staged[t.Staged(s.Source)] = true
	}
	off, err := st.Unavailable(ctx, string(s.Source))
	if err != nil {
		return err
	}
	for _, t := range catalog.Asked(s.Source) {
		if staged[t.Name] && !t.Origin(s.Source).Ask.Snapshot() && !notGiven(off, s.Source, t) {
			s.Types = append(s.Types, t)
		}
	}
	coverage, err := st.Coverage(ctx, string(s.Source))
	if err != nil {
		return err
	}
	s.Coverage, s.Doubtful = map[string][]Covered{}, map[string][]Covered{}
	for name, rows := range coverage {
		for _, row := range rows {
			c, err := coveredOf(row.From, row.To, row.Window)
			if err != nil {
				return err
			}
			s.Coverage[name] = append(s.Coverage[name], c)
		}
	}
	doubtful, err := st.Windows(ctx, string(s.Source), store.Doubtful)
	if err != nil {
		return err
	}
	for _, w := range doubtful {
		c, err := coveredOf(w.From, w.To, w)
		if err != nil {
			return err
		}
		s.Doubtful[w.Type] = append(s.Doubtful[w.Type], stillDoubtful(s.Coverage[w.Type], c)...)
	}
	return nil
}

// stillDoubtful returns the days of a doubtful window for which no complete answer came
// after it.
func stillDoubtful(coverage []Covered, doubt Covered) (out []Covered) {
	open := make([]bool, doubt.Days())
	for i := range open {
		open[i] = true
	}
	for _, c := range coverage {
		if c.Answered.After(doubt.Answered) {
			span := c.Cut(doubt.Span)
			for d := span.From; d < span.To; d++ {
				open[d-doubt.From] = false
			}
		}
	}
	for _, span := range runs(open, doubt.From) {
		c := doubt
		c.Span = span
		out = append(out, c)
	}
	return out
}

func coveredOf(from, to string, w store.Window) (Covered, error) {
	span, err := catalog.ParseSpan(from, to)
	if err != nil {
		return Covered{}, err
	}
	settled, err := catalog.ParseDay(w.SettledTo)
	return Covered{span, w.Answered, w.Synced, settled}, err
}

// notGiven reports whether a type is known not to be given and not due to be tried again.
func notGiven(all map[string]store.Unavailable, source catalog.Source, t catalog.Type) bool {
	u, ok := all[t.Name]
	switch {
	case !ok:
		return false
	case u.Kind == store.NotServed:
		return u.AskVersion == t.Origin(source).Ask.Version
	}
	return time.Now().Before(u.Retry)
}

// settled notes that a type that was unavailable is given after all.
func (r *Runner) settled(ctx context.Context, w Window) error {
	all, err := r.Store.Unavailable(ctx, r.source())
	if err != nil {
		return err
	}
	if _, ok := all[w.Type.Name]; !ok {
		return nil
	}
	return r.Store.SetAvailable(ctx, r.source(), w.Type.Name)
}

// Left counts, by type, the windows that a fetch from a source would ask now as far as
// the vault knows, without a call. Before the first fetch it knows nothing.
func Left(ctx context.Context, st *store.Store, source catalog.Source) (map[string]int, error) {
	s := State{Source: source, Now: time.Now()}
	body, err := newest(ctx, st, source, profileType)
	if err != nil || body == nil {
		return nil, err
	}
	p, err := profileOf(source, body)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	if s.Zones, err = Zones(ctx, st); err != nil {
		return nil, err
	}
	s.Range = catalog.Span{From: p.MemberSince, To: s.Zones.Today(s.Now) + 1}
	if s.Synced, err = lastSync(ctx, st, s); err != nil {
		return nil, err
	}
	if err := inventory(ctx, st, catalog.Types(), &s); err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, w := range Plan(s) {
		left[w.Type.Name]++
	}
	return left, nil
}

// profileOf reads the person's profile.
func profileOf(source catalog.Source, body []byte) (catalog.Profile, error) {
	t, _ := catalog.Lookup(profileType)
	return t.Origin(source).Profile(body)
}
