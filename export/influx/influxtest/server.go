// Package influxtest runs the real influxd and the real VictoriaMetrics for tests: on free
// loopback ports, with data in a temporary folder, and never longer than the test binary
// lives.
package influxtest

import (
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/influxdata/influxdb1-client/v2"
)

// Server is a running influxd as one test sees it. Its methods end the test on failure, so
// call them from the test's own goroutine.
type Server struct {
	tb   testing.TB
	proc *process
}

// Option changes how Start runs the server.
type Option func(*settings)

// WithAuth makes the server ask for a user and creates this one as its admin.
func WithAuth(user, password string) Option {
	return func(s *settings) { s.user, s.password = user, password }
}

// WithIndexOnDisk makes the server keep its index on disk (index-version = "tsi1").
//
// The default, in memory, loses series in influxd 1.6: once a DELETE took the last point of a
// series, the index makes the measurement anew, and the series that are there go on pointing to
// the old one. When the last of those is deleted too, the whole measurement leaves the index
// with the series that came since, whoever's they are. Their points stay on disk and are not
// found, neither by SELECT nor by DELETE, until the server starts again or the series is
// written to. After these requests a point of b should be found, and is not:
//
//	write m,t=b on 27 March; write m,t=a on 22 and 23 March; DELETE 24 to 27 March;
//	write m,t=a on 6 April; DELETE 18 to 31 March; write m,t=b on 19 March; DELETE 4 to 6 April
func WithIndexOnDisk() Option { return func(s *settings) { s.index = "tsi1" } }

// WithCache makes the server write each shard's cache to disk, a snapshot, within a second of
// the moment when it holds more than so many bytes.
func WithCache(bytes int) Option { return func(s *settings) { s.cache = bytes } }

// Start runs a server of its own for a test and stops it when the test ends. Without the
// influxd binary the test is skipped, or fails when the environment says CI=true.
func Start(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	requireBinary(tb, "influxd", "influxdb")
	var set settings
	for _, o := range options {
		o(&set)
	}
	p, err := start(tb.TempDir(), set)
	if err != nil {
		tb.Fatalf("start influxd: %v", err)
	}
	tb.Cleanup(p.kill)
	s := &Server{tb, p}
	if set.user != "" {
		s.Query("", fmt.Sprintf(`CREATE USER "%s" WITH PASSWORD '%s' WITH ALL PRIVILEGES`, set.user, set.password))
	}
	return s
}

// requireBinary skips or fails a test without the program of a Debian package.
func requireBinary(tb testing.TB, program, debian string) {
	tb.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	how := program + " is not installed: apt-get install " + debian
	if os.Getenv("CI") == "true" {
		tb.Fatal(how)
	}
	tb.Skip(how)
}

// URL returns the server's address, the same after Restart.
func (s *Server) URL() string { return "http://" + s.proc.addr }

var databases atomic.Int64

// Database returns a name that no other call returned. The database is not created; if a
// test creates it, it is dropped when the test ends.
func (s *Server) Database() string {
	name := fmt.Sprintf("test_%d", databases.Add(1))
	s.tb.Cleanup(func() {
		if s.proc.running() {
			s.Query("", fmt.Sprintf("DROP DATABASE %q", name))
		}
	})
	return name
}

// Kill ends the server at once, as a power cut would.
func (s *Server) Kill() {
	s.tb.Helper()
	s.ownOnly("Kill")
	s.proc.kill()
}

// Restart kills the server, if it runs, and starts it again on the same data and port.
func (s *Server) Restart() {
	s.tb.Helper()
	s.ownOnly("Restart")
	s.proc.kill()
	if err := s.proc.run(); err != nil {
		s.tb.Fatalf("restart influxd: %v", err)
	}
}

func (s *Server) ownOnly(what string) {
	s.tb.Helper()
	if s.proc == shared.proc {
		s.tb.Fatalf("%s on the shared influxd would end it for other tests: use Start", what)
	}
}

func (s *Server) client() client.Client {
	s.tb.Helper()
	c, err := client.NewHTTPClient(client.HTTPConfig{
		Addr: s.URL(), Username: s.proc.set.user, Password: s.proc.set.password, Timeout: time.Minute,
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return c
}
