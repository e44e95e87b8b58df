package influx

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fitvault/export/influx/influxtest"
)

// snapshotBegins fills the cache of a shard until the server is seen to write it to disk, which
// on a busy machine may be over before anybody looks.
func snapshotBegins(t *testing.T, s *influxtest.Server, db string, at time.Time) {
	t.Helper()
	var lines []string
	for i := range 60_000 {
		lines = append(lines, fmt.Sprintf("fill,host=h%d v=%d %d", i%5_000, i, at.UnixNano()+int64(i)))
	}
	for range 20 {
		s.Write(db, lines...)
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
			if snapshotsOf(s.Query(db, "SHOW STATS FOR 'tsm1_cache'"), db).running {
				return
			}
		}
	}
	t.Fatal("no snapshot was seen")
}

// What was deleted stays away when the series is written again, whenever the snapshot begins:
// neither SELECT nor a second DELETE tells.
func TestDeleteMeetsSnapshot(t *testing.T) {
	options := map[string][]influxtest.Option{
		"inmem": {influxtest.WithCache(1 << 20)}, "tsi1": {influxtest.WithCache(1 << 20), influxtest.WithIndexOnDisk()},
	}
	for index, o := range options {
		for _, when := range []string{"before", "during"} {
			t.Run(index+" "+when, func(t *testing.T) {
				t.Parallel()
				s := influxtest.Start(t, o...)
				c := newClient(t, Options{URL: s.URL(), Database: "x"})
				if _, err := c.Prepare(t.Context(), nil, time.Time{}); err != nil {
					t.Fatal(err)
				}
				at, later := noon.UnixNano(), noon.AddDate(0, 0, 30).UnixNano()
				s.Write("x", fmt.Sprintf("steps,account=me count=1i,floors=2i %d", at),
					fmt.Sprintf("steps,account=me,by=a\\ b\\,c floors=2i %d", at+5),
					fmt.Sprintf("steps,account=me floors=2i %d", later), fmt.Sprintf("steps,account=you floors=2i %d", at))
				real := c.transport
				if when == "before" {
					snapshotBegins(t, s, "x", noon)
				} else {
					deletes := 0
					c.transport = transport(func(r *http.Request) (*http.Response, error) {
						if deletes += strings.Count(bodyOf(t, r), "DELETE+FROM"); deletes == 1 {
							deletes++
							snapshotBegins(t, s, "x", noon)
						}
						return real.RoundTrip(r)
					})
				}
				if err := c.Delete(t.Context(), "steps", "me", noon.Add(-time.Hour), noon.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				s.Write("x", fmt.Sprintf("steps,account=me count=7i %d", at), fmt.Sprintf("steps,account=me,by=a\\ b\\,c count=8i %d", at+5))
				s.Query("x", "DROP MEASUREMENT fill")
				want := []string{fmt.Sprintf("steps,account=me count=7i %d", at), fmt.Sprintf("steps,account=me floors=2i %d", later),
					fmt.Sprintf("steps,account=me,by=a\\ b\\,c count=8i %d", at+5), fmt.Sprintf("steps,account=you floors=2i %d", at)}
				if diff := cmp.Diff(want, s.Dump("x")); diff != "" {
					t.Errorf("after DELETE and write (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// bodyOf reads the body of a request and puts it back.
func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	if r.Body == nil {
		return ""
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.Body, err = r.GetBody(); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A user without the admin's right is refused once, and deletes as before.
func TestSnapshotsAreAskedForOnceWithoutTheRight(t *testing.T) {
	s := withUsers(t)
	s.Write("carols", fmt.Sprintf("steps,account=me count=1i %d", noon.UnixNano()))
	c := newClient(t, Options{URL: s.URL(), Database: "carols", Username: "carol", Password: password})
	real, asked := c.transport, 0
	c.transport = transport(func(r *http.Request) (*http.Response, error) {
		asked += strings.Count(bodyOf(t, r), "SHOW+STATS")
		return real.RoundTrip(r)
	})
	for range 2 {
		if err := c.Delete(t.Context(), "steps", "me", noon, noon); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Dump("carols"); len(got) != 0 || asked != 1 {
		t.Errorf("left: %q; asked %d times, want once", got, asked)
	}
}

// A server that never comes to rest gives an error in the end, and the DELETE counts as failed.
func TestSnapshotsWithoutEnd(t *testing.T) {
	const stats = `{"results":[{"series":[{"name":"tsm1_cache","tags":{"database":"x","id":"1"},` +
		`"columns":["cachedBytes","snapshotCount"],"values":[[%d,%d]]}]}]}`
	answers := map[string]string{
		"POLICIES": `{"results":[{"series":[{"columns":["name","duration","default"],"values":[["autogen","0s",true]]}]}]}`,
		"SERIES":   `{"results":[{"series":[{"columns":["key"],"values":[["steps,account=me"]]}]}]}`,
		"FIELD":    `{"results":[{"series":[{"name":"steps","columns":["fieldKey","fieldType"],"values":[["count","integer"]]}]}]}`,
		"SHARDS": `{"results":[{"series":[{"name":"x","columns":["id","retention_policy","start_time","end_time"],` +
			`"values":[[1,"autogen","2000-01-01T00:00:00Z","2100-01-01T00:00:00Z"]]}]}]}`,
		"DELETE": `{"results":[{}]}`,
	}
	for name, tt := range map[string]struct {
		step, running int
		says          []string
		deletes       int
	}{
		"one that stays": {0, 1, []string{"1m0s", "disk is full", "run the export again"}, 0},
		"always another": {1, 0, []string{"each of 5 times", "run the export again"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{URL: "http://db", Database: "x", Flavor: InfluxDB1})
				taken, deletes := 0, 0
				c.transport = transport(func(r *http.Request) (*http.Response, error) {
					body, text := bodyOf(t, r), ""
					defer r.Body.Close()
					if r.URL.Path == "/write" {
						return reply(http.StatusNoContent), nil
					}
					for word, answer := range answers {
						if strings.Contains(body, word) {
							text = answer
						}
					}
					if strings.Contains(body, "STATS") {
						taken += tt.step
						text = fmt.Sprintf(stats, taken, tt.running)
					}
					deletes += strings.Count(body, "DELETE")
					resp := reply(http.StatusOK)
					resp.Body = io.NopCloser(strings.NewReader(text))
					return resp, nil
				})
				err := c.Delete(t.Context(), "steps", "me", noon, noon)
				e, ok := errors.AsType[*Error](err)
				if !ok || !e.Temporary() || deletes != tt.deletes {
					t.Fatalf("Delete = %v after %d DELETEs, want a temporary error after %d", err, deletes, tt.deletes)
				}
				for _, says := range tt.says {
					if !strings.Contains(err.Error(), says) {
						t.Errorf("%q does not say %q", err, says)
					}
				}
			})
		})
	}
}
