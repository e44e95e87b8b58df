package fetch

import (
	"context"
	"errors"
	"time"

	"fitvault/store/catalog"
)

// Forecast is what a fetch would ask that began now.
type Forecast struct {
	Types  []TypeForecast // that something is to be asked of, in the order of the table
	Calls  int
	Exact  bool          // false: at least so many, for only the answers tell how many pages they have
	Lasts  time.Duration // as the pace of the source goes, without the time that answers take
	DoneBy time.Time     // the zero time when there is nothing to be asked
}

// TypeForecast is what a fetch would ask of one type.
type TypeForecast struct {
	Type    string
	Windows int
	Calls   int
	Exact   bool
	Span    catalog.Span // from the oldest to the newest day asked
}

// Forecast tells what Fetch would ask. What that depends on is asked for and staged like
// in a fetch: the person and the devices, and what tells which other questions there are.
// The error is as of Fetch; after a *QuotaError the forecast holds, but is not exact.
func (r *Runner) Forecast(ctx context.Context) (Forecast, Result, error) {
	var state State
	err := r.begun(ctx, func() (err error) {
		state, err = r.scout(ctx)
		return err
	})
	var quota *QuotaError
	if err != nil && !errors.As(err, &quota) {
		return Forecast{}, r.result, err
	}
	if quota != nil {
		if rerr := r.reread(ctx, &state); rerr != nil {
			return Forecast{}, r.result, rerr
		}
	}
	f, ferr := r.forecast(ctx, state)
	f.Exact = f.Exact && quota == nil
	return f, r.result, errors.Join(err, ferr)
}

// reread plans anew with the answers that came before the budget ended.
func (r *Runner) reread(ctx context.Context, s *State) (err error) {
	if s.Zones, err = Zones(ctx, r.Store); err != nil {
		return err
	}
	if err := s.stock(ctx, r.Store); err != nil {
		return err
	}
	windows, err := s.plan(ctx, r.Store)
	r.replan(windows)
	return err
}

func (r *Runner) forecast(ctx context.Context, s State) (Forecast, error) {
	f := Forecast{Exact: true}
	byType := map[string]*TypeForecast{}
	for _, w := range r.queue {
		if r.left[w.Type.Name] {
			continue
		}
		t := byType[w.Type.Name]
		if t == nil {
			t = &TypeForecast{Type: w.Type.Name, Exact: w.Ask.PageSize == 0, Span: w.Span}
			byType[w.Type.Name] = t
		}
		t.Windows++
		t.Calls += max(1, len(w.IDs))
		t.Span = catalog.Span{From: min(t.Span.From, w.From), To: max(t.Span.To, w.To)}
	}
	if err := r.forecastDevices(ctx, s, byType); err != nil {
		return f, err
	}
	for _, t := range catalog.Asked(s.Source) {
		if one, ok := byType[t.Name]; ok {
			f.Types = append(f.Types, *one)
			f.Calls += one.Calls
			f.Exact = f.Exact && one.Exact
		}
	}
	now := time.Now()
	f.DoneBy = r.pacer.DoneBy(f.Calls, r.pacer.Quota, now)
	if f.DoneBy.After(now) {
		f.Lasts = f.DoneBy.Sub(now)
	}
	return f, nil
}

// forecastDevices adds the call by which the fetch learns when a tracker last synced.
func (r *Runner) forecastDevices(ctx context.Context, s State, byType map[string]*TypeForecast) error {
	t, ok := deviceType(s.Source)
	if !ok {
		return nil
	}
	given, err := r.given(ctx, t)
	if err != nil || !given {
		return err
	}
	if idle, err := r.idle(ctx, s); err != nil || idle {
		return err
	}
	today := s.Zones.Today(s.Now)
	byType[t.Name] = &TypeForecast{Type: t.Name, Windows: 1, Calls: 1, Exact: true, Span: catalog.Span{From: today, To: today + 1}}
	return nil
}
