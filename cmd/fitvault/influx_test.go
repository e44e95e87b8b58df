package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestTokenAndFlavor: a token from the environment or a file goes with each request, in the way
// of the server that --influx-flavor names, and nowhere else.
func TestTokenAndFlavor(t *testing.T) {
	t.Parallel()
	const token = "a-token-that-nobody-may-see=="
	var mu sync.Mutex
	var sent []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, r.Header.Get("Authorization")+" "+r.URL.Path+"?"+r.URL.RawQuery)
		http.Error(w, `{"code":"unauthorized","message":"unauthorized access `+token+`"}`, http.StatusUnauthorized)
	}))
	t.Cleanup(srv.Close)
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t, "INFLUX_URL="+srv.URL, "INFLUX_USERNAME=somebody", "INFLUX_PASSWORD=not-this")
	h.exits(exitDone, "fetch")
	file := filepath.Join(h.dir, "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		env, flavor, server, request string
	}{
		{"INFLUX_TOKEN=" + token, "2", "InfluxDB 2.x", "Token " + token + " /api/v2/buckets?name=fitbit&org=home"},
		{"INFLUX_TOKEN_FILE=" + file, "3", "InfluxDB 3.x", "Token " + token + " /query?"},
		{"INFLUX_TOKEN=" + token, "victoriametrics", "VictoriaMetrics", "Bearer " + token + " /flags?"},
	} {
		sent = nil
		p := h.with(tt.env).exits(exitFailed, "export", "--influx-flavor", tt.flavor, "--influx-org", "home", "--retry-for", "0s")
		p.says(tt.server+" at "+srv.URL, "401")
		if len(sent) == 0 || !strings.HasPrefix(sent[0], tt.request) {
			t.Errorf("flavor %s: %q, want %q", tt.flavor, sent, tt.request)
		}
		list := h.with(tt.env).examined(s, exitFailed, "--influx-flavor", tt.flavor)
		finds(t, list, "target", faulty, tt.server)
		if strings.Contains(p.err.String()+told(list), token) {
			t.Errorf("the token is shown:\n%s\n%s", p.err.String(), told(list))
		}
	}
	for table, text := range keeps(t, h.vault) {
		if strings.Contains(text, token) {
			t.Errorf("table %s holds the token", table)
		}
	}
	h.exits(exitUsage, "export", "--influx-flavor", "4").says("victoriametrics")
	h.with("INFLUX_TOKEN=two words").exits(exitUsage, "export").says("token is not usable")
	h.with("INFLUX_TOKEN_FILE=none").exits(exitUsage, "run", "--once").says("INFLUX_TOKEN_FILE")
}

// TestRetentionPolicy: a policy is made and written to, and is a target of its own.
func TestRetentionPolicy(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name := db.Database()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t, influxEnv(db.URL(), name)...)
	h.exits(exitDone, "fetch")
	h.exits(exitDone, "export", "--influx-retention", "for ever", "--type", "sleep")
	if rows := db.Query(name, `SELECT * FROM "for ever"."sleep"`); len(rows) == 0 {
		t.Error("the policy has no sleep")
	}
	if rows := db.Query(name, `SELECT * FROM "sleep"`); len(rows) > 0 {
		t.Error("the default policy has sleep")
	}
	h.exits(exitDone, "export", "--type", "sleep")
	if rows := db.Query(name, `SELECT * FROM "sleep"`); len(rows) == 0 {
		t.Error("what one policy holds counts for the other")
	}
	if list := h.listedTargets(); len(list) != 2 || list[0].Database != name+"/for ever" || list[1].Database != name {
		t.Errorf("%+v", list)
	}
}

// TestDoctorKnowsServers: doctor names the server that answers, and looks at it by its schema.
func TestDoctorKnowsServers(t *testing.T) {
	t.Parallel()
	vm := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t, "INFLUX_URL="+vm.URL())
	h.exits(exitDone, "fetch")
	finds(t, h.examined(s, exitDone), "target", allRight, "VictoriaMetrics at "+vm.URL())
	vm = influxtest.StartVictoria(t, "-retentionPeriod=1d", "-dedup.minScrapeInterval=1ms")
	finds(t, h.with("INFLUX_URL="+vm.URL()).examined(s, exitFailed), "target", faulty, "VictoriaMetrics", "-retentionPeriod=100y")

	db := influxtest.Shared(t)
	name := db.Database()
	db.Query("", `CREATE DATABASE "`+name+`"`)
	db.Write(name, `Sleep\ Summary efficiency="good"`)
	h = h.with(append(influxEnv(db.URL(), name), "INFLUX_URL=")...)
	finds(t, h.examined(s, exitDone), "target", allRight, "InfluxDB 1.")
	finds(t, h.examined(s, exitFailed, "--schema", "fitbit-grafana"), "target", faulty, `"Sleep Summary"`)
}
