package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestReadmeCommands runs every command that the README shows, in its order, as a
// newcomer with the emulator for a source and a real InfluxDB. Those of Docker are left to
// the tests of the compose files, and the one that runs all tests to .ci/run.
func TestReadmeCommands(t *testing.T) {
	n := newNewcomer(t)
	var last []string
	for _, line := range readmeCommands(t) {
		if strings.HasPrefix(line, "fitvault logout") {
			last = append(last, line) // the sections after it need the sign-in
			continue
		}
		n.does(line)
	}
	for _, line := range last {
		n.does(line)
	}
	n.service.strict(t)
	for _, f := range []*tokenServer{n.influx2, n.influx3} {
		if f.lines.Load() == 0 {
			t.Errorf("InfluxDB %s was given nothing", f.version)
		}
	}
}

// readmeCommands returns the lines of all sh blocks.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	body, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(body), -1) {
		for line := range strings.Lines(strings.TrimSpace(block[1])) {
			lines = append(lines, strings.TrimSpace(line)) // a block in a list is indented
		}
	}
	if len(lines) < 20 {
		t.Fatalf("the README shows only %d commands", len(lines))
	}
	return lines
}

// newcomer is somebody who types what the README says.
type newcomer struct {
	*home
	service          *service
	db               *influxtest.Server
	influx2, influx3 *tokenServer
	victoria         *influxtest.Victoria
	exports          int // of everything
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	callback := freeCallback(t)
	s := serve(t, emulator.Options{Days: 10, ClientID: "your-id", ClientSecret: "your-secret", RedirectURIs: []string{callback}})
	db := influxtest.Shared(t)
	browser := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		page, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		go http.Get(consent(t, string(page), allow)) // the answer is fitvault's own page
	}))
	t.Cleanup(browser.Close)
	bin := filepath.Join(t.TempDir(), "bin")
	h := newHome(t, append(s.endpoints(), "CALLBACK_URL="+callback, "FITVAULT_GOOGLE_RATE=5",
		"INFLUX_URL="+db.URL(), "INFLUX_DATABASE="+db.Database(), "GOBIN="+bin,
		"BROWSER="+filepath.Join(doubles, "hand-address"), "HAND_ADDRESS_TO="+browser.URL)...)
	id, secret := s.GoogleClient()
	client := fmt.Sprintf(`{"installed": {"client_id": %q, "client_secret": %q, "redirect_uris": ["http://localhost"]}}`, id, secret)
	if err := os.WriteFile(filepath.Join(h.dir, "client_secret.json"), []byte(client), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"GOPATH", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOFLAGS", "GOSUMDB"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		h.env = append(h.env, name+"="+strings.TrimSpace(string(value)))
	}
	if err := os.WriteFile(filepath.Join(h.dir, "token"), []byte(readmeToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	victoria := influxtest.StartVictoria(t, "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms")
	return &newcomer{h, s, db, serveToken(t, "2.7.11"), serveToken(t, "3.4.0"), victoria, 0}
}

// readmeToken is what the file token holds that the README speaks of.
const readmeToken = "the-token-of-the-newcomer=="

// tokenServer is as much of an InfluxDB 2.x or 3.x as a first export meets. The strict fakes are
// those of export/influx.
type tokenServer struct {
	url, version string
	lines        atomic.Int64
}

func serveToken(t *testing.T, version string) *tokenServer {
	s := &tokenServer{version: version}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Influxdb-Version", "v"+s.version)
	switch {
	case r.URL.Path == "/ping":
		w.WriteHeader(http.StatusNoContent)
	case r.Header.Get("Authorization") != "Token "+readmeToken:
		http.Error(w, "unauthorized", http.StatusUnauthorized)
	case r.URL.Path == "/api/v2/buckets":
		fmt.Fprintf(w, `{"buckets": [{"id": "b1", "orgID": "o1", "name": %q}]}`, r.URL.Query().Get("name"))
	case r.URL.Path == "/api/v2/dbrps":
		io.WriteString(w, `{"content": []}`)
	case r.URL.Path == "/api/v3/query_sql":
		io.WriteString(w, `[]`)
	case r.URL.Path == "/query":
		io.WriteString(w, `{"results": [{}]}`)
	case r.URL.Path == "/write" || r.URL.Path == "/api/v3/configure/database":
		body, _ := io.ReadAll(r.Body) // of a client that is gone, what came
		s.lines.Add(int64(bytes.Count(body, []byte("\n"))))
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

// freeCallback returns a callback address on a port that is free now.
func freeCallback(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	return strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) + "/"
}

// does types one line.
func (n *newcomer) does(line string) {
	n.t.Helper()
	n.t.Log(line)
	words := strings.Fields(line)
	switch {
	case words[0] == "export":
		n.env = append(n.env, words[1:]...)
	case line == "go test ./...":
	case words[0] == "docker" || words[0] == "cp":
		for _, w := range words {
			if strings.HasSuffix(w, ".yml") || strings.HasSuffix(w, ".example") {
				if _, err := os.Stat(filepath.Join("..", "..", w)); err != nil {
					n.t.Errorf("%s: %v", line, err)
				}
			}
		}
	case strings.HasPrefix(line, "fitvault emulate --listen"):
		n.serves(line)
	default:
		if out, err := n.shell(line).CombinedOutput(); err != nil {
			n.t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
}

// serves runs a line that serves until it is stopped.
func (n *newcomer) serves(line string) {
	n.t.Helper()
	cmd := n.shell(strings.Replace("exec "+line, "127.0.0.1:8089", "127.0.0.1:0", 1))
	var out buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); !strings.Contains(out.String(), "export FITBIT_API_URL=http://127.0.0.1:"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Errorf("%s does not say where it serves: %s", line, out.String())
			break
		}
	}
	cmd.Process.Signal(os.Interrupt)
	if cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted {
		n.t.Errorf("%s: exit code %d", line, cmd.ProcessState.ExitCode())
	}
}

// shell prepares a line for the shell: go's in the checkout, others at home.
func (n *newcomer) shell(line string) *exec.Cmd {
	at := strings.NewReplacer("http://localhost:8086", n.db.URL(), "http://influx2:8086", n.influx2.url,
		"http://influx3:8181", n.influx3.url, "http://victoria:8428", n.victoria.URL())
	cmd := exec.Command("sh", "-c", at.Replace(line))
	cmd.Env, cmd.Dir = slices.Clone(n.env), n.dir
	if strings.Contains(line, "fitvault export") {
		if n.exports++; n.exports > 4 { // by then every type was exported to a file and to a server
			cmd.Env = append(cmd.Env, "FITVAULT_TYPE=daily,night")
		}
	}
	if strings.HasPrefix(line, "go ") {
		cmd.Dir = filepath.Join("..", "..")
	}
	dieWithTest(cmd)
	return cmd
}
