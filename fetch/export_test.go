package fetch

import (
	"context"
	"time"

	"fitvault/store"
)

// NoFamily is noFamily.
var NoFamily = noFamily

// SetPatience sets how long a sign-in waits for the person.
func (c *Consent) SetPatience(d time.Duration) { c.patience = d }

// AskAll asks windows without reading profile and devices first.
func (r *Runner) AskAll(ctx context.Context, s State, queue []Window) (Result, error) {
	err := r.begin(ctx)
	if err == nil {
		r.enqueue(queue)
		err = r.askAll(ctx, s, func(Window) bool { return true })
	}
	return r.result, err
}

// Journeys is journeys.
func (s *State) Journeys(ctx context.Context, st *store.Store) error { return s.journeys(ctx, st) }
