package fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fitvault/store"
)

// settle decides what an error of a window means for the run. nil: go on.
func (r *Runner) settle(ctx context.Context, s State, w Window, err error) error {
	api := answerOf(err)
	var shape *ShapeError
	var account *AccountError
	switch {
	case err == nil:
		return r.settled(ctx, w)
	case errors.As(err, &account) && account.Perhaps && r.heard():
		r.fail(w, err)
		r.leave(w)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errPending), errors.As(err, &shape) && !shape.Garbled:
		r.fail(w, err)
		return nil
	case shape != nil:
		r.fail(w, err)
		return r.unanswered(w, err)
	case api == nil || api.Gone() || api.Unauthorized() || api.Foreign() && len(w.IDs) == 0:
		return err
	}
	r.fail(w, err)
	switch {
	case api.Temporary():
		return r.unanswered(w, err)
	case api.Denied():
		return r.giveUp(ctx, w, store.Denied, api, RetryDenied)
	case api.Refused() && (len(w.IDs) > 0 || !s.ordinary(w)): // it is about the element, or the days
		return nil
	case api.Wrong():
		return r.giveUp(ctx, w, store.NotServed, api, 0)
	case api.Refused():
		return r.giveUp(ctx, w, store.Denied, api, RetryDenied)
	}
	r.leave(w)
	return nil
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

// heard reports whether the source has answered anything in this round.
func (r *Runner) heard() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pages) > 0
}

// leave gives a type up for this round.
func (r *Runner) leave(w Window) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left[w.Type.Name] = true
}

// answered takes note that the source answers, and this type.
func (r *Runner) answered(w Window) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.silent)
	delete(r.deaf, w.Type.Name)
}

// unanswered counts a window that got no answer. The error ends the round: nothing seems
// to be answered.
func (r *Runner) unanswered(w Window, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.silent[w.Type.Name] = true
	if r.deaf[w.Type.Name]++; r.deaf[w.Type.Name] >= stubborn {
		r.left[w.Type.Name] = true
	}
	if len(r.silent) >= hopeless {
		return fmt.Errorf("no answer for %d types in a row: %w", hopeless, err)
	}
	return nil
}

// fail notes what a window met. Of a type that was given up meanwhile that is told already.
func (r *Runner) fail(w Window, err error) {
	r.Log.Warn("left", "source", r.source(), "type", w.Type.Name, "from", w.From, "to", w.To-1, "err", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.left[w.Type.Name] {
		r.result.Failures = append(r.result.Failures, Failure{w.Type.Name, err})
	}
}

func (r *Runner) giveUp(ctx context.Context, w Window, kind string, err error, retry time.Duration) error {
	now := time.Now()
	r.leave(w)
	return r.Store.SetUnavailable(ctx, store.Unavailable{Source: r.source(), Type: w.Type.Name, Kind: kind,
		Reason: err.Error(), AskVersion: w.Ask.Version, Since: now, Retry: now.Add(retry)})
}
