//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"fitvault/export/influx/influxtest"
)

// benchRun is what a run of fitvault export, or of the minimal client, took.
type benchRun struct {
	took, cpu time.Duration
	peak      int64 // bytes of resident memory
	points    int   // sent
}

func (r benchRun) perSecond() float64 { return float64(r.points) / r.took.Seconds() }

// benchExport runs the binary's export of a vault.
func benchExport(b *testing.B, vault string, args ...string) benchRun {
	b.Helper()
	dir := filepath.Dir(vault)
	cmd := exec.Command(binary, append([]string{"export", "--quiet", "--json", "--vault", vault}, args...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC"}
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	dieWithTest(cmd)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	peak := watchPeak(cmd.Process.Pid)
	err := cmd.Wait()
	r := benchRun{took: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: peak()}
	if err != nil {
		b.Fatalf("export: %v\n%s", err, told.String())
	}
	var answer struct{ Points int }
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		b.Fatalf("export --json: %v\n%s", err, out.String())
	}
	r.points = answer.Points
	return r
}

// watchPeak follows a process and returns what tells the peak of its resident memory, in bytes,
// once it has ended. Maxrss of its rusage would not do: between fork and exec a child counts
// the memory of the test binary as its own (man 2 getrusage; Linux keeps the higher of both).
func watchPeak(pid int) func() int64 {
	peak := make(chan int64)
	ended := make(chan struct{})
	go func() {
		var most int64
		for {
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // none when it ended
			if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
				kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
				most = max(most, kib<<10)
			}
			select {
			case <-ended:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(ended)
		return <-peak
	}
}

// benchDatabase is the name of the one database of each influxd.
const benchDatabase = "fitbit"

// freshInflux starts an influxd that holds nothing, when what others wrote is on the disk.
func freshInflux(b *testing.B) *influxtest.Server {
	b.Helper()
	syscall.Sync()
	return influxtest.Start(b)
}

// toInflux are the arguments of an export into a server.
func toInflux(s *influxtest.Server) []string {
	return []string{"--influx-url", s.URL(), "--influx-database", benchDatabase}
}

// postLines is the minimal client: it posts batches in their order, each as it lies there, so
// many at a time.
func postLines(b *testing.B, s *influxtest.Server, batches [][]byte, requests int) benchRun {
	b.Helper()
	s.Query("", "CREATE DATABASE "+benchDatabase)
	to := s.URL() + "/write?precision=ns&db=" + url.QueryEscape(benchDatabase)
	client := &http.Client{}
	var g errgroup.Group
	g.SetLimit(requests)
	began := time.Now()
	for _, batch := range batches {
		g.Go(func() error {
			resp, err := client.Post(to, "text/plain; charset=utf-8", bytes.NewReader(batch))
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body) // empty, or why
			if resp.StatusCode != http.StatusNoContent {
				return fmt.Errorf("write: %s: %s", resp.Status, text)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	r := benchRun{took: time.Since(began)}
	for _, batch := range batches {
		r.points += bytes.Count(batch, []byte("\n"))
	}
	return r
}

// batched cuts lines into batches of so many.
func batched(lines []byte, many int) [][]byte {
	var out [][]byte
	for from := 0; from < len(lines); {
		to := from
		for range many {
			n := bytes.IndexByte(lines[to:], '\n')
			if n < 0 {
				break
			}
			to += n + 1
		}
		out = append(out, lines[from:to])
		from = to
	}
	return out
}

// writeRequests returns how many writes a server has been sent.
func writeRequests(b *testing.B, s *influxtest.Server) int {
	b.Helper()
	resp, err := http.Get(s.URL() + "/debug/vars")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	vars := map[string]json.RawMessage{}
	if err := json.NewDecoder(resp.Body).Decode(&vars); err != nil {
		b.Fatal(err)
	}
	for name, text := range vars {
		var module struct{ Values struct{ WriteReq *int } }
		if strings.HasPrefix(name, "httpd") && json.Unmarshal(text, &module) == nil && module.Values.WriteReq != nil {
			return *module.Values.WriteReq
		}
	}
	b.Fatal("influxd does not tell its write requests")
	return 0
}

// heldPoints returns how many values of the heart rate a server holds.
func heldPoints(b *testing.B, s *influxtest.Server) string {
	b.Helper()
	rows := s.Query(benchDatabase, "SELECT count(bpm) FROM heart_rate")
	if len(rows) != 1 {
		b.Fatalf("influxd holds no heart rate: %v", rows)
	}
	return fmt.Sprint(rows[0].Values[0][1])
}
