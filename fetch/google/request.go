package google

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// request makes the request of a question. A rollup's question stands in its body, so that
// its path goes on record with a fragment that tells it: #range=FROM/TO&window=60s, and
// &pageToken=… after the first page.
func request(q fetch.Question) (fetch.Request, error) {
	path, query, err := address(q)
	if err != nil {
		return fetch.Request{}, err
	}
	r := fetch.Request{Method: http.MethodGet, Path: path}
	switch q.Ask.Op {
	case catalog.RollUp:
		return rollUp(path, q)
	case catalog.DailyRollUp:
		return dailyRollUp(path, q)
	case catalog.Reconcile:
		r.Path += ":reconcile"
		fallthrough
	case catalog.List:
		if q.Ask.Filter != "" {
			query.Set("filter", filter(q))
		}
	}
	if size := cmp.Or(q.Page, q.Ask.PageSize); size > 0 {
		query.Set("pageSize", strconv.Itoa(size))
	}
	if q.Token != "" {
		query.Set("pageToken", q.Token)
	}
	if len(query) > 0 {
		r.Path += "?" + query.Encode()
	}
	return r, nil
}

// address fills in the id. A track comes as it is, not as a string in JSON (section 5.10).
func address(q fetch.Question) (string, url.Values, error) {
	path, rest, _ := strings.Cut(q.Ask.Path, "?")
	query, err := url.ParseQuery(rest)
	if err != nil {
		return "", nil, fmt.Errorf("path %q of the catalogue: %w", q.Ask.Path, err)
	}
	if strings.Contains(path, "{id}") && q.ID == "" {
		return "", nil, fmt.Errorf("path %q of the catalogue needs an id, and there is none", path)
	}
	if asksTrack(q.Ask) {
		query.Set("alt", "media")
	}
	return strings.ReplaceAll(path, "{id}", url.PathEscape(q.ID)), query, nil
}

func asksTrack(a catalog.Ask) bool { return strings.Contains(a.Path, ":exportExerciseTcx") }

// filter writes the range of a list (section 5.8): civil times and dates without a zone,
// physical times as instants. The end stays out; where the range has none, it is missing.
func filter(q fetch.Question) string {
	literal := func(d catalog.Day) string { return d.String() }
	if !strings.Contains(q.Ask.Filter, ".civil_") && !strings.HasSuffix(q.Ask.Filter, ".date") {
		literal = func(d catalog.Day) string { return instant(q, d) }
	}
	f := fmt.Sprintf("%s >= %q", q.Ask.Filter, literal(q.Span.From))
	if !q.Ask.OpenEnd {
		f += fmt.Sprintf(" AND %s < %q", q.Ask.Filter, literal(q.Span.To))
	}
	return f
}

// instant is the start of a day where the person is, as RFC 3339 in UTC.
func instant(q fetch.Question, d catalog.Day) string {
	return q.Zones.Start(d).UTC().Format(time.RFC3339)
}

// rollUp asks for windows of equal length from the first local midnight on (section 5.4).
func rollUp(path string, q fetch.Question) (fetch.Request, error) {
	if q.Ask.Every < time.Second {
		return fetch.Request{}, fmt.Errorf("the windows of %s are %v long: at least a second is needed", path, q.Ask.Every)
	}
	from, to := instant(q, q.Span.From), instant(q, q.Span.To)
	window := strconv.FormatFloat(q.Ask.Every.Seconds(), 'f', -1, 64) + "s"
	body := struct {
		Range struct {
			Start string `json:"startTime"`
			End   string `json:"endTime"`
		} `json:"range"`
		Window string `json:"windowSize"`
		Token  string `json:"pageToken,omitempty"`
	}{Window: window, Token: q.Token}
	body.Range.Start, body.Range.End = from, to
	return post(path+":rollUp", note(from, to, window, q.Token), body)
}

// civilDate is the midnight that a date begins with, in the form of a request: parts are
// plain numbers (section 4).
type civilDate struct {
	Date struct {
		Year  int `json:"year"`
		Month int `json:"month"`
		Day   int `json:"day"`
	} `json:"date"`
}

func civil(d catalog.Day) (c civilDate) {
	y, m, n := catalog.Zones{}.Start(d).Date()
	c.Date.Year, c.Date.Month, c.Date.Day = y, int(m), n
	return c
}

// dailyRollUp asks for civil days. Whether the end belongs to the range is disputed; here
// it does not, by the discovery document (section 5.5).
func dailyRollUp(path string, q fetch.Question) (fetch.Request, error) {
	body := struct {
		Range struct {
			Start civilDate `json:"start"`
			End   civilDate `json:"end"`
		} `json:"range"`
		Days  int    `json:"windowSizeDays"`
		Token string `json:"pageToken,omitempty"`
	}{Days: 1, Token: q.Token}
	body.Range.Start, body.Range.End = civil(q.Span.From), civil(q.Span.To)
	return post(path+":dailyRollUp", note(q.Span.From.String(), q.Span.To.String(), "1d", q.Token), body)
}

func note(from, to, window, token string) string {
	n := "#range=" + from + "/" + to + "&window=" + window
	if token != "" {
		n += "&pageToken=" + url.QueryEscape(token)
	}
	return n
}

func post(path, note string, body any) (fetch.Request, error) {
	b, err := json.Marshal(body)
	return fetch.Request{Method: http.MethodPost, Path: path, Note: note, Body: b}, err
}
