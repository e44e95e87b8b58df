package influxtest

import (
	"os"
	"sync"
	"testing"
)

var shared struct {
	once sync.Once
	dir  string
	proc *process
	err  error
}

// Shared returns a server that all tests of the binary use together: take a name from
// Database for each. It starts with the first call; give TestMain's work to Main to have
// it stopped and its folder removed.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	requireBinary(tb, "influxd", "influxdb")
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "influxtest-"); shared.err == nil {
			shared.proc, shared.err = start(shared.dir, settings{})
		}
	})
	if shared.err != nil {
		tb.Fatalf("start the shared influxd: %v", shared.err)
	}
	return &Server{tb, shared.proc}
}

// Main runs the tests and then stops the shared server. It returns the code to exit with:
//
//	func TestMain(m *testing.M) { os.Exit(influxtest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if shared.proc != nil {
		shared.proc.kill()
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	return code
}
