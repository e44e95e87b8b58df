package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
)

// TestMain also lets the test binary stand in for two programs, by the name it is called:
// fitvault itself in scripts, and a browser that hands the address it is to show to the
// test.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "fitvault":
		main()
	case "hand-address":
		handAddress()
	default:
		os.Exit(suite(m))
	}
}

// suite builds the binary, runs the tests, and stops and removes what they share.
func suite(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fitvault-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = setUp(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return influxtest.Main(m)
}

// setUp makes the binary, and the other names of the test binary, in two folders below
// dir.
func setUp(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil { // one test runs the binary as another user
		return err
	}
	binary, doubles = filepath.Join(dir, "fitvault"), filepath.Join(dir, "doubles")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return errors.Join(os.Mkdir(doubles, 0o755), os.Symlink(self, filepath.Join(doubles, "fitvault")),
		os.Symlink(self, filepath.Join(doubles, "hand-address")))
}

// binary is the path of the built fitvault, doubles the folder of the test binary's other
// names.
var binary, doubles string

// handAddress sends its argument to the test that waits for it.
func handAddress() {
	res, err := http.Post(os.Getenv("HAND_ADDRESS_TO"), "text/plain", strings.NewReader(os.Args[1]))
	if err != nil {
		os.Exit(1)
	}
	res.Body.Close()
}

// unlessRaced skips a test of values under the race detector: what is done side by side on the
// way to them is held to it by shorter tests.
func unlessRaced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("under the race detector that takes too long")
	}
}

// home is a person's surroundings: a folder with their vault and their environment.
type home struct {
	t     *testing.T
	dir   string
	vault string
	env   []string
}

// newHome returns surroundings that hold nothing of the machine's. What is run in them is the
// binary, as it is built for people: under the race detector that would be the same again.
func newHome(t *testing.T, env ...string) *home {
	t.Helper()
	if raced {
		t.Skip("the binary is built without the race detector")
	}
	dir := t.TempDir()
	h := &home{t: t, dir: dir, vault: filepath.Join(dir, "vault.db")}
	h.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "TZ=UTC", "FITVAULT_VAULT=" + h.vault}, env...)
	return h
}

// with returns the same surroundings with more in the environment.
func (h *home) with(env ...string) *home {
	more := *h
	more.env = append(slices.Clone(h.env), env...)
	return &more
}

// process is a running fitvault, or one that ended.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err buffer
	ended    chan struct{}
}

// start runs the binary in the background, without input. It does not outlive the test.
func (h *home) start(args ...string) *process {
	h.t.Helper()
	p := h.command(args...)
	p.launch()
	return p
}

func (h *home) command(args ...string) *process {
	p := &process{t: h.t, cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = h.dir, h.env
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	return p
}

func (p *process) launch() {
	p.t.Helper()
	dieWithTest(p.cmd)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { defer close(p.ended); p.cmd.Wait() }()
	p.t.Cleanup(p.kill)
}

// kill ends the process as a power cut would, and waits for its end.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// within waits for the process's end and returns its exit code.
func (p *process) within(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(limit):
		p.t.Fatalf("fitvault %s runs longer than %v\n%s", strings.Join(p.cmd.Args[1:], " "), limit, p.err.String())
		return 0
	}
}

// exits runs the binary to its end, which must be this exit code.
func (h *home) exits(code int, args ...string) *process {
	h.t.Helper()
	p := h.start(args...)
	p.wants(code)
	return p
}

func (p *process) wants(code int) {
	p.t.Helper()
	if got := p.within(time.Minute); got != code {
		p.t.Fatalf("fitvault %s: exit code %d, want %d\n%s", strings.Join(p.cmd.Args[1:], " "), got, code, p.err.String())
	}
}

// says requires that stderr holds all of these.
func (p *process) says(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.err.String(), text) {
			p.t.Errorf("fitvault %s: stderr lacks %q:\n%s", strings.Join(p.cmd.Args[1:], " "), text, p.err.String())
		}
	}
}

// prints requires that stdout holds all of these.
func (p *process) prints(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.out.String(), text) {
			p.t.Errorf("fitvault %s: stdout lacks %q:\n%s", strings.Join(p.cmd.Args[1:], " "), text, p.out.String())
		}
	}
}

// saysSoon waits until stderr holds a text.
func (p *process) saysSoon(text string) {
	p.t.Helper()
	eventually(p.t, "stderr of fitvault holds "+text, func() bool { return strings.Contains(p.err.String(), text) })
}

// eventually polls for a condition that must come true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// buffer is a bytes.Buffer that may be read while a process writes to it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
