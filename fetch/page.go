package fetch

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

const (
	// smallestPage is the size below which a page is not made smaller after a 504, but where
	// it is small at first, as one of sessions: then it is a smallestShare of that.
	smallestPage  = 100
	smallestShare = 5

	// A walk of more pages never ends: a day with a sample a second fills fewer of the
	// smallest, and the longest range fewer of those that a source has been seen to give.
	mostPagesADay = 1000
	mostPages     = 5000
)

// window asks one window, page by page, and stages each answer. When a dense answer holds
// fewer days than were asked, only those are claimed and the others are returned, to be
// asked on their own: a range may have been cut silently (fitbit-web-api.md section 3).
func (r *Runner) window(ctx context.Context, s State, w Window) (rest []Window, err error) {
	for {
		q := Question{Ask: w.Ask, Span: w.Span, Zones: s.Zones, UTC: w.UTC, Page: r.pageSize(w)}
		rest, err = r.walk(ctx, s, w, q)
		size := halved(q, err)
		if size == 0 {
			return rest, err
		}
		r.Log.Info("asking for smaller pages", "source", r.source(), "type", w.Type.Name, "elements", size, "err", err)
		r.shrink(w, size)
	}
}

// halved returns the size of the pages to begin anew with when an error says that they were
// too large to be answered in time; 0: it says something else, or they cannot be smaller.
// The token of a page of another size is no good then (google-health-api.md section 3.2). A
// list by Cursor has small pages.
func halved(q Question, err error) int {
	api := answerOf(err)
	size := cmp.Or(q.Page, q.Ask.PageSize) / 2
	switch {
	case q.Ask.PageSize == 0 || q.Ask.Op == catalog.Cursor:
		return 0
	case api == nil || api.Status != http.StatusGatewayTimeout || size < min(smallestPage, q.Ask.PageSize/smallestShare):
		return 0
	}
	return size
}

func (r *Runner) pageSize(w Window) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sizes[w.Type.Name]
}

// shrink remembers a size of pages for the windows of a type that are still to be asked.
func (r *Runner) shrink(w Window, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes[w.Type.Name] = min(size, cmp.Or(r.sizes[w.Type.Name], size))
}

// walk asks the pages of a window, from the first one on. Nothing counts before the last:
// a walk that breaks leaves a partial window behind and is begun anew as another one.
func (r *Runner) walk(ctx context.Context, s State, w Window, q Question) (rest []Window, err error) {
	k := newWalk(s, w, q)
	for {
		a, c, err := r.ask(ctx, w, k.q)
		if len(w.IDs) > 0 && !w.UTC && gone(err) {
			a.Body, c, err = nil, Contents{}, nil
		}
		if err != nil {
			return nil, r.stageFailure(ctx, s, w, k.page, a, k.broken(err))
		}
		r.answered(w)
		last, err := k.add(c)
		if err == nil {
			err = readable(s, w, a.Body)
		}
		if err != nil {
			return nil, r.stageUnread(ctx, s, w, k.page, a, err)
		}
		if err := r.claimVault(ctx, w, a.Body); err != nil {
			return nil, err
		}
		if last {
			return r.complete(ctx, s, k, a)
		}
		if k.page.Window.ID, err = r.stage(ctx, s, w, k.page, a); err != nil {
			return nil, err
		}
		k.page.Number++
	}
}

// gone reports whether an element that is asked for by its id was deleted meanwhile. Its
// page is kept without a body, for there is none to be read.
func gone(err error) bool {
	api := answerOf(err)
	return api != nil && api.Status == http.StatusNotFound
}

