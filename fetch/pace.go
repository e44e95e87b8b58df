package fetch

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"fitvault/store"
)

const (
	// The pauses after a 429 that says nothing, where the rate is steady: the first one, and
	// the longest, which is reached by doubling (google-health-api.md section 3.1).
	firstPause   = 2 * time.Second
	longestPause = time.Minute

	longestAnnounced = time.Hour // that is believed of a Retry-After

	// patience is how long after the first 429 a run that is to end with the budget still
	// waits for an answer, where the rate is steady.
	patience = 5 * time.Minute
)

// errStopped is the error of a wait that ended because the source was stopped.
var errStopped = errors.New("the source was stopped")

// pacer says when the next call may be made. Where a budget of the hour decides, that is
// its meter. Where a steady rate does, it is a token bucket, and after a 429 a pause for
// every window in flight; the meter then holds only what the token endpoint asked for.
type pacer struct {
	Pace
	meter
	bucket *rate.Limiter // nil: the rate is not steady

	policy *backoff.ExponentialBackOff
	until  time.Time // the end of the newest pause
	began  time.Time // its beginning; zero: there was an answer since
	first  time.Time // of the 429s without an answer between them; zero: there was one since
	told   time.Time // the end of the newest wait that was announced
}

func newPacer(p Pace, q store.Quota) pacer {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = firstPause, longestPause
	policy.Multiplier, policy.RandomizationFactor = 2, 0.2
	out := pacer{Pace: p, meter: meter{q}, policy: policy}
	if p.Rate > 0 {
		out.bucket = bucket(p)
	}
	return out
}

// bucket lets a burst through at once and, in any minute, no more calls than a minute of the
// rate holds: the source counts by the minute too (google-health-api.md section 3.1).
func bucket(p Pace) *rate.Limiter {
	burst := max(1, p.Burst)
	if minute := 60 * p.Rate; minute > float64(2*burst) {
		return rate.NewLimiter(rate.Limit((minute-float64(burst))/60), burst)
	}
	return rate.NewLimiter(rate.Limit(p.Rate), 1)
}

// wait returns how long to wait before the next call, beside what the bucket asks for; 0:
// not at all. reserve calls of a budget are left alone.
func (p *pacer) wait(now time.Time, reserve int) time.Duration {
	return max(0, p.meter.wait(now, reserve), p.until.Sub(now))
}

// brief reports whether a wait is one of the pauses that pass within minutes.
func (p *pacer) brief(now, until time.Time) bool {
	return p.bucket != nil && p.meter.wait(now, 0) == 0 && !until.After(p.first.Add(patience))
}

// note takes note of a call that was sent at an instant, and of what came of it: api is nil
// for an answer without fault. It reports whether the quota has changed.
func (p *pacer) note(sent, now time.Time, b Budget, api *APIError) (changed bool) {
	limited := api != nil && api.Limited()
	switch {
	case p.bucket == nil && limited:
		p.meter.refused(now, b, api.After)
		return true
	case p.bucket == nil:
		p.meter.count(now, b, p.Hourly)
		return true
	case limited:
		p.pause(sent, now, api.After)
		return false
	case api != nil && api.Status == 0:
		return false
	}
	if sent.After(p.began) {
		p.began, p.first = time.Time{}, time.Time{}
		p.policy.Reset()
	}
	if p.Quota == (store.Quota{}) || now.Before(p.Reset) {
		return false
	}
	p.Quota = store.Quota{} // the token endpoint gives tokens again
	return true
}

// pause begins after a 429. Those on their way when it began count for no longer one,
// unless they announce it.
func (p *pacer) pause(sent, now time.Time, after time.Duration) {
	known := !p.began.IsZero() && !sent.After(p.began)
	if known && after == 0 {
		return
	}
	if p.first.IsZero() {
		p.first = now
	}
	d := min(after, longestAnnounced)
	if after == 0 {
		d = p.policy.NextBackOff()
	}
	if !known {
		p.began = now
	}
	if until := now.Add(d); until.After(p.until) {
		p.until = until
	}
}

// DoneBy returns when so many calls will have been made, at the steady rate or by the
// budget of which q is known. It is the zero time when there are none to make, or nothing
// is known.
func (p Pace) DoneBy(calls int, q store.Quota, now time.Time) time.Time {
	if p.Rate <= 0 {
		return DoneBy(calls, q, now)
	}
	if calls <= 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(float64(calls) / p.Rate * float64(time.Second)))
}

// await waits until a call may be made. Backfill leaves a reserve of a budget to what keeps
// recent days fresh.
func (r *Runner) await(ctx context.Context, w Window) error {
	for {
		if err := sleep(ctx, r.turn()); err != nil {
			return err
		}
		until, err := r.hold(w)
		if err != nil || until.IsZero() {
			return err
		}
		if err := r.rest(ctx, until); err != nil {
			return err
		}
	}
}

// turn takes a place in the order that the steady rate allows, and returns the wait for it.
func (r *Runner) turn() time.Duration {
	if r.pacer.bucket == nil {
		return 0
	}
	return r.pacer.bucket.Reserve().Delay()
}

// hold returns until when no call may be made, and announces it once; the zero time: none
// need be waited for. The error is a *QuotaError when the run is not to wait.
func (r *Runner) hold(w Window) (until time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reserve := r.Reserve
	if w.Fresh {
		reserve = 0
	}
	now := time.Now()
	d := r.pacer.wait(now, reserve)
	if d == 0 {
		return time.Time{}, nil
	}
	until = now.Add(d)
	if r.NoWait || r.EndWithBudget && !r.pacer.brief(now, until) {
		return until, &QuotaError{r.source(), until}
	}
	if !until.Equal(r.pacer.told) {
		r.pacer.told = until
		r.Log.Info("the budget of calls is used up: waiting", "source", r.source(), "wait", d.Round(time.Second), "until", until)
		r.report(w, until)
	}
	return until, nil
}

// rest waits until an instant, or ends early with the context or when the source was
// stopped.
func (r *Runner) rest(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.ended:
		return errStopped
	case <-timer.C:
		return nil
	}
}

// account counts a call that was sent at an instant, in the vault too where it counts
// against a budget.
func (r *Runner) account(ctx context.Context, sent time.Time, a Answer, api *APIError) error {
	r.mu.Lock()
	r.result.Requests++
	changed := r.pacer.note(sent, time.Now(), a.Budget, api)
	q := r.pacer.Quota
	r.mu.Unlock()
	if !changed {
		return nil
	}
	return r.Store.SaveQuota(ctx, r.source(), q)
}

// held reports whether an error is a 429 of the token endpoint, and takes note of it: no
// window is asked before that is over.
func (r *Runner) held(ctx context.Context, err error) (bool, error) {
	var renew *renewError
	if !errors.As(err, &renew) || !renew.Limited() {
		return false, err
	}
	r.mu.Lock()
	r.pacer.meter.refused(time.Now(), Budget{Remaining: -1}, renew.After)
	q := r.pacer.Quota
	r.mu.Unlock()
	return true, r.Store.SaveQuota(ctx, r.source(), q)
}
