package influxtest

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"time"
)

type settings struct {
	user, password, index string
	cache                 int // bytes in memory before they are written to disk; 0: as by default
}

// process is an influxd and its folder.
type process struct {
	dir  string
	set  settings
	addr string // host:port of its HTTP listener

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
}

// start runs influxd on ports that the kernel chooses and waits until it answers.
func start(dir string, set settings) (*process, error) {
	p := &process{dir: dir, set: set, addr: "127.0.0.1:0"}
	return p, p.run()
}

// config is everything that differs from the defaults in a way a test could notice, and
// nothing that differs from a real server in what it stores.
const config = `
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = %[1]q
[data]
  dir = %[2]q
  wal-dir = %[3]q
  wal-fsync-delay = "0s"
  query-log-enabled = false
  index-version = %[6]q
  cache-snapshot-memory-size = %[7]d
[monitor]
  store-enabled = false
[http]
  bind-address = %[4]q
  log-enabled = false
  auth-enabled = %[5]v
[continuous_queries]
  enabled = false`

func (p *process) run() error {
	path := filepath.Join(p.dir, "influxd.conf")
	text := fmt.Sprintf(config, filepath.Join(p.dir, "meta"), filepath.Join(p.dir, "data"), filepath.Join(p.dir, "wal"),
		p.addr, p.set.user != "", cmp.Or(p.set.index, "inmem"), cmp.Or(p.set.cache, 25<<20))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("influxd", "run", "-config", path)
	cmd.Env = append(os.Environ(), "HOME="+p.dir)
	dieWithParent(cmd)
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	started, done := make(chan error, 1), make(chan struct{})
	addr := make(chan string, 1)
	go func() {
		// The kernel sends the death signal when the thread ends that started the
		// process, so the thread is held as long as the process runs. It is given back
		// then: a thread that ended with this goroutine would take along whatever other
		// processes it has started.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		err := cmd.Start()
		started <- err
		if err == nil {
			watch(out, log, addr)
			_ = cmd.Wait() // killed is how it ends
		}
		_ = log.Close()
	}()
	if err := <-started; err != nil {
		return err
	}
	p.mu.Lock()
	p.cmd, p.done = cmd, done
	p.mu.Unlock()
	return p.await(addr, done)
}

var listening = regexp.MustCompile(`Listening on HTTP.*\baddr=(\S+)`)

// watch copies what influxd says and sends the address of the HTTP listener once.
func watch(out io.Reader, log io.Writer, addr chan<- string) {
	for s := bufio.NewScanner(out); s.Scan(); {
		_, _ = fmt.Fprintln(log, s.Text())
		if m := listening.FindStringSubmatch(s.Text()); m != nil {
			addr <- m[1]
		}
	}
	_, _ = io.Copy(log, out) // what a Scanner takes for too long a line
}

func (p *process) await(addr <-chan string, done <-chan struct{}) error {
	deadline := time.After(30 * time.Second)
	select {
	case p.addr = <-addr:
	case <-done:
		return fmt.Errorf("influxd ended: %s", p.lastLog())
	case <-deadline:
		p.kill()
		return fmt.Errorf("influxd does not listen after 30 s: %s", p.lastLog())
	}
	for {
		resp, err := http.Get("http://" + p.addr + "/ping")
		if err == nil {
			_ = resp.Body.Close()
			return nil
		}
		select {
		case <-done:
			return fmt.Errorf("influxd ended: %s", p.lastLog())
		case <-deadline:
			p.kill()
			return errors.Join(errors.New("influxd does not answer /ping"), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p *process) logPath() string { return filepath.Join(p.dir, "influxd.log") }

// lastLog returns the line with which influxd said why it ended.
func (p *process) lastLog() string {
	log, _ := os.ReadFile(p.logPath())
	log = bytes.TrimSpace(log)
	return string(log[bytes.LastIndexByte(log, '\n')+1:])
}

func (p *process) running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd != nil
}

// kill ends the process and waits for its end. It may be called again.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.done
	p.cmd = nil
}
