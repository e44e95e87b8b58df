package emulator

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Transport answers requests in memory, without a listener, so that tests with
// virtual time (testing/synctest) can use the server. Broken connections arrive
// as io.ErrUnexpectedEOF. Unlike http.Transport it never asks for gzip by
// itself.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip implements http.RoundTripper. Host and scheme are ignored.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a, done := t.server.respond(r)
	defer done()
	if a.drop == dropBeforeStatus {
		return nil, io.ErrUnexpectedEOF
	}
	header, wire, through := a.encode(r)
	body := &wireBody{ctx: r.Context(), parts: [2][]byte{wire[:through]}, pause: a.pause, end: io.EOF}
	if a.pause > 0 {
		body.parts = [2][]byte{wire[:through/2], wire[through/2 : through]}
	}
	if a.drop != dropNever {
		body.end = io.ErrUnexpectedEOF
	}
	canonical := http.Header{}
	for name, values := range header {
		canonical[http.CanonicalHeaderKey(name)] = values
	}
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status, Header: canonical,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: body, ContentLength: int64(len(wire)), Request: r,
	}, nil
}

// wireBody is a body that may pause between its two parts and may end early.
type wireBody struct {
	ctx   context.Context
	parts [2][]byte
	pause time.Duration
	end   error
}

func (b *wireBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if len(b.parts[0]) == 0 {
		if b.pause > 0 {
			select {
			case <-time.After(b.pause):
			case <-b.ctx.Done():
				return 0, b.ctx.Err()
			}
			b.pause = 0
		}
		b.parts[0], b.parts[1] = b.parts[1], nil
	}
	if len(b.parts[0]) == 0 {
		return 0, b.end
	}
	n := copy(p, b.parts[0])
	b.parts[0] = b.parts[0][n:]
	return n, nil
}

func (b *wireBody) Close() error { return nil }
