package fetch

import (
	"context"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Provider speaks the dialect of one source: how a question becomes a request, and how
// errors, quota and contents are told. Retrying, waiting, refreshing and staging are not
// its business.
type Provider interface {
	Source() catalog.Source

	// Get asks one question with an access token, once. An answer of status 200 comes
	// without an error, whatever its body; anything else is an *APIError, beside as much
	// of the answer as came. A body that is no data may echo the token: it comes redacted.
	Get(ctx context.Context, access string, q Question) (Answer, error)

	// Inspect looks at the body of an answer without reading its values. Its error is a
	// *ShapeError.
	Inspect(ask catalog.Ask, body []byte) (Contents, error)

	// Refresh trades a refresh token for a new pair. Its error is an *APIError; Refused
	// or Unauthorized means that asking again is pointless.
	Refresh(ctx context.Context, refresh string) (store.Token, error)

	// Limit is the number of calls an hour when the source does not say.
	Limit() int
}

// Question is one page of a window.
type Question struct {
	Ask  catalog.Ask
	Span catalog.Span // empty for a snapshot
}

// Answer is one HTTP answer.
type Answer struct {
	Method  string
	Path    string // with query, without secrets
	Status  int
	Header  map[string]string // date and quota headers, and the request's units and language
	Body    []byte
	Budget  Budget
	Fetched time.Time
}

// Budget is what an answer says about the budget of calls.
type Budget struct {
	Limit     int           // 0: not said
	Remaining int           // -1: not said
	Reset     time.Duration // until the budget is whole again; 0: not said
}

// Contents is what an answer holds, as far as fetching needs to know.
type Contents struct {
	Days    []catalog.Day // of its elements, ascending, each once
	Count   int           // of elements
	Pending time.Duration // not ready: ask again after this; 0: it is ready
}

// ShapeError says that a body is not what the source documents. Garbled means that it
// is not JSON at all, as from a proxy or a cut line, so that asking again may help.
type ShapeError struct {
	Garbled bool
	Err     error
}

func (e *ShapeError) Error() string { return e.Err.Error() }

func (e *ShapeError) Unwrap() error { return e.Err }
