package fitbit

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"fitvault/fetch"
)

// apiHost is the host of the addresses by which the service leads from page to page, also where
// it is reached by another one.
const apiHost = "api.fitbit.com"

// pageQuery is the query of a page of a list, oldest first (section 5.7). The token of a page is
// its query. Whether afterDate takes in the day itself is not documented, so that it is the
// day before the first one.
func pageQuery(q fetch.Question) string {
	if q.Token != "" {
		return q.Token
	}
	return fmt.Sprintf("afterDate=%s&sort=asc&offset=0&limit=%d", q.Span.From-1, cmp.Or(q.Page, q.Ask.PageSize))
}

// page adds to what a page of a list holds where the next one is. What comes after an element
// behind the last day of the question is of no interest.
func (p *Provider) page(q fetch.Question, c fetch.Contents, pagination json.RawMessage) (fetch.Contents, error) {
	if c.IDs == nil {
		c.IDs = []string{}
	}
	if n := len(c.Days); n > 0 && c.Days[n-1] >= q.Span.To {
		return c, nil
	}
	var at struct {
		Next string `json:"next"`
	}
	if len(pagination) > 0 {
		if err := json.Unmarshal(pagination, &at); err != nil {
			return c, &fetch.ShapeError{Err: fmt.Errorf("pagination tells no address: %w", err)}
		}
	}
	if at.Next == "" {
		return c, nil
	}
	var err error
	if c.Next, err = p.next(q, at.Next); err != nil {
		return c, &fetch.ShapeError{Err: fmt.Errorf("where the next page is: %w", err)}
	}
	return c, nil
}

// next returns the query of the address of the next page. The address must be one of the list
// itself, and nothing else of it is used: the access token goes where it went before.
func (p *Provider) next(q fetch.Question, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("not an address")
	}
	base, err := url.Parse(p.api.Base)
	if err != nil {
		return "", err
	}
	ours := strings.EqualFold(u.Host, apiHost) || strings.EqualFold(u.Host, base.Host)
	if !ours || u.Scheme != "https" && u.Scheme != base.Scheme {
		return "", fmt.Errorf("not at %s, but at %q of %q", base.Host, u.Scheme, u.Host)
	}
	if !samePath(strings.TrimPrefix(u.Path, base.Path), q.Ask.Path) {
		return "", fmt.Errorf("not at %s, but at %q", q.Ask.Path, fetch.Redact(u.Path))
	}
	next, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(next) == 0 {
		return "", errors.New("the address has no query")
	}
	if asked, err := url.ParseQuery(pageQuery(q)); err == nil && reflect.DeepEqual(asked, next) {
		return "", fmt.Errorf("at the page itself, %s", fetch.Redact(u.RawQuery))
	}
	return u.RawQuery, nil
}

// samePath reports whether a path is the one that was asked: where that has "-", for the person
// whose sign-in it is, it may have the person's id.
func samePath(path, asked string) bool {
	got, want := strings.Split(path, "/"), strings.Split(asked, "/")
	if len(got) != len(want) {
		return false
	}
	for i := range want {
		if got[i] != want[i] && (want[i] != "-" || got[i] == "") {
			return false
		}
	}
	return true
}
