package google

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// largestPage is that of list and reconcile (section 3.2).
const largestPage = 10_000

// dataType is a question about a data type over days.
func dataType(op catalog.Op, id, filter string, size int, from, to catalog.Day) fetch.Question {
	return fetch.Question{Ask: catalog.Ask{Op: op, Path: "/v4/users/me/dataTypes/" + id + "/dataPoints", Filter: filter, PageSize: size},
		Span: catalog.Span{From: from, To: to}}
}

// page is an answer with rows of a rollup, or with data points.
type page struct {
	Rows   []map[string]json.RawMessage `json:"rollupDataPoints"`
	Points []json.RawMessage            `json:"dataPoints"`
	Next   string                       `json:"nextPageToken"`
}

func (r reply) page() (page, error) {
	var out page
	if err := json.Unmarshal(r.Body, &out); err != nil {
		return out, fmt.Errorf("the answer is no page of data: %w", err)
	}
	return out, nil
}

// dates are the dates of the rows of a daily rollup.
func (g page) dates() []string {
	var out []string
	for _, row := range g.Rows {
		var start civilDate
		if json.Unmarshal(row["civilStartTime"], &start) == nil {
			out = append(out, fmt.Sprintf("%04d-%02d-%02d", start.Date.Year, start.Date.Month, start.Date.Day))
		}
	}
	slices.Sort(out)
	return out
}

// endOfRange finds out whether the end of a daily rollup belongs to its range: [d, d+1) has
// a row for d+1 then, and [d, d] is not refused.
func (p *prober) endOfRange(ctx context.Context) error {
	const asked = "dailyRollUp of steps over [d, d+1) and [d, d]"
	d := p.Today - 2
	two, err := p.daily(ctx, "steps", d, d+1)
	if err != nil {
		return err
	}
	one, err := p.daily(ctx, "steps", d, d)
	if err != nil {
		return err
	}
	found := "not settled: there are no steps on those days, or the question was refused"
	switch {
	case slices.Contains(two.dates, (d + 1).String()):
		found = "the end date is inclusive"
	case slices.Contains(two.dates, d.String()) && len(one.dates) == 0:
		found = "the end date is exclusive"
	case slices.Contains(two.dates, d.String()):
		found = "the end date is exclusive, but equal dates mean that one day; or it is inclusive, and the second day has no steps"
	}
	p.tell(Finding{3, asked, found, "[d, d+1): " + two.text() + "; [d, d]: " + one.text()})
	return nil
}

// rolled is what a daily rollup gave.
type rolled struct {
	dates   []string
	members string // of the first row
	refused string
}

func (r rolled) text() string {
	switch {
	case r.refused != "":
		return r.refused
	case len(r.dates) == 0:
		return "0 rows"
	}
	return fmt.Sprintf("%d rows (%s)", len(r.dates), strings.Join(r.dates, ", "))
}

func (p *prober) daily(ctx context.Context, id string, from, to catalog.Day) (rolled, error) {
	r, err := p.get(ctx, dataType(catalog.DailyRollUp, id, "", 0, from, to))
	if err != nil || r.err != nil {
		return rolled{refused: r.refusal()}, err
	}
	g, err := r.page()
	if err != nil {
		return rolled{refused: err.Error()}, nil
	}
	out := rolled{dates: g.dates()}
	if len(g.Rows) > 0 {
		out.members = names(g.Rows[0])
	}
	return out, nil
}

func (p *prober) personalRange(ctx context.Context) error {
	got, err := p.daily(ctx, "daily-resting-heart-rate", p.Today-7, p.Today-1)
	if err != nil {
		return err
	}
	found := "a personal range is given"
	switch {
	case got.refused != "":
		found = "refused"
	case len(got.dates) == 0:
		found = "not refused, but there is no row"
	case !strings.Contains(got.members, "PersonalRange"):
		found = "rows are given, without a personal range"
	}
	fact := got.text()
	if got.members != "" {
		fact += ", members of a row: " + got.members
	}
	p.tell(Finding{4, "dailyRollUp of daily-resting-heart-rate", found, fact})
	return nil
}

