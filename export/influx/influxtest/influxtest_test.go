package influxtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestDumpShowsEveryPointAsStored(t *testing.T) {
	s := Shared(t)
	db := s.Database()
	s.Query("", "CREATE DATABASE "+db)
	if got := s.Dump(db); len(got) != 0 {
		t.Errorf("an empty database gives %q", got)
	}
	want := []string{
		`a\ b,tag\ 1=x\,y b=true,f=1,i=1i,s="q\"uo" 1`,
		`m f=1.5 -5`,
		`m,account=me f=2 1700000000000000001`,
		`m,account=me g=1i 1700000000000000002`,
		`m,account=me,zone=peak f=2 1700000000000000001`,
	}
	s.Write(db, want...)
	if got := s.Dump(db); !slices.Equal(got, want) {
		t.Errorf("Dump:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRestartKeepsData(t *testing.T) {
	s := Start(t)
	s.Query("", "CREATE DATABASE x")
	s.Write("x", "m v=1i 1")
	url := s.URL()
	for range 2 {
		s.Restart()
	}
	s.Kill()
	if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		_ = c.Close()
		t.Error("something listens after Kill")
	}
	s.Restart()
	if got := s.Dump("x"); s.URL() != url || len(got) != 1 {
		t.Errorf("after Restart: %s holds %q; before: %s", s.URL(), got, url)
	}
}

func TestWithAuthRefusesOthers(t *testing.T) {
	s := Start(t, WithAuth("admin", "pass"))
	s.Query("", "CREATE DATABASE x")
	s.Write("x", "m v=1i 1")
	if got := s.Dump("x"); len(got) != 1 {
		t.Errorf("the admin sees %q", got)
	}
	other := &Server{s.tb, &process{addr: s.proc.addr}}
	c := other.client()
	if _, _, err := c.Ping(time.Second); err != nil {
		t.Fatal(err)
	}
	if resp := failedQuery(other); !strings.Contains(resp, "authentication credentials") {
		t.Errorf("without a user: %s", resp)
	}
}

// fatalTB catches what would end a test.
type fatalTB struct {
	testing.TB
	said string
}

func (f *fatalTB) Helper() {}
func (f *fatalTB) Fatal(args ...any) {
	f.said = "fatal: " + fmt.Sprint(args...)
	runtime.Goexit()
}
func (f *fatalTB) Fatalf(format string, args ...any) { f.Fatal(fmt.Sprintf(format, args...)) }
func (f *fatalTB) Skip(args ...any) {
	f.said = "skip: " + fmt.Sprint(args...)
	runtime.Goexit()
}

func caught(tb testing.TB, run func(testing.TB)) string {
	f := &fatalTB{TB: tb}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(f)
	}()
	<-done
	return f.said
}

func failedQuery(s *Server) string {
	return caught(s.tb, func(tb testing.TB) { (&Server{tb, s.proc}).Query("", "SHOW DATABASES") })
}

func TestMissingBinary(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, ci := range []struct{ env, want string }{{"true", "fatal: "}, {"", "skip: "}} {
		t.Setenv("CI", ci.env)
		said := caught(t, func(tb testing.TB) { Start(tb) })
		if !strings.HasPrefix(said, ci.want+"influxd") || !strings.Contains(said, "apt-get install influxdb") {
			t.Errorf("CI=%q: %q, want %q and how to install", ci.env, said, ci.want)
		}
		said = caught(t, func(tb testing.TB) { StartVictoria(tb) })
		if !strings.HasPrefix(said, ci.want+"victoria-metrics") || !strings.Contains(said, "apt-get install victoria-metrics") {
			t.Errorf("CI=%q: %q, want %q and how to install", ci.env, said, ci.want)
		}
	}
}

func TestSharedIsNotKilled(t *testing.T) {
	s := Shared(t)
	for what, end := range map[string]func(*Server){"Kill": (*Server).Kill, "Restart": (*Server).Restart} {
		said := caught(t, func(tb testing.TB) { end(&Server{tb, s.proc}) })
		if !strings.Contains(said, "use Start") || !s.proc.running() {
			t.Errorf("%s on the shared server: %q", what, said)
		}
	}
}

// The test binary runs itself, is killed as if by a timeout, and its influxd must follow.
func TestServerDiesWithTheTestBinary(t *testing.T) {
	const child = "INFLUXTEST_CHILD"
	if os.Getenv(child) != "" {
		fmt.Println(Start(t).URL())
		select {}
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a process to its parent")
	}
	requireBinary(t, "influxd", "influxdb")
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1", "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	_, err = fmt.Fscanln(out, &url)
	killed := cmd.Process.Kill()
	_ = cmd.Wait() // killed is how it ends
	if err != nil || killed != nil {
		t.Fatalf("child: %v, %v", err, killed)
	}
	for range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return
		}
		_ = c.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("influxd at %s outlived the test binary", url)
}
