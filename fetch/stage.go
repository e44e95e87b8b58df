package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// claimed returns the days that the answer to a window speaks for, all pages together.
// What it spills beyond the window speaks for nothing.
func claimed(w Window, c Contents) (catalog.Span, error) {
	if err := strays(w, c); err != nil || w.Ask.Snapshot() {
		return w.Span, err
	}
	days := within(w, c)
	if !w.Ask.Dense || len(days) == 0 {
		return w.Span, nil
	}
	first, last := days[0], days[len(days)-1]
	if len(days) != int(last-first)+1 {
		return w.Span, fmt.Errorf("asked for %v, the answer lacks days between %v and %v", w.Span, first, last)
	}
	return catalog.Span{From: first, To: last + 1}, nil
}

// strays reports days in an answer that were not asked for.
func strays(w Window, c Contents) error {
	if w.Ask.Snapshot() || len(c.Days) == 0 {
		return nil
	}
	first, last := c.Days[0], c.Days[len(c.Days)-1]
	if first < w.From && !w.Ask.SpillsBack() || last >= w.To && !w.Ask.Spills() {
		return fmt.Errorf("asked for %v, the answer holds %v to %v", w.Span, first, last)
	}
	return nil
}

// within returns the days of an answer that were asked for.
func within(w Window, c Contents) []catalog.Day {
	return slices.DeleteFunc(slices.Clone(c.Days), func(d catalog.Day) bool { return !w.Holds(d) })
}

// empty reports whether an answer holds no element that was asked for.
func empty(w Window, c Contents) bool {
	return c.Count == 0 || w.Ask.Spills() && len(within(w, c)) == 0
}

// readable reports what keeps a snapshot that fetching itself depends on from being read.
func readable(s State, w Window, body []byte) (err error) {
	o := w.Type.Origin(s.Source)
	if o.Profile != nil {
		_, err = o.Profile(body)
	}
	if o.Synced != nil {
		_, _, err = o.Synced(catalog.Body{JSON: body, Zones: s.Zones})
	}
	return err
}

// claimVault refuses another person's profile before it is staged. A source that tells the
// person's id in the legacy Web API speaks for that too, so that two persons never share a
// vault whichever source came first.
func (r *Runner) claimVault(ctx context.Context, w Window, body []byte) error {
	o := w.Type.Origin(r.Provider.Source())
	if o.Profile == nil {
		return nil
	}
	p, err := o.Profile(body)
	if err == nil && p.UserID != "" {
		err = r.Store.Claim(ctx, r.source(), p.UserID)
	}
	if err == nil && o.Owner { // also where it does not tell: asking again would not help
		err = r.Store.CheckToken(ctx, r.source())
	}
	if err == nil && p.LegacyID != "" {
		err = r.Store.Claim(ctx, string(catalog.Fitbit), p.LegacyID)
	}
	return err
}

// stage fills in what every staged page has and writes it. It returns the window's id.
func (r *Runner) stage(ctx context.Context, s State, w Window, p store.Page, a Answer) (int64, error) {
	p.Run, p.Method, p.Path, p.Status, p.Header = r.Run, a.Method, a.Path, a.Status, a.Header
	p.Fetched, p.Body = a.Fetched, a.Body
	if s.Zones.Known() {
		p.Zone = s.Zones.On(s.Zones.Today(a.Fetched)).String()
	}
	if p.Window.SettledTo == "" {
		p.Window.SettledTo = p.Window.From
	}
	id, err := r.Store.Stage(ctx, p)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.Window.State != store.Partial {
		r.result.Windows++
	}
	r.result.Pages++
	r.result.Bytes += int64(len(a.Body))
	r.Log.Debug("staged", "source", r.source(), "type", w.Type.Name, "from", w.From, "to", w.To-1, "page", p.Number,
		"bytes", len(a.Body), "elements", p.Window.Elements, "state", p.Window.State)
	return id, nil
}

