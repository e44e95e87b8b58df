package fitbit

import (
	"encoding/json"
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
	e.Code, e.Message = fetch.Redact(e.Code, sent...), fetch.Redact(e.Message, sent...)
	return e
}
