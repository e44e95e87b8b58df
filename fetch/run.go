// Package fetch brings a vault up to date from one source: it plans every window, asks
// for it, and stages the answer. It knows nothing of points or targets.
//
// Its invariant: what is staged is never asked again before it can have changed, and
// nothing counts as staged that was not answered whole.
package fetch

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

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

	Types         []catalog.Type // what is wanted; types that the source lacks are left out
	Since, Until  *catalog.Day   // both included; nil: from the day the person joined, to today
	Zone          *time.Location // where no profile can be read; nil: an error then
	NoWait        bool           // end with a *QuotaError rather than wait for a budget, or after a 429
	EndWithBudget bool           // the same, but where the rate is steady wait out the pauses of a few minutes
	Eager         bool           // ask again for all that a sync may have changed, however fresh the answer
	Reserve       int            // calls of the budget that backfill leaves alone
	Progress      func(Progress) // called after each answer and before each wait, once at a time; may be nil

	mu     sync.Mutex // of all below, which windows in flight share; it is never held during a wait or a call
	pacer  pacer
	left   map[string]bool   // types that were given up in this round
	deaf   map[string]int    // windows in a row that got no answer, by type
	silent map[string]bool   // types that got no answer since any did
	sizes  map[string]int    // of pages that the source can answer in time, by type; as the Ask says where there is none
	pages  map[string]walked // by type
	result Result
	queue  []Window // still to be asked
	flying int      // windows that are being asked
	total  int
	done   int
	end    error         // what stopped the source
	ended  chan struct{} // closed when something did
}

// Progress says how far a run is.
type Progress struct {
	Source      string
	Done, Total int // windows
	Type        string
	Span        catalog.Span
	Requests    int
	Bytes       int64
	Calls       int       // still to be made, as many for a window as those of its type took so far
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
	err := r.begun(ctx, func() error { return r.fetch(ctx) })
	return r.result, err
}

// begun does something with a runner that knows of no round yet, and once more where it took
// a sign-in on the way of which nobody knew whose it is.
func (r *Runner) begun(ctx context.Context, do func() error) error {
	err := r.begin(ctx)
	if err == nil {
		err = do()
	}
	if errors.Is(err, errUnchecked) {
		r.queue, r.end, r.ended = nil, nil, make(chan struct{})
		r.total, r.done, r.result.Planned = 0, 0, 0
		err = do()
	}
	return err
}

func (r *Runner) begin(ctx context.Context) error {
	r.left, r.deaf, r.silent, r.sizes = map[string]bool{}, map[string]int{}, map[string]bool{}, map[string]int{}
	r.pages = map[string]walked{}
	r.result, r.queue, r.flying, r.total, r.done = Result{}, nil, 0, 0, 0
	r.end, r.ended = nil, make(chan struct{})
	q, err := r.Store.Quota(ctx, r.source())
	r.pacer = newPacer(r.Provider.Pace(), q)
	return err
}

func (r *Runner) fetch(ctx context.Context) error {
	state, err := r.scout(ctx)
	if err != nil {
		return err
	}
	return r.askAll(ctx, state, func(Window) bool { return true })
}

// scout plans, and asks what other questions depend on: what tells of journeys, because sums
// over hours begin at local midnights, and what tells which questions there are. What is left
// to be asked is in the queue then.
func (r *Runner) scout(ctx context.Context) (State, error) {
	state, err := r.survey(ctx)
	if err != nil {
		return state, err
	}
	windows, err := state.plan(ctx, r.Store)
	if err != nil {
		return state, err
	}
	r.enqueue(windows)
	telling := telling(state.Source)
	evidence := func(w Window) bool { return w.Type.Origin(state.Source).Evidence }
	tells := func(w Window) bool { return evidence(w) || telling[w.Type.Name] }
	for _, early := range []func(Window) bool{evidence, tells} {
		asked := len(r.queue) > 0 && early(r.queue[0])
		if err := r.askAll(ctx, state, early); err != nil {
			return state, err
		}
		if !asked {
			continue
		}
		if state.Zones, err = Zones(ctx, r.Store); err != nil {
			return state, err
		}
		if err := state.stock(ctx, r.Store); err != nil {
			return state, err
		}
		if windows, err = state.plan(ctx, r.Store); err != nil {
			return state, err
		}
		r.replan(slices.DeleteFunc(windows, early))
	}
	r.Log.Info("planned", "source", r.source(), "windows", len(r.queue), "synced", state.Synced)
	return state, nil
}

