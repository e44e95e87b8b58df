package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// personEvery is how old an answer that tells of the person may grow.
const personEvery = 24 * time.Hour

// told is what an answer tells of the person, and when it came.
type told struct {
	catalog.Profile
	read time.Time
}

// tellers returns the types whose answers tell of the person.
func tellers(source catalog.Source) []catalog.Type {
	return typesOf(source, func(o *catalog.Origin) bool { return o.Profile != nil })
}

// person returns what the source tells of the person, each answer as it was read last. What
// was never read is read now, and so is whose sign-in it is, where that is not known. With
// again, of what is a day old only the oldest is read again, so that a round costs one such
// call; the others have their turn in the rounds after it.
func (r *Runner) person(ctx context.Context, s State, again bool) (catalog.Profile, error) {
	now := time.Now()
	var due []catalog.Type
	var oldest catalog.Type
	since := now.Add(-personEvery)
	token, _, _ := r.Store.Token(ctx, r.source()) // one that cannot be read is told when it is used
	for _, t := range tellers(s.Source) {
		given, err := r.given(ctx, t)
		if err != nil {
			return catalog.Profile{}, err
		}
		last, err := newestOf(ctx, r.Store, s.Source, t)
		if err != nil {
			return catalog.Profile{}, err
		}
		switch {
		case !given:
		case last == nil, t.Origin(s.Source).Owner && (!token.Checked || token.Dead):
			due = append(due, t)
		case !last.Answered.After(since):
			oldest, since = t, last.Answered.Add(-1)
		}
	}
	if oldest.Name != "" && again {
		due = append(due, oldest)
	}
	// What needs no permission comes first: it is answered whatever the person granted, and
	// tells whose data this is before any of it is staged.
	slices.SortStableFunc(due, func(a, b catalog.Type) int {
		return first(a.Origin(s.Source).Ask.Scope == "", b.Origin(s.Source).Ask.Scope == "")
	})
	for _, t := range due {
		if err := r.snapshot(ctx, s, t); err != nil {
			return catalog.Profile{}, err
		}
	}
	all, err := whatIsTold(ctx, r.Store, s.Source)
	for _, p := range all {
		if err := r.noteZone(ctx, p); err != nil {
			return catalog.Profile{}, err
		}
	}
	return merge(all), err
}

// errUnchecked says that a sign-in may be another person's, so that nothing is asked with it.
var errUnchecked = errors.New("whose the sign-in is could not be asked, and nothing is fetched before that is known")

// checked is an error when a window would be asked with a sign-in of which nobody knows yet
// whose it is, as one of the environment, and the source can tell.
func (r *Runner) checked(ctx context.Context, w Window) error {
	source := r.Provider.Source()
	token, _, err := r.Store.Token(ctx, r.source())
	if err != nil || token.Checked || w.Type.Origin(source).Owner {
		return err
	}
	for _, t := range typesOf(source, func(o *catalog.Origin) bool { return o.Owner }) {
		if given, err := r.given(ctx, t); err != nil || given {
			return cmp.Or(err, errUnchecked)
		}
	}
	return nil
}

// snapshot asks a type that has no range and stages the answer, unless the source is known
// not to give it. What went wrong and concerns the type alone is among the failures.
func (r *Runner) snapshot(ctx context.Context, s State, t catalog.Type) error {
	if given, err := r.given(ctx, t); err != nil || !given {
		return err
	}
	today := s.Zones.Today(time.Now())
	w := Window{Type: t, Ask: t.Origin(s.Source).Ask, Span: catalog.Span{From: today, To: today + 1}, Fresh: true}
	_, err := r.window(ctx, s, w)
	return r.settle(ctx, s, w, err)
}

// newestOf returns the newest staged window of a snapshot; nil when there is none.
func newestOf(ctx context.Context, st *store.Store, source catalog.Source, t catalog.Type) (*store.Window, error) {
	all, err := st.Snapshots(ctx, string(source), t.Name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[len(all)-1].Window, nil
}

// whatIsTold returns what the newest staged answers tell of the person, in the order of the
// table.
func whatIsTold(ctx context.Context, st *store.Store, source catalog.Source) ([]told, error) {
	var out []told
	for _, t := range tellers(source) {
		last, err := newestOf(ctx, st, source, t)
		if err != nil {
			return nil, err
		}
		if last == nil {
			continue
		}
		bodies, err := st.Bodies(ctx, last.ID)
		if err != nil {
			return nil, err
		}
		p, err := t.Origin(source).Profile(bodies[0].Data)
		if err != nil {
			return nil, fmt.Errorf("read the %s: %w", t.Name, err)
		}
		out = append(out, told{p, last.Answered})
	}
	return out, nil
}

// merge returns what several answers tell together.
func merge(all []told) (p catalog.Profile) {
	for _, o := range all {
		p.UserID = cmp.Or(p.UserID, o.UserID)
		p.LegacyID = cmp.Or(p.LegacyID, o.LegacyID)
		p.Zone = cmp.Or(p.Zone, o.Zone)
		p.MemberSince = cmp.Or(p.MemberSince, o.MemberSince)
	}
	return p
}

// noteZone notes the zone of the person from the day it was read on. It does so in every
// round: one may have been killed between staging the answer and noting its zone.
func (r *Runner) noteZone(ctx context.Context, p told) error {
	if p.Zone == "" {
		return nil
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		r.Log.Warn("the profile names a zone that is not known here", "zone", p.Zone)
		return nil
	}
	return r.Store.NoteZone(ctx, store.ZoneEntry{From: catalog.DayOf(p.read.In(loc)).String(), How: store.ByProfile, Zone: p.Zone})
}
