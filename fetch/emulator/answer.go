package emulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is an HTTP response as data, so that a fault can spoil it before it is
// sent.
type answer struct {
	status int
	header http.Header
	body   []byte
	gzip   bool          // compress when the client accepts it
	drop   dropAt        // where the connection breaks
	pause  time.Duration // in the middle of the body
	whole  bool          // a complete answer with data, as opposed to pending
	reset  time.Duration // what the reset header is to say; 0: the truth
}

type dropAt int

const (
	dropNever dropAt = iota
	dropBeforeStatus
	dropAfterHeaders
	dropMidBody
)

func newAnswer(status int, contentType string, body []byte) answer {
	h := http.Header{}
	h.Set("Content-Type", contentType)
	return answer{status: status, header: h, body: body}
}

func jsonAnswer(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return failure(http.StatusInternalServerError, "system", "500", err.Error())
	}
	a := newAnswer(http.StatusOK, jsonType, body)
	a.whole = true
	return a
}

// envelope is Envelope A of sheet 3.
type envelope struct {
	Errors  []envelopeError `json:"errors"`
	Success bool            `json:"success"`
}

type envelopeError struct {
	ErrorType string `json:"errorType"`
	FieldName string `json:"fieldName,omitempty"`
	Message   string `json:"message"`
}

// refusal is an error that the client is told in Envelope A.
type refusal struct {
	status               int
	kind, field, message string
}

func (r *refusal) answer() answer {
	a := failure(r.status, r.kind, r.field, r.message)
	if r.status == http.StatusUnauthorized {
		a.header.Set("WWW-Authenticate", `Bearer realm="api.fitbit.com"`)
	}
	return a
}

func failure(status int, kind, field, message string) answer {
	a := jsonAnswer(envelope{Errors: []envelopeError{{kind, field, message}}})
	a.status = status
	a.whole = false
	return a
}

func badRequest(field, format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, "validation", field, fmt.Sprintf(format, args...)}
}

func notFound() *refusal {
	return &refusal{http.StatusNotFound, "not_found", "n/a", "The requested resource was not found."}
}

// gone is what is assumed of the switched-off service: no JSON at all (sheet 0).
func gone() answer { return newAnswer(http.StatusGone, "text/html", nil) }

// encode compresses the body if that was agreed, and returns what goes over the
// wire together with the number of bytes that get through.
func (a answer) encode(r *http.Request) (header http.Header, wire []byte, through int) {
	header, wire = a.header.Clone(), a.body
	if a.gzip && acceptsGzip(r) && len(wire) > 0 {
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		z.Write(wire)
		z.Close()
		wire = buf.Bytes()
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Length", strconv.Itoa(len(wire)))
	through = len(wire)
	switch a.drop {
	case dropMidBody:
		through /= 2
	case dropAfterHeaders, dropBeforeStatus:
		through = 0
	}
	return header, wire, through
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// send writes the answer. A broken connection is http.ErrAbortHandler, as
// net/http defines it.
func (a answer) send(w http.ResponseWriter, r *http.Request) {
	if a.drop == dropBeforeStatus {
		panic(http.ErrAbortHandler)
	}
	header, wire, through := a.encode(r)
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	half := through
	if a.pause > 0 {
		half = through / 2
	}
	w.Write(wire[:half])
	if a.pause > 0 || a.drop != dropNever {
		http.NewResponseController(w).Flush()
	}
	if a.pause > 0 {
		select {
		case <-time.After(a.pause):
		case <-r.Context().Done():
		}
		w.Write(wire[half:through])
	}
	if a.drop != dropNever {
		panic(http.ErrAbortHandler)
	}
}
