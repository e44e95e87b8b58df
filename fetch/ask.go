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
func (r *Runner) ask(ctx context.Context, w Window, q Question) (Answer, Contents, error) {
	var a Answer
	var c Contents
	pendings, renewed := 0, false
	policy := backoff.NewExponentialBackOff()
	policy.MaxInterval = 30 * time.Second
	_, err := backoff.Retry(ctx, func() (_ struct{}, err error) {
		for {
			a, c, err = r.once(ctx, w, q, &renewed)
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
		if again(err) && halved(q, err) == 0 {
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

// once sends one request when token and pace allow it, a second one with a new token after
// a 401, and repeats it after a 429 when calls are allowed again.
func (r *Runner) once(ctx context.Context, w Window, q Question, renewed *bool) (Answer, Contents, error) {
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
		if err := r.checked(ctx, w); err != nil {
			return Answer{}, Contents{}, err
		}
		sent := time.Now()
		a, err := r.Provider.Get(ctx, access, q)
		if ctx.Err() != nil {
			return a, Contents{}, ctx.Err()
		}
		api := answerOf(err)
		if err := r.account(ctx, sent, a, api); err != nil {
			return a, Contents{}, err
		}
		switch {
		case api != nil && api.Limited():
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
