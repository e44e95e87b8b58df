package influx

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/export/line"
	"fitvault/store/catalog"
)

// class is what a caller asks of an error.
type class struct{ refused, temporary, unauthorized, notFound bool }

func classOf(e *Error) class {
	return class{e.Refused(), e.Temporary(), e.Unauthorized(), e.NotFound()}
}

// Each server's own words for what goes wrong while writing, and what they mean.
func TestAnswersToAWrite(t *testing.T) {
	var (
		refused      = class{refused: true}
		temporary    = class{temporary: true}
		unauthorized = class{unauthorized: true}
		notFound     = class{notFound: true}
		none         = class{}
	)
	const page = "<html>proxy</html>"
	tests := []struct {
		flavor string
		status int
		body   string // of JSON, or a page
		want   class
		says   string
	}{
		{InfluxDB1, 400, `{"error":"partial write: field type conflict: input field \"count\" on measurement \"steps\" is type float, already exists as type integer dropped=1"}`,
			refused, "remove what is there with DROP MEASUREMENT"},
		{InfluxDB1, 400, `{"error":"partial write: points beyond retention policy dropped=1"}`, refused, "beyond retention policy"},
		{InfluxDB1, 401, `{"error":"authorization failed"}`, unauthorized, "authorization failed; check the token"},
		{InfluxDB1, 403, `{"error":"\"me\" user is not authorized to write to database \"fitbit\""}`, unauthorized, "may read and write the database"},
		{InfluxDB1, 404, `{"error":"database not found: \"fitbit\""}`, notFound, "run the export again to create it"},
		{InfluxDB1, 413, `{"error":"Request Entity Too Large"}`, refused, "smaller requests only"},
		{InfluxDB1, 500, `{"error":"timeout"}`, temporary, "timeout; try again later"},
		{InfluxDB1, 500, `{"error":"retention policy not found: own"}`, notFound, "run the export again to create it"},
		{InfluxDB1, 503, `{"error":"write ingress rate limited"}`, temporary, "asks to wait 7s"},

		{InfluxDB2, 400, `{"code":"invalid","message":"unable to parse 'x': missing fields"}`, refused, "unable to parse 'x': missing fields"},
		{InfluxDB2, 422, `{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict: input field \"count\" dropped=1"}`,
			refused, "remove what is there with DROP MEASUREMENT"},
		{InfluxDB2, 401, `{"code":"unauthorized","message":"unauthorized access"}`, unauthorized, "unauthorized access; check the token"},
		{InfluxDB2, 403, `{"code":"forbidden","message":"insufficient permissions for write"}`, unauthorized, "influx auth create --read-bucket"},
		{InfluxDB2, 404, `{"code":"not found","message":"no dbrp mapping found"}`, notFound, `influx bucket create --name "fitbit"`},
		{InfluxDB2, 404, `{"code":"not found","message":"path not found"}`, none, "check the address"},
		{InfluxDB2, 413, `{"code":"request too large","message":"unable to read data: points batch is too large"}`, refused, "smaller requests only"},
		{InfluxDB2, 429, `{"code":"too many requests","message":"org 1 has exceeded limited_write plan limit"}`, temporary, "asks to wait 7s"},
		{InfluxDB2, 500, `{"code":"internal error","message":"unexpected error writing points to database: timeout"}`, temporary, "try again later"},
		{InfluxDB2, 503, `{"code":"unavailable","message":"shard is disabled"}`, temporary, "asks to wait 7s"},

		{InfluxDB3, 400, `{"error":"partial write of line protocol occurred","data":[{"original_line":"steps","line_number":2,"error_message":"invalid column type for column 'count', expected iox::column_type::field::integer, got iox::column_type::field::float"}]}`,
			refused, "occurred: line 2: invalid column type for column 'count'"},
		{InfluxDB3, 400, `{"error":"write of line protocol failed","data":[{"original_line":"steps","line_number":1,"error_message":"No fields were provided"}]}`,
			refused, "failed: line 1: No fields were provided"},
		{InfluxDB3, 422, `{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":1,"error_message":"Update to schema would exceed number of columns per table limit of 500 columns"}]}`,
			refused, "limit of 500 columns"},
		{InfluxDB3, 401, `{"error": "the request was not authenticated"}`, unauthorized, "not authenticated; check the token"},
		{InfluxDB3, 403, `{"error": "access denied"}`, unauthorized, "may read and write the database"},
		{InfluxDB3, 404, `{"error":"Database fitbit not found"}`, notFound, "run the export again to create it"},
		{InfluxDB3, 413, `{"error":"request body is too large"}`, refused, "smaller requests only"},
		{InfluxDB3, 429, `{"error":"too many requests"}`, temporary, "asks to wait 7s"},
		{InfluxDB3, 500, `{"error":"catalog is not reachable"}`, temporary, "try again later"},
		{InfluxDB3, 503, `{"error":"not ready"}`, temporary, "asks to wait 7s"},

		{VictoriaMetrics, 400, `remoteAddr: "1.2.3.4:5"; requestURI: /write; unsupported path requested: "/write"`, refused, "unsupported path"},
		{VictoriaMetrics, 401, ``, unauthorized, "check the token"},
		{VictoriaMetrics, 403, ``, unauthorized, "may read and write"},
		{VictoriaMetrics, 413, ``, refused, "smaller requests only"},
		{VictoriaMetrics, 429, ``, temporary, "asks to wait 7s"},
		{VictoriaMetrics, 500, `cannot store the data`, temporary, "cannot store the data"},
		{VictoriaMetrics, 503, `cannot handle more than 16 concurrent inserts`, temporary, "asks to wait 7s"},
	}
	for _, flavor := range []string{InfluxDB1, InfluxDB2, InfluxDB3, VictoriaMetrics} {
		for status, want := range map[int]class{400: none, 404: none, 413: refused, 422: none, 502: temporary, 504: temporary} {
			tests = append(tests, tests[0])
			tt := &tests[len(tests)-1]
			tt.flavor, tt.status, tt.body, tt.want, tt.says = flavor, status, page, want, http.StatusText(status)
		}
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s answers %d %.40s", tt.flavor, tt.status, tt.body), func(t *testing.T) {
			requests := 0
			url := proxy(t, "http://127.0.0.1:1", func(w http.ResponseWriter, r *http.Request) bool {
				requests++
				kind := map[bool]string{true: "text/html", false: "application/json"}[tt.body == page]
				if tt.status == 429 || tt.status == 503 {
					w.Header().Set("Retry-After", "7")
				}
				answer(tt.status, kind, tt.body)(w, r)
				return true
			})
			c := newClient(t, Options{URL: url, Database: "fitbit", Flavor: tt.flavor, Token: "abcdef", RetryFor: -1})
			err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1))))
			e, ok := errors.AsType[*Error](err)
			if !ok || classOf(e) != tt.want || requests != 1 {
				t.Fatalf("Write = %v after %d requests: %+v, want %+v", err, requests, classOf(e), tt.want)
			}
			if !strings.HasPrefix(err.Error(), c.Name()+" at "+url+`, database "fitbit": write a batch of 1: `) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q does not say %q", err, tt.says)
			}
		})
	}
}