// walk reads pages until there is no token, or enough says so; it returns the points on each.
func (p *prober) walk(ctx context.Context, q fetch.Question, enough func(points int) bool) (pages []int, more bool, refused string, err error) {
	for len(pages) < maxWalk {
		r, err := p.get(ctx, q)
		if err != nil || r.err != nil {
			return pages, true, r.refusal(), err
		}
		g, err := r.page()
		if err != nil {
			return pages, true, err.Error(), nil
		}
		pages = append(pages, len(g.Points))
		if q.Token = g.Next; q.Token == "" || enough(len(g.Points)) {
			break
		}
	}
	return pages, q.Token != "", "", nil
}

func pagesText(pages []int, more bool, refused string) string {
	s := fmt.Sprintf("points on each of %d pages: %v", len(pages), pages)
	switch {
	case refused != "":
		s += "; then " + refused
	case more:
		s += ", and a token"
	}
	return s
}

func (p *prober) heartRatePages(ctx context.Context) error {
	q := dataType(catalog.List, "heart-rate", "heart_rate.sample_time.civil_time", largestPage, p.Today-1, p.Today)
	pages, more, refused, err := p.walk(ctx, q, func(int) bool { return false })
	if err != nil {
		return err
	}
	largest, sum := 0, 0
	for _, n := range pages {
		largest, sum = max(largest, n), sum+n
	}
	found := fmt.Sprintf("%d points in %d pages, at most %d on one", sum, len(pages), largest)
	switch {
	case len(pages) == 0:
		found = "refused"
	case sum == 0:
		found = "not settled: there is no heart rate on that day"
	case len(pages) > 1 && largest < largestPage:
		found += ": a page holds less than was asked"
	}
	p.tell(Finding{5, "list of heart-rate over one day with pageSize=10000", found, pagesText(pages, more, refused)})
	return nil
}

func (p *prober) defaultPage(ctx context.Context) error {
	q := dataType(catalog.List, "steps", "steps.interval.civil_start_time", 0, p.Today-30, p.Today)
	pages, more, refused, err := p.walk(ctx, q, func(points int) bool { return points > 0 })
	if err != nil {
		return err
	}
	last := 0
	if len(pages) > 0 {
		last = pages[len(pages)-1]
	}
	found := fmt.Sprintf("the default is %d points on a page", last)
	switch {
	case len(pages) == 0:
		found = "refused"
	case last == 0:
		found = "not settled: there are no steps in the last 30 days"
	case !more:
		found = fmt.Sprintf("not settled: all %d points came on one page", last)
	}
	p.tell(Finding{6, "list of steps over 30 days without pageSize", found, pagesText(pages, more, refused)})
	return nil
}

func (p *prober) sleepBounds(ctx context.Context) error {
	q := dataType(catalog.List, "sleep", "sleep.interval.civil_end_time", 25, p.Today-7, p.Today+1)
	r, err := p.get(ctx, q)
	if err != nil {
		return err
	}
	p.listed(7, "list of sleep with civil_end_time on both sides", r, "taken")
	return nil
}

func (p *prober) moods(ctx context.Context) error {
	r, err := p.get(ctx, dataType(catalog.List, "moods", "", 1, 0, 0))
	if err != nil {
		return err
	}
	p.listed(8, "list of moods", r, "not refused")
	return nil
}

// listed tells whether a list was refused, and how many elements came.
func (p *prober) listed(probe int, asked string, r reply, taken string) {
	g, err := r.page()
	switch {
	case r.err != nil:
		p.tell(Finding{probe, asked, "refused", r.fact()})
	case err != nil:
		p.tell(Finding{probe, asked, "the answer is no page of data", fmt.Sprintf("%d bytes", len(r.Body))})
	default:
		p.tell(Finding{probe, asked, taken, fmt.Sprintf("%d elements", len(g.Points))})
	}
}
