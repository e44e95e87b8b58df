package google

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

// longestWait bounds Retry-After, which no document of Google's promises (section 3.1).
const longestWait = time.Hour

// envelope is the shape of the API's errors (section 7).
type envelope struct {
	Error struct {
		Status  string   `json:"status"`
		Message string   `json:"message"`
		Details []detail `json:"details"`
	} `json:"error"`
}

// detail is an ErrorInfo; details of other types have no reason.
type detail struct {
	Reason   string            `json:"reason"`
	Domain   string            `json:"domain"`
	Metadata map[string]string `json:"metadata"`
}

// info returns the detail that gives a reason; the zero detail when none does.
func (e envelope) info() detail {
	for _, d := range e.Error.Details {
		if d.Reason != "" {
			return d
		}
	}
	return detail{}
}

// failure tells what an answer of a status other than 200 means: an *fetch.APIError, in an
// *fetch.AccountError when the account or the app is refused as a whole. The status
// decides, and only JSON is read: an unknown path answers HTML (section 7).
func failure(op string, status int, h http.Header, body []byte, sent ...string) error {
	var e envelope
	asJSON := isJSON(h) && json.Valid(body)
	if asJSON {
		_ = json.Unmarshal(body, &e) // what is of another shape explains nothing
	}
	info := e.info()
	api := &fetch.APIError{Source: string(catalog.Google), Op: op, Status: status, After: retryAfter(h),
		Code:    code(e),
		Message: fetch.Redact(e.Error.Message, sent...),
		Garbled: status == http.StatusNotFound && !asJSON,
		Scope:   status == http.StatusForbidden && (info.Reason == "MISSING_OAUTH_SCOPE" || info.Reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
	}
	api.Code = fetch.Redact(api.Code, sent...)
	if fault := accountFault(api, info, sent); fault != nil {
		return fault
	}
	return api
}

// code is the most exact word that an error gives: what is wrong with a filter, the reason,
// or else the canonical status.
func code(e envelope) string {
	info := e.info()
	for _, word := range []string{info.Metadata["detailedReasons"], info.Reason} {
		if word != "" {
			return word
		}
	}
	return e.Error.Status
}

// accountFault tells an error that every question would meet, with its remedy; nil when it
// is about the one question (sections 1.1, 2.4, 2.5, 7).
func accountFault(api *fetch.APIError, info detail, sent []string) error {
	fault := func(signIn bool, reason, remedy string) error {
		return &fetch.AccountError{Source: api.Source, Reason: reason, Remedy: remedy, SignIn: signIn, Err: api}
	}
	perhaps := func(signIn bool, reason, remedy string) error {
		return &fetch.AccountError{Source: api.Source, Reason: reason, Remedy: remedy, SignIn: signIn, Err: api, Perhaps: true}
	}
	message := strings.ToLower(api.Message)
	switch {
	case api.Status == http.StatusBadRequest && info.Reason == "ACCOUNT_NOT_LINKED":
		remedy := "open the Google Health app with this account, or sign in again with the account that owns the data"
		if to := info.Metadata["redirect_uri"]; strings.HasPrefix(to, "https://") {
			remedy += "; setting it up begins at " + fetch.Redact(to, sent...)
		}
		return fault(true, "this Google account has no health data", remedy)
	case api.Status == http.StatusForbidden && info.Reason == "SERVICE_DISABLED":
		return fault(false, "the Google Health API is off in the app's Cloud project",
			"enable it in the Google Cloud console (APIs & Services, Library), and wait some minutes")
	case api.Status == http.StatusForbidden && info.Reason == "RESOURCE_PERMISSION_DENIED":
		return perhaps(true, "the sign-in is broken at Google's side",
			"remove the app at https://myaccount.google.com/connections and sign in again")
	case api.Status == http.StatusForbidden && strings.Contains(message, "mint"):
		return fault(true, "the account is a legacy Fitbit login",
			"move it to a Google account in the Google Health app, then sign in with that one")
	case api.Status == http.StatusForbidden && !api.Scope && info.Metadata["consumer"] != "":
		return fault(false, "Google refuses the app's Cloud project",
			"look at the project in the Google Cloud console; new projects may not be admitted for now")
	case api.Status == http.StatusPreconditionFailed:
		return fault(false, "the health profile is not ready",
			"finish the set-up in the Google Health app; it is tried again in the next round")
	case api.Status == http.StatusNotFound && api.Garbled:
		return perhaps(false, "there is no Google Health API at this address", "check --google-health-api-url")
	}
	return nil
}

// isJSON reports whether an answer says that it is JSON.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || kind == "text/json")
}

func retryAfter(h http.Header) time.Duration { return min(fetch.RetryAfter(h), longestWait) }

// tokenError tells what an error of the authorization server means, whose shape is not the
// API's (section 2.3).
func tokenError(op string, status int, h http.Header, body []byte, sent ...string) *fetch.APIError {
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	api := &fetch.APIError{Source: string(catalog.Google), Op: op, Status: status, After: retryAfter(h)}
	if json.Unmarshal(body, &e) == nil {
		api.Code, api.Message = fetch.Redact(e.Error, sent...), fetch.Redact(e.Description, sent...)
	}
	return api
}
