// Package fetch brings a vault up to date from one source: it plans every window, asks
// for it, and stages the answer. It knows nothing of points or targets.
//
// Its invariant: what is staged is never asked again before it can have changed, and
// nothing counts as staged that was not answered whole.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Runner brings one vault up to date from one source.
type Runner struct {
	Store    *store.Store
	Provider Provider
	Tokens   *Tokens
	Log      *slog.Logger
	Run      int64 // the row of the audit log that it works for

	Types        []catalog.Type // what is wanted; types that the source lacks are left out
	Since, Until *catalog.Day   // both included; nil: from the day the person joined, to today
	Zone         *time.Location // where no profile can be read; nil: an error then
	NoWait       bool           // end with a *QuotaError rather than wait for a budget
	Reserve      int            // calls of the budget that backfill leaves alone
	Progress     func(Progress) // called after each answer and before each wait; may be nil

	meter  meter
	left   map[string]bool // types that were given up in this round
	deaf   map[string]int  // windows in a row that got no answer, by type
	silent map[string]bool // types that got no answer since any did
	result Result
	queue  []Window // still to be asked
	total  int
	done   int
}

// Progress says how far a run is.
type Progress struct {
	Source      string
	Done, Total int // windows
	Type        string
	Span        catalog.Span
	Requests    int
	Bytes       int64
	Calls       int       // windows still to be asked, without those that were given up
	DoneBy      time.Time // when they will have been asked, as far as budgets decide; zero: not known
	Until       time.Time // waiting for the budget until then; zero: not waiting
}

// Result is what a run did.
type Result struct {
	store.Tally
	Windows  int // that were asked and staged
	Planned  int
	Failures []Failure
}

// Failure is what a run had to leave.
type Failure struct {
	Type string
	Err  error
}

func (f Failure) Error() string { return f.Type + ": " + f.Err.Error() }

const (
	// hopeless is how many types in a row may get no answer before a run gives up the rest.
	hopeless = 3

	// stubborn is how many windows of a type in a row may get no answer before it is left for
	// the next round: one that the source cannot answer must not hide those behind it.
	stubborn = 2
)

// Fetch reads the profile and the devices, plans, and asks window by window. What
// concerns one type is in Result.Failures and stops only that type; the error is what
// stops the whole source: *SignInError, *QuotaError, *SettingError, an *APIError that is
// Gone, or the context's. The Result holds in either case.
func (r *Runner) Fetch(ctx context.Context) (Result, error) {
	r.left, r.deaf, r.silent = map[string]bool{}, map[string]int{}, map[string]bool{}
	r.result, r.queue, r.total, r.done = Result{}, nil, 0, 0
	err := r.fetch(ctx)
	return r.result, err
}

func (r *Runner) fetch(ctx context.Context) error {
	q, err := r.Store.Quota(ctx, r.source())
	if err != nil {
		return err
	}
	r.meter = meter{Quota: q}
	state, err := r.survey(ctx)
	if err != nil {
		return err
	}
	r.queue = Plan(state)
	r.total, r.result.Planned = len(r.queue), len(r.queue)
	r.Log.Info("planned", "source", r.source(), "windows", len(r.queue), "synced", state.Synced)
	for len(r.queue) > 0 {
		w := r.queue[0]
		r.queue = r.queue[1:]
		r.done++
		if r.left[w.Type.Name] {
			continue
		}
		rest, err := r.window(ctx, state, w)
		if err = r.settle(ctx, state, w, err); err != nil {
			return err
		}
		r.total += len(rest)
		r.queue = append(rest, r.queue...)
		r.report(w, time.Time{})
	}
	return nil
}

func (r *Runner) source() string { return string(r.Provider.Source()) }

// report tells how far the run is: after w was asked, or before it when there is a wait.
func (r *Runner) report(w Window, until time.Time) {
	if r.Progress == nil {
		return
	}
	calls := 0
	if !until.IsZero() {
		calls = 1 // w itself
	}
	for _, next := range r.queue {
		if !r.left[next.Type.Name] {
			calls++
		}
	}
	r.Progress(Progress{
		Source: r.source(), Done: r.done, Total: r.total, Type: w.Type.Name, Span: w.Span,
		Requests: r.result.Requests, Bytes: r.result.Bytes,
		Calls: calls, DoneBy: DoneBy(calls, r.meter.Quota, time.Now()), Until: until,
	})
}

