package fitbit

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// envelopeA and envelopeB are the two shapes of error bodies (section 3).
type envelopeA struct {
	Errors []struct {
		Type    string `json:"errorType"`
		Field   string `json:"fieldName"`
		Message string `json:"message"`
	} `json:"errors"`
}

type envelopeB struct {
	Error struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	} `json:"error"`
}

// errPersonal says why an app may not read something, and what to do (sections 1.2, 3).
var errPersonal = errors.New("intraday is given only to an app of type Personal, and of the person who registered it: " +
	"register one at dev.fitbit.com, or change its type there, and sign in again")

// noRight is an answer of status 200 that lacks what the app has no right to (section 5.4).
func noRight(q fetch.Question, member string) *fetch.APIError {
	return &fetch.APIError{Source: string(catalog.Fitbit), Op: http.MethodGet + " " + path(q), Status: http.StatusOK, Scope: true,
		Message: fmt.Sprintf("there is no member %q", member), Err: errPersonal}
}

// apiError tells what an answer of a status other than 200 means: the status decides, the
// body only explains (section 3). It may echo the secrets that were sent (section 1.6).
func apiError(op string, status int, h http.Header, body []byte, sent ...string) *fetch.APIError {
	e := &fetch.APIError{Source: string(catalog.Fitbit), Op: op, Status: status, After: fetch.RetryAfter(h)}
	var a envelopeA
	var b envelopeB
	switch {
	case json.Unmarshal(body, &a) == nil && len(a.Errors) > 0:
		e.Code, e.Message = a.Errors[0].Type, a.Errors[0].Message
		e.Scope = e.Code == "insufficient_scope" || e.Code == "insufficient_permissions"
	case json.Unmarshal(body, &b) == nil && b.Error.Status != "":
		e.Code, e.Message = b.Error.Status, b.Error.Message
	}
	if e.Code == "insufficient_permissions" {
		e.Err = errPersonal
	}
	e.Code, e.Message = fetch.Redact(e.Code, sent...), fetch.Redact(e.Message, sent...)
	return e
}