// enqueue adds windows to those still to be asked.
func (r *Runner) enqueue(windows []Window) {
	r.queue = append(r.queue, windows...)
	r.total += len(windows)
	r.result.Planned += len(windows)
}

// replan puts windows in the place of those still to be asked.
func (r *Runner) replan(windows []Window) {
	r.total -= len(r.queue)
	r.result.Planned -= len(r.queue)
	r.queue = nil
	r.enqueue(windows)
}

// askAll asks the windows in the queue in their order, up to one that is not wanted, as many
// side by side as the source allows, and waits for all of them. The first error that stops
// the source lets no other window begin.
func (r *Runner) askAll(ctx context.Context, s State, wanted func(Window) bool) error {
	var workers errgroup.Group
	for range max(1, r.pacer.InFlight) {
		workers.Go(func() error {
			for w, ok := r.next(wanted); ok; w, ok = r.next(wanted) {
				rest, err := r.window(ctx, s, w)
				r.landed(w, rest, r.settle(ctx, s, w, err))
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return err
	}
	return r.end
}

// next takes the next window off the queue; false when there is none, it is not wanted, or
// the source was stopped.
func (r *Runner) next(wanted func(Window) bool) (Window, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.end == nil && len(r.queue) > 0 && wanted(r.queue[0]) {
		w := r.queue[0]
		r.queue = r.queue[1:]
		if !r.left[w.Type.Name] {
			r.flying++
			return w, true
		}
		r.done++
	}
	return Window{}, false
}

// landed takes note of a window that next gave out: what of it is still to be asked, or
// the error that stops the source.
func (r *Runner) landed(w Window, rest []Window, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flying--
	r.done++
	if err != nil {
		r.queue = slices.Insert(r.queue, 0, w)
		if r.end == nil {
			r.end = err
			close(r.ended)
		}
		return
	}
	if len(rest) > 0 { // of a queue of thousands no copy is made for nothing
		r.total += len(rest)
		r.queue = append(rest, r.queue...)
	}
	r.report(w, time.Time{})
}

func (r *Runner) source() string { return string(r.Provider.Source()) }

// report tells how far the run is: after w was asked, or before it when there is a wait.
// The caller holds mu.
func (r *Runner) report(w Window, until time.Time) {
	if r.Progress == nil {
		return
	}
	calls := r.flying
	if !until.IsZero() {
		calls = max(1, calls) // w itself, also before there is a plan
	}
	paged := 0.0
	for _, next := range r.queue {
		if !r.left[next.Type.Name] {
			paged += r.pages[next.Type.Name].each()
		}
	}
	calls += int(math.Ceil(paged))
	from := time.Now()
	if r.pacer.until.After(from) {
		from = r.pacer.until
	}
	r.Progress(Progress{
		Source: r.source(), Done: r.done, Total: r.total, Type: w.Type.Name, Span: w.Span,
		Requests: r.result.Requests, Bytes: r.result.Bytes,
		Calls: calls, DoneBy: r.pacer.DoneBy(calls, r.pacer.Quota, from), Until: until,
	})
}

// walked are windows of a type that were asked, and their pages.
type walked struct{ windows, pages int }

// each returns how many calls a window takes; one where nothing is known.
func (w walked) each() float64 {
	if w.windows == 0 {
		return 1
	}
	return float64(w.pages) / float64(w.windows)
}

// count takes note of how many pages a window had.
func (r *Runner) count(w Window, pages int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.pages[w.Type.Name]
	r.pages[w.Type.Name] = walked{old.windows + 1, old.pages + pages}
}
