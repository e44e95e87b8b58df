package fetch

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// errPending says that the source is still working an answer out.
var errPending = errors.New("the source is still working it out: left for the next round")

const (
	maxTries        = 5 // of a request that gets no answer, or a garbled one
	maxPendingTries = 4
	maxPendingWait  = time.Minute
)

// ask gets one answer, however often that has to be tried: it renews the token once on a
// 401, waits for the budget, backs off from faults, and waits for a pending answer. A
// body that is still garbled after the last try comes back with a *ShapeError.
func (r *Runner) ask(ctx context.Context, w Window) (Answer, Contents, error) {
	var a Answer
	var c Contents
	pendings, renewed := 0, false
	policy := backoff.NewExponentialBackOff()
	policy.MaxInterval = 30 * time.Second
	_, err := backoff.Retry(ctx, func() (_ struct{}, err error) {
		for {
			a, c, err = r.once(ctx, w, &renewed)
			if err != nil || c.Pending == 0 {
				break
			}
			if pendings++; pendings == maxPendingTries {
				return struct{}{}, backoff.Permanent(errPending)
			}
			if err := sleep(ctx, min(c.Pending, maxPendingWait)); err != nil {
				return struct{}{}, backoff.Permanent(err)
			}
		}
		if again(err) {
			r.Log.Debug("trying again", "source", r.source(), "type", w.Type.Name, "err", err)
			return struct{}{}, err
		}
		if err != nil {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(policy), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(0))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Err
	}
	return a, c, err
}

// again reports whether an error may go away by itself within seconds.
func again(err error) bool {
	api := answerOf(err)
	var shape *ShapeError
	return api != nil && api.Temporary() || errors.As(err, &shape) && shape.Garbled
}

// once sends one request when token and budget allow it, a second one with a new token
// after a 401, and repeats it after a 429 when the budget is whole again.
func (r *Runner) once(ctx context.Context, w Window, renewed *bool) (Answer, Contents, error) {
	for {
		if err := r.await(ctx, w); err != nil {
			return Answer{}, Contents{}, err
		}
		access, err := r.Tokens.Access(ctx)
		if held, err := r.held(ctx, err); err != nil {
			return Answer{}, Contents{}, err
		} else if held {
			continue
		}
		q := Question{Ask: w.Ask, Span: w.Span}
		a, err := r.Provider.Get(ctx, access, q)
		if ctx.Err() != nil {
			return a, Contents{}, ctx.Err()
		}
		api := answerOf(err)
		limited := api != nil && api.Limited()
		if err := r.account(ctx, a, api, limited); err != nil {
			return a, Contents{}, err
		}
		switch {
		case limited:
			continue
		case api != nil && api.Unauthorized():
			if *renewed {
				return a, Contents{}, &SignInError{r.source(), "the access token is refused even after it was renewed", err}
			}
			_, err := r.Tokens.Renew(ctx, access)
			held, err := r.held(ctx, err)
			if err != nil {
				return a, Contents{}, err
			}
			*renewed = !held
			continue
		case err != nil:
			return a, Contents{}, err
		}
		c, err := r.Provider.Inspect(q, a.Body)
		return a, c, err
	}
}

// held reports whether an error is a 429 of the token endpoint, and takes note of it: the
// wait is the same as for a question.
func (r *Runner) held(ctx context.Context, err error) (bool, error) {
	var renew *renewError
	if !errors.As(err, &renew) || !renew.Limited() {
		return false, err
	}
	r.meter.refused(time.Now(), Budget{Remaining: -1}, renew.After)
	return true, r.Store.SaveQuota(ctx, r.source(), r.meter.Quota)
}

// account counts a call, in the vault too.
func (r *Runner) account(ctx context.Context, a Answer, api *APIError, limited bool) error {
	now := time.Now()
	r.result.Requests++
	if limited {
		r.meter.refused(now, a.Budget, api.After)
	} else {
		r.meter.count(now, a.Budget, r.Provider.Pace().Hourly)
	}
	return r.Store.SaveQuota(ctx, r.source(), r.meter.Quota)
}

// await waits until the budget allows a call. Backfill leaves a reserve to what keeps
// recent days fresh.
func (r *Runner) await(ctx context.Context, w Window) error {
	reserve := r.Reserve
	if w.Fresh {
		reserve = 0
	}
	now := time.Now()
	d := r.meter.wait(now, reserve)
	if d == 0 {
		return nil
	}
	until := now.Add(d)
	if r.NoWait {
		return &QuotaError{r.source(), until}
	}
	r.Log.Info("the budget of calls is used up: waiting", "source", r.source(), "wait", d.Round(time.Second), "until", until)
	r.report(w, until)
	return sleep(ctx, d)
}
