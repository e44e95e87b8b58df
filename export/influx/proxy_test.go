package influx

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// proxy returns the address of a server before another one. Requests that meddle does not
// answer, which it reports, go through.
func proxy(t *testing.T, upstream string, meddle func(http.ResponseWriter, *http.Request) (answered bool)) string {
	t.Helper()
	next := httputil.NewSingleHostReverseProxy(mustParse(t, upstream))
	transport := &http.Transport{}
	next.Transport = transport
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if meddle(w, r) {
			return
		}
		// Read at once: a body that is passed on while the answer comes back already ends
		// some answers half-way, one in thirty here.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		srv.Close()
		transport.CloseIdleConnections()
	})
	return srv.URL
}
