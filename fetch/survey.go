package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// survey learns who the person is, in which zone, since when, and when a tracker last
// synced: one call in an ordinary round, two when an answer about the person is due, and one
// more where no device tells its sync. Where calls are scarce and a sync would change nothing,
// the devices are not asked for it, nor who the person is where devices tell syncs and none
// came.
func (r *Runner) survey(ctx context.Context) (State, error) {
	s := State{Source: r.Provider.Source(), Now: time.Now(), Scarce: r.Provider.Source().Scarce() && !r.Eager}
	var err error
	if s.Zones, err = Zones(ctx, r.Store); err != nil {
		return s, err
	}
	if err := r.locate(ctx, &s, !s.Scarce); err != nil {
		return s, err
	}
	if err := r.choose(ctx, &s); err != nil {
		return s, err
	}
	if err := s.stock(ctx, r.Store); err != nil {
		return s, err
	}
	if idle, err := r.idle(ctx, s); err != nil || idle {
		s.Synced, err = lastSync(ctx, r.Store, s)
		return s, err
	}
	before, err := lastSync(ctx, r.Store, s)
	if err != nil {
		return s, err
	}
	if s.Synced, err = r.devices(ctx, s); err != nil {
		return s, err
	}
	newer := s.Synced.After(before)
	if s.Scarce && (newer || s.Synced.IsZero()) {
		if err := r.locate(ctx, &s, true); err != nil {
			return s, err
		}
	}
	if s.Scarce && newer {
		if s.Synced, err = lastSync(ctx, r.Store, s); err != nil {
			return s, err
		}
	}
	return s, r.evidence(ctx, &s)
}

// locate learns of the person, in which zone and since when; with again, anew of what is a
// day old.
func (r *Runner) locate(ctx context.Context, s *State, again bool) error {
	person, err := r.person(ctx, *s, again)
	if err != nil {
		return err
	}
	if s.Zones, err = r.zones(ctx); err != nil {
		return err
	}
	s.MemberSince = person.MemberSince
	return r.bounds(s)
}

// The list of devices is read again, where calls are scarce, after a share of the time since
// the last sync: a watch that stays away overnight is asked for ever less often, and a process
// that dies and comes back, again and again, does not spend the budget on it.
const (
	devicesShare = 4
	devicesSoon  = 5 * time.Minute
	devicesLate  = time.Hour
)

// idle reports whether the devices need not be asked: they were a while ago, or nothing would
// be asked even if a tracker had synced since.
func (r *Runner) idle(ctx context.Context, s State) (bool, error) {
	t, ok := deviceType(s.Source)
	if !ok || !s.Scarce {
		return false, nil
	}
	read, err := newestOf(ctx, r.Store, s.Source, t)
	if err != nil || read == nil {
		return false, err
	}
	synced, err := lastSync(ctx, r.Store, s)
	if err != nil {
		return false, err
	}
	if s.Now.Sub(read.Answered) < max(devicesSoon, min(devicesLate, s.Now.Sub(synced)/devicesShare)) {
		return true, nil
	}
	s.Synced = s.Now
	windows, err := s.plan(ctx, r.Store)
	return len(windows) == 0, err
}

// plan returns every window still to be asked, those of single elements included.
func (s State) plan(ctx context.Context, st *store.Store) ([]Window, error) {
	if err := s.journeys(ctx, st); err != nil {
		return nil, err
	}
	each, err := tracks(ctx, st, s)
	windows := append(Plan(s), each...)
	s.sort(windows)
	return windows, err
}

// zones returns the zone history. Where nothing tells the zone, the setting does, and is
// noted; a silent UTC would move every day.
func (r *Runner) zones(ctx context.Context) (catalog.Zones, error) {
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
func (r *Runner) bounds(s *State) error {
	s.Range.To = s.Zones.Today(s.Now) + 1
	if r.Until != nil {
		s.Range.To = min(s.Range.To, *r.Until+1)
	}
	switch {
	case r.Since != nil:
		s.Range.From = *r.Since
	case s.MemberSince != 0:
		s.Range.From = s.MemberSince
	default:
		return r.lacks("since", "the day the person joined cannot be read from "+r.source())
	}
	return nil
}

// lacks is the error of what only the person's answers tell. A setting can stand in for one
// that is not given; one that was not answered may be in the next round.
func (r *Runner) lacks(setting, reason string) error {
	for _, f := range r.result.Failures {
		api := answerOf(f.Err)
		var scope *ScopeError
		if !errors.As(f.Err, &scope) && (api == nil || !api.Denied() && !api.Refused()) {
			return fmt.Errorf("read the %s: %w", f.Type, f.Err)
		}
	}
	return &SettingError{setting, reason}
}

// devices returns when a tracker last synced; the zero time when no device tells. Where
// the source did not answer this time, what it said last holds.
func (r *Runner) devices(ctx context.Context, s State) (time.Time, error) {
	t, ok := deviceType(s.Source)
	if !ok {
		return time.Time{}, nil
	}
	if err := r.snapshot(ctx, s, t); err != nil {
		return time.Time{}, err
	}
	all, err := r.Store.Unavailable(ctx, r.source())
	if _, off := all[t.Name]; off || err != nil { // they are not given, or not any more
		return time.Time{}, err
	}
	return lastSync(ctx, r.Store, s)
}

// deviceType returns the type whose answers tell when devices synced.
func deviceType(source catalog.Source) (catalog.Type, bool) {
	all := typesOf(source, func(o *catalog.Origin) bool { return o.Synced != nil })
	if len(all) == 0 {
		return catalog.Type{}, false
	}
	return all[0], true
}

// lastSync returns when a tracker last synced as far as the newest staged answer tells; the
// zero time when none does. A sync cannot be later than its reading: it only seems so when
// the person has flown east since the zone was last read.
func lastSync(ctx context.Context, st *store.Store, s State) (time.Time, error) {
	t, ok := deviceType(s.Source)
	if !ok {
		return time.Time{}, nil
	}
	read, err := newestOf(ctx, st, s.Source, t)
	if err != nil || read == nil {
		return time.Time{}, err
	}
	bodies, err := st.Bodies(ctx, read.ID)
	if err != nil {
		return time.Time{}, err
	}
	var newest time.Time
	for _, b := range bodies {
		at, _, err := t.Origin(s.Source).Synced(catalog.Body{JSON: b.Data, Path: b.Path, Zones: s.Zones})
		if err != nil {
			return time.Time{}, fmt.Errorf("read the devices: %w", err)
		}
		if at.After(newest) {
			newest = at
		}
	}
	if newest.After(read.Answered) {
		newest = read.Answered
	}
	return newest, nil
}