// stageFailure stages an answer that can be no data for good: a refusal, or a body that
// stayed garbled. It returns what the window failed with.
func (r *Runner) stageFailure(ctx context.Context, s State, w Window, p store.Page, a Answer, err error) error {
	api := answerOf(err)
	var shape *ShapeError
	var account *AccountError
	switch {
	case errors.As(err, &shape):
		return r.stageUnread(ctx, s, w, p, a, shape)
	case api != nil && (api.Refused() || api.Denied()), errors.As(err, &account) && a.Status != 0 && len(w.IDs) == 0:
		a.Body = []byte(Redact(string(a.Body)))
		p.Window.State, p.Error = store.Refused, err.Error()
		if _, err := r.stage(ctx, s, w, p, a); err != nil {
			return err
		}
	}
	return err
}

// stageUnread keeps a body of the wrong shape as a reject.
func (r *Runner) stageUnread(ctx context.Context, s State, w Window, p store.Page, a Answer, cause error) error {
	p.Window.State, p.Error = store.Unread, cause.Error()
	if _, err := r.stage(ctx, s, w, p, a); err != nil {
		return err
	}
	var shape *ShapeError
	if errors.As(cause, &shape) {
		return cause
	}
	return &ShapeError{Err: cause}
}

// believe decides whether an empty answer is the truth. Each day on which the last
// complete answer had an element must have been answered so before, an hour ago or more.
func (r *Runner) believe(ctx context.Context, s State, w Window) (store.State, error) {
	had, err := r.had(ctx, s, w)
	if err != nil {
		return store.Complete, err
	}
	confirmed := func(day catalog.Day) bool {
		return slices.ContainsFunc(s.Doubtful[w.Type.Name], func(d Covered) bool {
			return d.Holds(day) && !time.Now().Before(d.Answered.Add(doubtFor))
		})
	}
	for _, day := range had {
		if !confirmed(day) {
			r.Log.Warn("an empty answer where there was data: asking again in an hour before believing it",
				"source", r.source(), "type", w.Type.Name, "from", w.From, "to", w.To-1)
			return store.Doubtful, nil
		}
	}
	return store.Complete, nil
}

// had returns the days of a window on which what is in force holds an element.
func (r *Runner) had(ctx context.Context, s State, w Window) ([]catalog.Day, error) {
	coverage, err := r.Store.CoverageWithin(ctx, r.source(), w.Type.Name, w.From.String(), w.To.String())
	if err != nil {
		return nil, err
	}
	var days []catalog.Day
	for _, c := range coverage {
		span, err := catalog.ParseSpan(c.From, c.To)
		if err != nil {
			return nil, err
		}
		if span = span.Cut(w.Span); c.Window.Elements == 0 || span.Empty() {
			continue
		}
		if w.Ask.Op == catalog.Samples { // of each of its days, as far as fetching can tell
			for d := span.From; d < span.To; d++ {
				days = append(days, d)
			}
			continue
		}
		old, err := r.daysIn(ctx, s, w, c.Window.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range old {
			if span.Holds(d) {
				days = append(days, d)
			}
		}
	}
	return days, nil
}

// daysIn returns the days of the elements of a staged window of a type.
func (r *Runner) daysIn(ctx context.Context, s State, w Window, id int64) (days []catalog.Day, _ error) {
	bodies, err := r.Store.Bodies(ctx, id)
	if err != nil {
		return nil, err
	}
	q := Question{Ask: w.Ask, Span: w.Span, Zones: s.Zones}
	if q.Ask.Op == catalog.Cursor { // where its pages lead to was of interest when they came
		q.Ask.Op = catalog.Get
	}
	for _, b := range bodies {
		if len(b.Data) == 0 { // of an element that was gone
			continue
		}
		c, err := r.Provider.Inspect(q, b.Data)
		if err != nil {
			return nil, err
		}
		days = append(days, c.Days...)
	}
	return days, nil
}
