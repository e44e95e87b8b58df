package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// APIError is an answer of a source that is not data, or no answer at all. Callers ask
// its methods what to do, never its text.
type APIError struct {
	Source  string
	Op      string // what was asked, for people
	Status  int    // 0: no answer came
	Code    string // the source's own word for it, "" when it gave none
	Message string // the source's own text, without secrets
	After   time.Duration
	Scope   bool // a scope or right is missing
	Garbled bool // an answer came and is not what the source sends: HTML, or cut off
	Err     error
}

func (e *APIError) Error() string {
	s := e.Source + ": " + e.Op
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP %d", e.Status)
	}
	if e.Garbled {
		s += ", but the answer is garbled"
	}
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *APIError) Unwrap() error { return e.Err }

// Temporary reports whether the same request may succeed a little later.
func (e *APIError) Temporary() bool {
	return e.Status == 0 || e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Garbled
}

// Unauthorized reports whether the access token was refused.
func (e *APIError) Unauthorized() bool { return e.Status == http.StatusUnauthorized }

// Limited reports whether the budget of calls is used up.
func (e *APIError) Limited() bool { return e.Status == http.StatusTooManyRequests }

// Denied reports whether the person or the app lacks the right: the type is unavailable
// until the next sign-in. An answer of status 200 may show that by what it lacks.
func (e *APIError) Denied() bool {
	return e.Scope && (e.Status == http.StatusForbidden || e.Status == http.StatusOK)
}

// Refused reports whether the source will never answer this question.
func (e *APIError) Refused() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusGone, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return false
	}
	return e.Status >= 400 && e.Status < 500
}

// Wrong reports whether the question itself is refused, so that only another one can be
// answered. A path that is unknown may be known again, or be asked at the wrong address.
func (e *APIError) Wrong() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
}

// Foreign reports whether what answered is no source at all: it does not know the path, and
// lacks the word that each error of a source has.
func (e *APIError) Foreign() bool {
	return e.Code == "" && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented)
}

// Gone reports whether the source was switched off.
func (e *APIError) Gone() bool { return e.Status == http.StatusGone }

// answerOf returns the answer that an error of a question is about; nil when it is about
// something else, as the sign-in or the account.
func answerOf(err error) *APIError {
	var api *APIError
	var signIn *SignInError
	var account *AccountError
	var renew *renewError
	if errors.As(err, &signIn) || errors.As(err, &account) || errors.As(err, &renew) || !errors.As(err, &api) {
		return nil
	}
	return api
}

// renewError says that the token endpoint gave no new pair, which nobody can mend now.
// Without a token nothing is answered, so it is about the source, not about a question.
type renewError struct{ *APIError }

func (e *renewError) Error() string { return "renew the access token: " + e.APIError.Error() }

func (e *renewError) Unwrap() error { return e.APIError }

// AccountError says that the source refuses the account or the app as a whole: it is about
// no type, and stops the source for this round.
type AccountError struct {
	Source string
	Reason string
	Remedy string // for the person
	SignIn bool   // the remedy ends with a new sign-in
	Err    error

	// Perhaps says that one question may meet it alone: it is about the account, or the app,
	// only where nothing was answered before it.
	Perhaps bool
}

func (e *AccountError) Error() string {
	s := e.Source + ": " + e.Reason + ": " + e.Remedy
	if e.Err != nil {
		s += " (" + e.Err.Error() + ")"
	}
	return s
}

func (e *AccountError) Unwrap() error { return e.Err }

// SignInError says that a person has to sign in, or to mend the client's settings.
type SignInError struct {
	Source string
	Reason string
	Err    error
}

func (e *SignInError) Error() string {
	s := e.Source + ": " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *SignInError) Unwrap() error { return e.Err }

// QuotaError says that the budget is used up and that the run was not to wait.
type QuotaError struct {
	Source string
	Until  time.Time
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("%s: the budget of calls is used up until %s", e.Source, e.Until.Local().Format("15:04:05"))
}

// SettingError says that a setting is needed which nothing else supplies.
type SettingError struct{ Setting, Reason string }

func (e *SettingError) Error() string { return e.Reason + ": give --" + e.Setting }
