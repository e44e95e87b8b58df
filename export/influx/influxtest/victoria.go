package influxtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Victoria is a running VictoriaMetrics as one test sees it. Its methods end the test on
// failure, so call them from the test's own goroutine.
type Victoria struct {
	tb   testing.TB
	addr string
}

// StartVictoria runs a server of its own for a test, with the flags given, and stops it when
// the test ends. Without the victoria-metrics binary the test is skipped, or fails when the
// environment says CI=true.
func StartVictoria(tb testing.TB, flags ...string) *Victoria {
	tb.Helper()
	requireBinary(tb, "victoria-metrics", "victoria-metrics")
	var err error
	for range 3 { // it cannot be told to choose a port, and one that is free may be taken by then
		v := &Victoria{tb, ""}
		if err = v.run(tb.TempDir(), flags); err == nil {
			return v
		}
	}
	tb.Fatalf("start victoria-metrics: %v", err)
	return nil
}

func (v *Victoria) run(dir string, flags []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	v.addr = l.Addr().String()
	_ = l.Close()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	cmd := exec.Command("victoria-metrics", append([]string{"-httpListenAddr=" + v.addr,
		"-storageDataPath=" + filepath.Join(dir, "data"), "-memory.allowedBytes=64MB"}, flags...)...)
	cmd.Stdout, cmd.Stderr = log, log
	dieWithParent(cmd)
	started, done := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // as for influxd
		defer runtime.UnlockOSThread()
		defer close(done)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // killed is how it ends
		}
		_ = log.Close()
	}()
	if err := <-started; err != nil {
		return err
	}
	v.tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
	})
	return v.await(log.Name(), done)
}

// await waits until the server answers.
func (v *Victoria) await(log string, done <-chan struct{}) error {
	deadline := time.After(30 * time.Second)
	for {
		resp, err := http.Get(v.URL() + "/health")
		if err == nil {
			_ = resp.Body.Close()
			return nil
		}
		select {
		case <-done:
			text, _ := os.ReadFile(log)
			return fmt.Errorf("it ended: %s", text)
		case <-deadline:
			return fmt.Errorf("it does not answer after 30 s: %w", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// URL returns the server's address.
func (v *Victoria) URL() string { return "http://" + v.addr }

// Write stores lines of line protocol with nanosecond times, past all code under test.
func (v *Victoria) Write(database string, lines ...string) {
	v.tb.Helper()
	to := v.URL() + "/write?precision=ns&db=" + url.QueryEscape(database)
	resp, err := http.Post(to, "text/plain", strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		v.tb.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		v.tb.Fatalf("victoria-metrics: write: %s", resp.Status)
	}
	v.Flush()
}

// Flush makes what was written before be found, which takes a second otherwise.
func (v *Victoria) Flush() {
	v.tb.Helper()
	v.get("/internal/force_flush")
}

func (v *Victoria) get(path string) []byte {
	v.tb.Helper()
	resp, err := http.Get(v.URL() + path)
	if err != nil {
		v.tb.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		v.tb.Fatalf("victoria-metrics: %s: %s: %s %v", path, resp.Status, text, err)
	}
	return text
}

// Dump returns every sample of a database, sorted, as name{label="value"} value time, with
// labels by key but without db, and the time in milliseconds.
func (v *Victoria) Dump(database string) []string {
	v.tb.Helper()
	v.Flush()
	match := fmt.Sprintf("{db=%q}", database)
	d := json.NewDecoder(strings.NewReader(string(v.get("/api/v1/export?match[]=" + url.QueryEscape(match)))))
	var lines []string
	for {
		var series struct {
			Metric     map[string]string
			Values     []float64
			Timestamps []int64
		}
		err := d.Decode(&series)
		if err == io.EOF {
			slices.Sort(lines)
			return lines
		}
		if err != nil {
			v.tb.Fatalf("victoria-metrics: export: %v", err)
		}
		name := series.Metric["__name__"]
		delete(series.Metric, "__name__")
		delete(series.Metric, "db")
		for i, value := range series.Values {
			lines = append(lines, Sample(name, series.Metric, value, series.Timestamps[i]))
		}
	}
}

// Sample writes a sample as Dump does.
func Sample(name string, labels map[string]string, value float64, ms int64) string {
	var pairs []string
	for k, v := range labels {
		pairs = append(pairs, fmt.Sprintf("%s=%q", k, v))
	}
	slices.Sort(pairs)
	return fmt.Sprintf("%s{%s} %v %d", name, strings.Join(pairs, ","), value, ms)
}
