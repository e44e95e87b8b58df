package influx

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNewRefusesBadOptions(t *testing.T) {
	const secret = "hunter2"
	for _, o := range []Options{
		{URL: "", Database: "x"},
		{URL: "localhost:8086", Database: "x"},
		{URL: "me:" + secret + "@localhost:8086", Database: "x"},
		{URL: "http://", Database: "x"},
		{URL: "ftp://me:" + secret + "@db", Database: "x"},
		{URL: "http://me:" + secret + "@db:port", Database: "x"},
		{URL: "http://me:" + secret + "@db/%zz", Database: "x"},
		{URL: "http://me:" + secret + "@db?u=me&p=" + secret, Database: "x"},
		{URL: "http://db/#" + secret, Database: "x"},
		{URL: "http://db", Database: ""},
		{URL: "http://db", Database: "a\nb"},
		{URL: "http://db", Database: "x", Retention: "a\nb"},
		{URL: "http://db", Database: "x", Token: secret + "\n"},
		{URL: "http://db", Database: "x", Token: secret + "é"},
		{URL: "http://db", Database: "x", Flavor: "4"},
	} {
		_, err := New(o)
		if err == nil {
			t.Errorf("New(%+v) succeeds", o)
		} else if strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "InfluxDB") {
			t.Errorf("New: %q shows a secret or does not say what is meant", err)
		}
	}
}

func TestCompressionIsForOtherHosts(t *testing.T) {
	for address, want := range map[string]bool{
		"http://localhost:8086": false, "http://LOCALHOST": false, "http://127.0.0.1:8086": false, "http://127.9.9.9": false,
		"http://[::1]:8086": false, "http://[::ffff:127.0.0.1]": false,
		"http://influxdb:8086": true, "http://192.168.1.2": true, "https://db.example/influx": true, "http://localhost.example": true,
	} {
		if c := newClient(t, Options{URL: address, Database: "x"}); c.gzip != want {
			t.Errorf("%s: compressed = %v, want %v", address, c.gzip, want)
		}
	}
}

func TestRequest(t *testing.T) {
	c := newClient(t, Options{URL: "https://ann:in-url@db.example/behind/proxy/", Database: "my db&x", Version: "1.2.3"})
	var got *http.Request
	c.transport = transport(func(r *http.Request) (*http.Response, error) {
		got = r
		return reply(204), nil
	})
	if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))); err != nil {
		t.Fatal(err)
	}
	if want := "https://db.example/behind/proxy/write?db=my+db%26x&precision=ns"; got.URL.String() != want {
		t.Errorf("URL %s, want %s", got.URL, want)
	}
	if user, pass, _ := got.BasicAuth(); user != "ann" || pass != "in-url" {
		t.Errorf("user %q, password %q; want those of the address", user, pass)
	}
	if agent := got.Header.Get("User-Agent"); agent != "fitvault/1.2.3" {
		t.Errorf("User-Agent %q", agent)
	}
	if got.Method != http.MethodPost || got.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%s with encoding %q, want POST with gzip", got.Method, got.Header.Get("Content-Encoding"))
	}
}

// Whatever goes wrong, and whatever a server or proxy echoes, the password stays out.
func TestPasswordIsNeverShown(t *testing.T) {
	const secret = "s3cr3t-p%ss/w0rd"
	basic := base64.StdEncoding.EncodeToString([]byte("ann:" + secret))
	echo := func(status int) transport {
		return func(r *http.Request) (*http.Response, error) {
			resp := reply(status, "Location", "http://ann:"+url.QueryEscape(secret)+"@db.example/")
			resp.Request = r
			resp.Body = io.NopCloser(strings.NewReader(fmt.Sprintf("user ann, password %s, %s", secret, r.Header.Get("Authorization"))))
			return resp, nil
		}
	}
	faults := map[string]http.RoundTripper{
		"unreachable": nil,
		"broken":      transport(func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }),
	}
	for _, status := range []int{200, 204, 302, 307, 400, 401, 403, 404, 413, 429, 500, 503} {
		faults[fmt.Sprint(status)] = echo(status)
	}
	withUser := url.UserPassword("ann", secret).String() + "@"
	for name, fault := range faults {
		for _, o := range []Options{
			{URL: "http://127.0.0.1:1", Username: "ann", Password: secret},
			{URL: "http://" + withUser + "127.0.0.1:1"},
			{URL: "http://" + withUser + "127.0.0.1:1", Username: "ann", Password: secret},
		} {
			o.Database, o.RetryFor = "fitbit", -1
			c := newClient(t, o)
			if fault != nil {
				c.transport = fault
			}
			_, prepare := c.Prepare(t.Context(), nil, time.Time{})
			errs := []error{prepare, c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))),
				c.Delete(t.Context(), "steps", "me", noon, noon)}
			for _, err := range errs {
				if err == nil {
					continue
				}
				all := fmt.Sprintf("%v %+v %#v", err, err, err)
				for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
					all += fmt.Sprintf(" %v %#v", cause, cause)
				}
				for _, s := range []string{secret, basic, url.QueryEscape(secret), url.PathEscape(secret)} {
					if strings.Contains(all, s) {
						t.Errorf("%s: %q shows %q", name, all, s)
					}
				}
				if !strings.Contains(err.Error(), "http://127.0.0.1:1,") || !strings.Contains(err.Error(), `"fitbit"`) {
					t.Errorf("%s: %q does not name the server and database", name, err)
				}
			}
			if prepare == nil {
				t.Errorf("%s: Prepare succeeds", name)
			}
		}
	}
}

func TestUntrustedCertificateIsFinal(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	c := newClient(t, Options{URL: srv.URL, Database: "fitbit"})
	began := time.Now()
	_, err := c.Prepare(t.Context(), nil, time.Time{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Temporary() || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Prepare = %v, want a final error about the certificate", err)
	}
	if time.Since(began) > 5*time.Second {
		t.Error("was repeated, which cannot help")
	}
}
