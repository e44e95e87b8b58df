package influx

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"fitvault/export/influx/influxtest"
)

func TestRecognize(t *testing.T) {
	ping := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/behind/ping" {
				http.NotFound(w, r)
				return
			}
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	root := func(page string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/behind/ping" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			_, _ = w.Write([]byte(page))
		}
	}
	tests := map[string]struct {
		answer       http.HandlerFunc
		flavor, name string
	}{
		"1.6":               {ping(204, "", "X-Influxdb-Version", "1.6.7~rc0"), InfluxDB1, "InfluxDB 1.6.7"},
		"1.8":               {ping(204, "", "X-Influxdb-Version", "1.8.10"), InfluxDB1, "InfluxDB 1.8.10"},
		"1.x Enterprise":    {ping(204, "", "X-Influxdb-Version", "1.11.5-c1.11.5"), InfluxDB1, "InfluxDB 1.11.5"},
		"2.7":               {ping(204, "", "X-Influxdb-Version", "v2.7.11", "X-Influxdb-Build", "OSS"), InfluxDB2, "InfluxDB 2.7.11"},
		"2.0":               {ping(204, "", "X-Influxdb-Version", "2.0.9"), InfluxDB2, "InfluxDB 2.0.9"},
		"Cloud":             {ping(204, "", "X-Influxdb-Version", "dev", "X-Influxdb-Build", "Cloud"), InfluxDB2, "InfluxDB Cloud"},
		"3 Core":            {ping(200, `{"version":"3.8.0"}`, "X-Influxdb-Version", "3.8.0", "X-Influxdb-Build", "Core"), InfluxDB3, "InfluxDB 3.8.0"},
		"3, first releases": {ping(200, `{"version":"3.0.1","revision":"x"}`), InfluxDB3, "InfluxDB 3.0.1"},
		"hidden":            {ping(204, ""), InfluxDB1, "InfluxDB 1.x"},
		"no ping":           {http.NotFound, InfluxDB1, "InfluxDB 1.x"},
		"VictoriaMetrics":   {root("<h2>Single-node VictoriaMetrics</h2>"), VictoriaMetrics, "VictoriaMetrics"},
		"VictoriaMetrics that imitates": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Server-Hostname", "db")
			w.Header().Set("X-Influxdb-Version", "1.8.0")
			root("<h2>Single-node VictoriaMetrics</h2>")(w, r)
		}, VictoriaMetrics, "VictoriaMetrics"},
		"another root page": {root("<h2>Welcome</h2>"), InfluxDB1, "InfluxDB 1.x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url := proxy(t, "http://127.0.0.1:1", func(w http.ResponseWriter, r *http.Request) bool {
				tt.answer(w, r)
				return true
			})
			c := newClient(t, Options{URL: url + "/behind", Database: "x", RetryFor: -1})
			if c.Name() != "InfluxDB" {
				t.Errorf("before it was asked the server is %s", c.Name())
			}
			d, err := c.recognize(t.Context())
			if err != nil || d.flavor() != tt.flavor || c.Name() != tt.name {
				t.Errorf("it is %s, %v; want %s", c.Name(), err, tt.name)
			}
		})
	}
}

func TestRecognizeRealServers(t *testing.T) {
	for url, want := range map[string]string{
		influxtest.Shared(t).URL():                                        "InfluxDB 1.6.7",
		influxtest.StartVictoria(t, "-dedup.minScrapeInterval=1ms").URL(): "VictoriaMetrics",
	} {
		c := newClient(t, Options{URL: url, Database: "x"})
		if _, _, err := c.Check(t.Context(), nil, noon.AddDate(100, 0, 0)); err != nil || c.Name() != want {
			t.Errorf("it is %s, %v; want %s", c.Name(), err, want)
		}
	}
}

// An answer of something else than a server of this kind is no telling: it is asked again,
// and never taken for InfluxDB 1.x.
func TestRecognizeKeepsErrors(t *testing.T) {
	tests := map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		says   string
	}{
		"a login page": {answer(200, "text/html", "<html>log in</html>"), "not InfluxDB's"},
		"401":          {answer(401, "application/json", `{"error":"the request was not authenticated"}`), "check the token"},
		"503":          {answer(503, "text/html", "<html>maintenance</html>"), "try again later"},
		"reset":        {reset, "EOF"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url := proxy(t, "http://127.0.0.1:1", func(w http.ResponseWriter, r *http.Request) bool {
				tt.answer(w, r)
				return true
			})
			c := newClient(t, Options{URL: url, Database: "x", RetryFor: -1, Token: "abc"})
			_, err := c.Prepare(t.Context(), nil, noon)
			if _, ok := errors.AsType[*Error](err); !ok || !strings.Contains(err.Error(), tt.says) || c.known.Load() != nil {
				t.Errorf("Prepare = %v, known as %s; want an error that says %q", err, c.Name(), tt.says)
			}
		})
	}
}

// With a flavor nothing is asked, and requests are those of the server behind the proxy.
func TestFlavor(t *testing.T) {
	tests := map[string]struct{ name, header, kind string }{
		InfluxDB1:       {"InfluxDB 1.x", "Token abc", "application/x-www-form-urlencoded"},
		InfluxDB2:       {"InfluxDB 2.x", "Token abc", ""},
		InfluxDB3:       {"InfluxDB 3.x", "Token abc", "application/vnd.influxql"},
		VictoriaMetrics: {"VictoriaMetrics", "Bearer abc", ""},
	}
	for flavor, tt := range tests {
		c := newClient(t, Options{URL: "http://db", Database: "x", RetryFor: -1, Token: "abc", Flavor: flavor})
		var first *http.Request
		c.transport = transport(func(r *http.Request) (*http.Response, error) {
			if first == nil {
				first = r
			}
			return nil, errors.New("off")
		})
		if _, err := c.Prepare(t.Context(), nil, noon); err == nil || !strings.HasPrefix(err.Error(), tt.name+" at http://db") {
			t.Errorf("%s: Prepare = %v, want an error of %s", flavor, err, tt.name)
		}
		if first.URL.Path == "/ping" || first.Header.Get("Authorization") != tt.header || first.Header.Get("Content-Type") != tt.kind {
			t.Errorf("%s: %s with %v", flavor, first.URL, first.Header)
		}
	}
}