// window asks one window and stages the answer. When a dense answer holds fewer days than
// were asked, only those are claimed and the others are returned, to be asked on their
// own: a range may have been cut silently (fitbit-web-api.md section 3).
func (r *Runner) window(ctx context.Context, s State, w Window) (rest []Window, err error) {
	p := store.Page{Window: store.Window{
		Source: r.source(), Type: w.Type.Name, From: w.From.String(), To: w.To.String(),
		AskVersion: w.Ask.Version, Asked: time.Now(), Synced: s.Synced, State: store.Complete,
	}}
	a, c, err := r.ask(ctx, w)
	if done, err := r.stageFailure(ctx, s, w, p, a, err); done || err != nil {
		return nil, err
	}
	clear(r.silent)
	delete(r.deaf, w.Type.Name)
	claim, err := claimed(w, c)
	if err == nil {
		err = readable(s, w, a.Body)
	}
	if err != nil {
		return nil, r.stageUnread(ctx, s, w, p, a, err)
	}
	if err := r.claimVault(ctx, w, a.Body); err != nil {
		return nil, err
	}
	evidence := s.Synced
	if evidence.IsZero() {
		evidence = p.Window.Asked
	}
	p.Window.SettledTo = SettledTo(s.Zones, claim, w.Type.Settle, evidence).String()
	p.Window.Elements = c.Count
	p.CoverFrom, p.CoverTo = claim.From.String(), claim.To.String()
	if c.Count == 0 {
		if p.Window.State, err = r.believe(ctx, s, w); err != nil {
			return nil, err
		}
	}
	if err := r.stage(ctx, s, w, p, a); err != nil {
		return nil, err
	}
	for _, span := range []catalog.Span{{From: claim.To, To: w.To}, {From: w.From, To: claim.From}} {
		if !span.Empty() {
			rest = append(rest, Window{Type: w.Type, Ask: w.Ask, Span: span, Fresh: w.Fresh})
		}
	}
	return rest, nil
}

// settle decides what an error of a window means for the run. nil: go on.
func (r *Runner) settle(ctx context.Context, s State, w Window, err error) error {
	api := answerOf(err)
	var shape *ShapeError
	switch {
	case err == nil:
		return r.settled(ctx, w)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errPending), errors.As(err, &shape) && !shape.Garbled:
		r.fail(w, err)
		return nil
	case shape != nil:
		r.fail(w, err)
		return r.unanswered(w, err)
	case api == nil || api.Gone() || api.Unauthorized():
		return err
	}
	r.fail(w, err)
	switch {
	case api.Temporary():
		return r.unanswered(w, err)
	case api.Denied():
		return r.giveUp(ctx, w, store.Denied, api, 7*24*time.Hour)
	case api.Refused() && !s.ordinary(w):
		return nil
	case api.Refused():
		return r.giveUp(ctx, w, store.NotServed, api, 0)
	}
	r.left[w.Type.Name] = true
	return nil
}

// unanswered counts a window that got no answer. The error ends the round: nothing seems
// to be answered.
func (r *Runner) unanswered(w Window, err error) error {
	r.silent[w.Type.Name] = true
	if r.deaf[w.Type.Name]++; r.deaf[w.Type.Name] >= stubborn {
		r.left[w.Type.Name] = true
	}
	if len(r.silent) >= hopeless {
		return fmt.Errorf("no answer for %d types in a row: %w", hopeless, err)
	}
	return nil
}

func (r *Runner) fail(w Window, err error) {
	r.Log.Warn("left", "source", r.source(), "type", w.Type.Name, "from", w.From, "to", w.To-1, "err", err)
	r.result.Failures = append(r.result.Failures, Failure{w.Type.Name, err})
}

func (r *Runner) giveUp(ctx context.Context, w Window, kind string, err error, retry time.Duration) error {
	now := time.Now()
	r.left[w.Type.Name] = true
	return r.Store.SetUnavailable(ctx, store.Unavailable{Source: r.source(), Type: w.Type.Name, Kind: kind,
		Reason: err.Error(), AskVersion: w.Ask.Version, Since: now, Retry: now.Add(retry)})
}
