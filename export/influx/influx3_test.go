package influx

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func TestTablesAreDeletedWholeOnly(t *testing.T) {
	f := newFake3(t)
	c := newClient(t, f.options("fitbit"))
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	from, to := time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
	f.store("fitbit").seed(t, "steps,account=me count=1i 1", "floors count=1i 1", "floors,account=me count=1i 1", `odd\ "t\,able",account=me v=1 1`)
	for _, r := range [][2]time.Time{{from, noon}, {noon, to}, {noon, noon}} {
		if err := c.Delete(t.Context(), "steps", "me", r[0], r[1]); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "--rebuild") {
			t.Errorf("Delete of a range = %v, want unsupported with the remedy", err)
		}
	}
	if err := c.Delete(t.Context(), "floors", "me", from, to); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Delete of a table that has points without account = %v, want unsupported", err)
	}
	if got := f.store("fitbit").lines(); len(got) != 4 {
		t.Fatalf("left %q", got)
	}
	for _, table := range []string{"steps", "steps", `odd "t,able"`, "never written"} {
		if err := c.Delete(t.Context(), table, "me", from, to); err != nil {
			t.Errorf("Delete of %s: %v", table, err)
		}
	}
	if got := f.store("fitbit").lines(); len(got) != 2 {
		t.Errorf("left %q, want floors", got)
	}
}

// A release without headers is recognized as well, and a database that the token may not
// make is told with what an admin runs.
func TestDatabaseOfInfluxDB3(t *testing.T) {
	f := newFake3(t)
	f.headless = true
	may := false
	url := proxy(t, f.url, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/v3/configure/database" && !may {
			refuse3(w, 403, "requestor is forbidden from requested resource", nil)
			return true
		}
		return false
	})
	o := f.options("my fit")
	o.URL = url
	c := newClient(t, o)
	steps := seriesOf("steps", "count", catalog.Int)
	_, err := c.Prepare(t.Context(), steps, noon)
	if err == nil || !strings.Contains(err.Error(), `InfluxDB 3.8.0 at `+url) || !strings.Contains(err.Error(), `influxdb3 create database "my fit"`) {
		t.Errorf("Prepare = %v, want the remedy", err)
	}
	if held, there, err := c.Check(t.Context(), steps, noon); there || !held.Fresh || err != nil {
		t.Errorf("Check = %+v, %v, %v; want a database that is not there", held, there, err)
	}
	may = true
	f.keeps = time.Hour
	if held, err := c.Prepare(t.Context(), steps, noon); !held.Fresh || err == nil || !strings.Contains(err.Error(), "keeps points for 1h") {
		t.Errorf("Prepare = %+v, %v; want fresh beside an error of retention", held, err)
	}
	f.keeps = 0
	for range 2 {
		if held, err := c.Prepare(t.Context(), steps, noon); err != nil || !held.Fresh {
			t.Errorf("Prepare = %+v, %v; want fresh", held, err)
		}
	}
	if _, there, err := c.Check(t.Context(), steps, noon); !there || err != nil {
		t.Errorf("Check = %v, %v; want a database", there, err)
	}
}

// Somebody else may make the database in between, and so may a request whose answer is lost.
func TestDatabaseMadeInBetween(t *testing.T) {
	f := newFake3(t)
	o := f.options("fitbit")
	o.URL = proxy(t, f.url, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/v3/configure/database" {
			f.store("fitbit")
		}
		return false
	})
	if held, err := newClient(t, o).Prepare(t.Context(), nil, noon); err != nil || !held.Fresh {
		t.Errorf("Prepare = %+v, %v; want fresh", held, err)
	}
}