// servers are a recognized client of each, with its database, and what the database holds.
var servers = map[string]func(t *testing.T) (address string, o Options, dump func() []string){
	InfluxDB1: func(t *testing.T) (string, Options, func() []string) {
		s := influxtest.Shared(t)
		db := s.Database()
		return s.URL(), Options{Database: db}, func() []string { return s.Dump(db) }
	},
	InfluxDB2: func(t *testing.T) (string, Options, func() []string) {
		f := newFake2(t, "fitbit")
		return f.url, f.options("fitbit"), f.lines
	},
	InfluxDB3: func(t *testing.T) (string, Options, func() []string) {
		f := newFake3(t)
		return f.url, f.options("fitbit"), func() []string { return f.store("fitbit").lines() }
	},
	VictoriaMetrics: func(t *testing.T) (string, Options, func() []string) {
		v := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
		return v.URL(), Options{Database: "fitbit"}, func() []string { return v.Dump("fitbit") }
	},
}

// Each request of each dialect meets each fault once, and does what it was asked for all the
// same.
func TestFaultsThatPassInEveryDialect(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request){
		"500":          answer(500, "application/json", `{"code":"internal error","message":"x"}`),
		"503":          answer(503, "text/html", "<html>maintenance</html>"),
		"429":          answer(429, "text/plain", "slow down"),
		"timeout":      func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
		"reset":        reset,
		"reset at end": resetAfterRead,
	}
	for flavor, open := range servers {
		for name, fault := range faults {
			t.Run(flavor+" "+name, func(t *testing.T) {
				t.Parallel()
				address, o, dump := open(t)
				var requests atomic.Int64
				o.URL = proxy(t, address, func(w http.ResponseWriter, r *http.Request) bool {
					if requests.Add(1)%2 == 0 {
						return false
					}
					fault(w, r)
					return true
				})
				o.RetryFor, o.Timeout = 20*time.Second, 0
				if name == "timeout" {
					o.Timeout = 100 * time.Millisecond
				}
				c := newClient(t, o)
				c.firstWait = time.Millisecond
				if held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil || !held.Fresh {
					t.Fatalf("Prepare = %+v, %v", held, err)
				}
				if err := c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)), point("floors", "me", noon, intField("count", 1)))); err != nil {
					t.Fatal(err)
				}
				if got := dump(); len(got) != 2 { // which makes VictoriaMetrics find what was written, too
					t.Fatalf("stored %q", got)
				}
				if err := c.Delete(t.Context(), "steps", "me", time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)); err != nil {
					t.Fatal(err)
				}
				if got := dump(); len(got) != 1 || !strings.HasPrefix(got[0], "floors") {
					t.Errorf("left %q, want floors", got)
				}
			})
		}
	}
}