// complete stages the last page of a window, and with it the claim to its days.
func (r *Runner) complete(ctx context.Context, s State, k *walk, a Answer) (rest []Window, err error) {
	w, p := k.Window, k.page
	claim, err := claimed(w, k.all)
	if err != nil {
		return nil, r.stageUnread(ctx, s, w, p, a, err)
	}
	if err := r.noteOffsets(ctx, s, w, k.all.Offsets); err != nil {
		return nil, err
	}
	p.Window.State = store.Complete
	p.Window.Synced = s.syncKnown(w.Type, k.all, a.Fetched)
	p.Window.SettledTo = SettledTo(s.Zones, claim, w.Type.Settle, s.settledBy(w.Type, p.Window)).String()
	p.CoverFrom, p.CoverTo = claim.From.String(), claim.To.String()
	if empty(w, k.all) {
		if p.Window.State, err = r.believe(ctx, s, w); err != nil {
			return nil, err
		}
	}
	r.count(w, p.Number+1)
	if _, err := r.stage(ctx, s, w, p, a); err != nil {
		return nil, err
	}
	for _, span := range []catalog.Span{{From: claim.To, To: w.To}, {From: w.From, To: claim.From}} {
		if !span.Empty() {
			rest = append(rest, Window{Type: w.Type, Ask: w.Ask, Span: span, Fresh: w.Fresh})
		}
	}
	return rest, nil
}

// walk is a window on its way through its pages.
type walk struct {
	Window
	q    Question        // the next one
	page store.Page      // of its answer
	all  Contents        // of the pages so far
	seen map[string]bool // tokens
	ids  map[string]bool // of elements
}

func newWalk(s State, w Window, q Question) *walk {
	k := &walk{Window: w, q: q, seen: map[string]bool{}, ids: map[string]bool{}}
	if len(w.IDs) > 0 {
		k.q.ID = w.IDs[0]
	}
	k.page.Window = store.Window{
		Source: string(s.Source), Type: w.Type.Name, From: w.From.String(), To: w.To.String(),
		AskVersion: w.Ask.Version, Asked: time.Now(), Synced: s.Synced, State: store.Partial,
	}
	return k
}

// add takes in what the answer of a page holds and moves on to the next question. last
// means that there is none. The error says that the pages are not those of a walk through
// the window: they hold other days, or have no end.
func (k *walk) add(c Contents) (last bool, err error) {
	k.page.Window.Elements = c.Count
	k.all = merged(k.all, c)
	if err := strays(k.Window, c); err != nil {
		return false, err
	}
	pages := k.page.Number + 1
	news := k.news(c)
	switch {
	case len(k.IDs) > 0:
		if pages < len(k.IDs) {
			k.q.ID = k.IDs[pages]
		}
		return pages == len(k.IDs), nil
	case c.Next == "":
		return true, nil
	case k.seen[c.Next]:
		return false, fmt.Errorf("the pages go round in a circle: the token after page %d came before", pages)
	case !news:
		return false, fmt.Errorf("the pages have no end: page %d holds nothing that was not in those before it", pages)
	case pages >= min(mostPages, mostPagesADay*k.Days()):
		return false, fmt.Errorf("the pages have no end: there are more than %d", pages)
	}
	k.seen[c.Next] = true
	k.q.Token = c.Next
	return false, nil
}

// news reports whether a page holds an element that no page before it held, where elements can
// be told apart (fitbit-web-api.md section 5.7).
func (k *walk) news(c Contents) bool {
	known := len(k.ids)
	for _, id := range c.IDs {
		k.ids[id] = true
	}
	return c.IDs == nil || len(k.ids) > known
}

// merged returns what two pages hold together.
func merged(a, b Contents) Contents {
	a.Count += b.Count
	a.Days = append(a.Days, b.Days...)
	slices.Sort(a.Days)
	a.Days = slices.Compact(a.Days)
	if b.Newest.After(a.Newest) {
		a.Newest = b.Newest
	}
	a.Offsets = append(a.Offsets, b.Offsets...)
	slices.SortStableFunc(a.Offsets, func(x, y Offset) int { return x.At.Compare(y.At) })
	a.Offsets = slices.CompactFunc(a.Offsets, func(x, y Offset) bool { return x.Offset == y.Offset && x.Day() == y.Day() })
	return a
}

// broken is what an error of a page means for the walk. A page after the first is refused
// because of its token, which may have grown too old; that says nothing about the question.
func (k *walk) broken(err error) error {
	if api := answerOf(err); api != nil && api.Refused() && k.q.Token != "" {
		return &ShapeError{Err: fmt.Errorf("page %d is refused: %w", k.page.Number+1, err)}
	}
	return err
}
