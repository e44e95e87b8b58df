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
	// *ShapeError, or an *APIError that is Denied where the body shows that a right is missing.
	Inspect(q Question, body []byte) (Contents, error)

	// Refresh trades a refresh token for a new pair. Its error is an *APIError; Refused
	// or Unauthorized means that asking again is pointless.
	Refresh(ctx context.Context, refresh string) (store.Token, error)

	// Pace is how fast the source may be asked.
	Pace() Pace
}

// Pace is how fast a source may be asked: a budget of calls an hour, or a steady rate.
type Pace struct {
	Hourly   int     // calls an hour when the source does not say; 0: no such budget
	Rate     float64 // calls a second; 0: no such limit
	Burst    int     // calls that Rate allows at once
	InFlight int     // windows that are asked side by side
}

// Question is one page of a window.
type Question struct {
	Ask   catalog.Ask
	Span  catalog.Span // for a snapshot, the day of the asking
	Zones catalog.Zones
	ID    string // for an Ask of one element
	UTC   bool   // of Samples: ID is the date of a day of UTC, and the times are to be of UTC too
	Token string // of the page, from the answer before it; "" for the first
	Page  int    // how many elements the page may hold; 0: as the Ask says
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
	Next    string        // token of the next page; "" after the last

	// IDs tell the elements apart, where a page must hold one that no page before it held.
	// They are nil where a page may be empty though others follow.
	IDs []string

	// Newest is the newest instant that an element tells: the end of an interval, so that
	// the last minute of a stream counts whole. It is zero where elements tell only a date.
	// Only a type that is Evidence needs it.
	Newest time.Time

	// Offsets are the offsets from UTC that the elements tell, in order of time: that of the
	// first element of each local day, and one wherever it changes. Only a type that is
	// Evidence needs them, and a list by Cursor.
	Offsets []Offset
}

// Offset says that a clock of the person was so far from UTC at an instant.
type Offset struct {
	At     time.Time
	Offset time.Duration // east of Greenwich is positive
}

// Day is the date that the clock showed.
func (o Offset) Day() catalog.Day { return catalog.DayOf(o.At.UTC().Add(o.Offset)) }

// ShapeError says that a body is not what the source documents. Garbled means that it
// is not JSON at all, as from a proxy or a cut line, so that asking again may help.
type ShapeError struct {
	Garbled bool
	Err     error
}

func (e *ShapeError) Error() string { return e.Err.Error() }

func (e *ShapeError) Unwrap() error { return e.Err }