// A batch that is too big for a server is refused, and its halves are stored.
func TestHalvesOfABatchThatIsTooBig(t *testing.T) {
	f2, f3 := newFake2(t, "fitbit"), newFake3(t)
	f2.maxBytes, f3.maxBytes = 150, 150
	for _, o := range []Options{f2.options("fitbit"), f3.options("fitbit")} {
		c := newClient(t, o)
		if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
			t.Fatal(err)
		}
		tooBig := 0
		var write func(line.Batch)
		write = func(b line.Batch) {
			err := c.Write(t.Context(), b)
			e, ok := errors.AsType[*Error](err)
			switch {
			case err == nil:
			case !ok || !e.Refused() || e.Status != http.StatusRequestEntityTooLarge || b.Len() == 1:
				t.Fatalf("Write of %d = %v, want refused as too big", b.Len(), err)
			default:
				tooBig++
				first, second := b.Halves()
				write(first)
				write(second)
			}
		}
		var points []catalog.Point
		for i := range 8 {
			points = append(points, point("steps", "me", noon.Add(time.Duration(i)), intField("count", int64(i))))
		}
		write(batch(t, points...))
		if tooBig != 3 {
			t.Errorf("%s: %d batches were too big, want 3: of 8 and 4 lines", c.Name(), tooBig)
		}
	}
	if len(f2.lines()) != 8 || len(f3.store("fitbit").lines()) != 8 {
		t.Errorf("stored %q and %q, want 8 points each", f2.lines(), f3.store("fitbit").lines())
	}
}

// Credentials that do not do are told at once, with what the server wants instead.
func TestCredentialsInEveryDialect(t *testing.T) {
	tests := map[string]struct {
		flavor string
		set    func(*Options)
		says   string
	}{
		"2.x, no token":        {InfluxDB2, func(o *Options) { o.Token = "" }, "wants a token"},
		"2.x, wrong token":     {InfluxDB2, func(o *Options) { o.Token = "wrong" }, "check the token"},
		"2.x, a user instead":  {InfluxDB2, func(o *Options) { o.Token, o.Username, o.Password = "", "ann", "pass" }, "wants a token"},
		"3.x, wrong token":     {InfluxDB3, func(o *Options) { o.Token = "wrong" }, "check the token"},
		"3.x, no token at all": {InfluxDB3, func(o *Options) { o.Token = "" }, "wants a user name and password, or a token"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			address, o, _ := servers[tt.flavor](t)
			o.URL = address
			tt.set(&o)
			_, err := newClient(t, o).Prepare(t.Context(), nil, noon)
			e, ok := errors.AsType[*Error](err)
			if !ok || !e.Unauthorized() || e.Temporary() || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Prepare = %v, want unauthorized that says %q", err, tt.says)
			}
		})
	}
}

// Whatever a server or proxy echoes, the token stays out.
func TestTokenIsNeverShown(t *testing.T) {
	const secret = "s3cr3t-t0ken/of==ann"
	for flavor := range servers {
		for _, status := range []int{200, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503} {
			c := newClient(t, Options{URL: "http://127.0.0.1:1", Database: "fitbit", Token: secret, Flavor: flavor, RetryFor: -1})
			c.transport = transport(func(r *http.Request) (*http.Response, error) {
				resp := reply(status, "Location", "http://ann:"+secret+"@db.example/")
				resp.Request = r
				resp.Body = io.NopCloser(strings.NewReader(fmt.Sprintf("%s %v %s", secret, r.Header, base64.StdEncoding.EncodeToString([]byte("x")))))
				return resp, nil
			})
			_, prepare := c.Prepare(t.Context(), nil, noon)
			for _, err := range []error{prepare, c.Write(t.Context(), batch(t, point("steps", "me", noon, intField("count", 1)))),
				c.Delete(context.WithoutCancel(t.Context()), "steps", "me", time.Time{}, noon.AddDate(1000, 0, 0))} {
				if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
					t.Errorf("%s, %d: %v, want an error without the token", flavor, status, err)
				}
			}
		}
	}
}
