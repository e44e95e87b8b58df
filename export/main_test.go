package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/influxdata/influxdb1-client/models"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store"
	"fitvault/store/catalog"
)

func TestMain(m *testing.M) { os.Exit(influxtest.Main(m)) }

// vault is a vault that a test stages answers in.
type vault struct {
	*store.Store
	t      testing.TB
	run    int64
	now    time.Time        // of the next answer
	clock  time.Time        // of the next export; zero: now
	prefer []catalog.Source // of every export, as are those below
	types  []catalog.Type   // nil: the catalogue's
	schema *schema.Schema   // nil: native
	device string
}

// newVault makes an empty vault of a person in Berlin.
func newVault(t testing.TB, account string) *vault {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "vault.db"), store.Options{Create: true, Account: account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	v := &vault{Store: st, t: t, now: time.Date(2025, 11, 1, 12, 0, 0, 0, time.UTC)}
	if v.run, err = st.BeginRun(t.Context(), "fetch", "test"); err != nil {
		t.Fatal(err)
	}
	must(t, st.NoteZone(t.Context(), store.ZoneEntry{From: "2000-01-01", How: store.ByProfile, Zone: "Europe/Berlin"}))
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stage stages a complete window over [from, to) that no sync is known for.
func (v *vault) stage(typ, from, to, body string) {
	v.t.Helper()
	v.stageSynced(typ, from, to, body, time.Time{})
}

func (v *vault) stageSynced(typ, from, to, body string, synced time.Time) {
	v.t.Helper()
	v.stageWindow(store.Window{Source: "fitbit", Type: typ, From: from, To: to, Synced: synced, SettledTo: from}, body)
}

// stageWindow stages a complete window whose pages are these.
func (v *vault) stageWindow(w store.Window, pages ...string) {
	v.t.Helper()
	v.stageCounted(w, 1, pages...)
}

// stageCounted does so for pages of so many elements each.
func (v *vault) stageCounted(w store.Window, elements int, pages ...string) {
	v.t.Helper()
	v.stageAt("", w, elements, pages...)
}

// stageAt does so for pages that were asked for by a path.
func (v *vault) stageAt(path string, w store.Window, elements int, pages ...string) {
	v.t.Helper()
	v.now = v.now.Add(time.Minute)
	w.Asked, w.Elements = v.now, elements
	var err error
	for i, body := range pages {
		if w.State = store.Partial; i == len(pages)-1 {
			w.State = store.Complete
		}
		w.ID, err = v.Stage(v.t.Context(), store.Page{Window: w, Run: v.run, Number: i, Method: "GET",
			Path: fmt.Sprintf("%s/%d", path, i), Status: 200, Fetched: v.now, Zone: "Europe/Berlin", Body: []byte(body)})
		must(v.t, err)
	}
}

// zoneFrom notes by hand that a zone is in force from a date on.
func (v *vault) zoneFrom(date, zone string) {
	v.t.Helper()
	must(v.t, v.NoteZone(v.t.Context(), store.ZoneEntry{From: date, How: store.ByHand, Zone: zone}))
}

// to returns an exporter of everything into a target of this name; "" is one without memory.
func (v *vault) to(name string, w export.Writer) *export.Exporter {
	v.t.Helper()
	e := &export.Exporter{Store: v.Store, Writer: w, Log: slog.New(slog.DiscardHandler), Types: catalog.Types(), Prefer: v.prefer, Writes: 1,
		Schema: v.schema, Device: v.device}
	e.SetTypes(v.types)
	if !v.clock.IsZero() {
		e.SetClock(v.clock)
	}
	if name != "" {
		as := "native"
		if v.schema != nil {
			as = v.schema.Name
		}
		var err error
		e.Target, err = v.UseTarget(v.t.Context(), "http://test", name, as)
		must(v.t, err)
	}
	return e
}

func (v *vault) export(e *export.Exporter) export.Result {
	v.t.Helper()
	res, err := e.Export(v.t.Context())
	must(v.t, err)
	return res
}

// fresh returns a full export as lines.
func (v *vault) fresh() []string {
	v.t.Helper()
	var b bytes.Buffer
	w := line.New(&b)
	v.export(v.to("", w))
	must(v.t, w.Close())
	return normal(v.t, b.String())
}

// held returns what a target is remembered to hold, as far as it is acknowledged.
func (v *vault) held(name string) map[string]store.Exported {
	v.t.Helper()
	target := v.to(name, nil).Target.ID
	all, err := v.Exported(v.t.Context(), target)
	must(v.t, err)
	out := map[string]store.Exported{}
	for measurement, units := range all {
		for from, e := range units {
			if len(e.Inputs) > 0 {
				e.Keys, err = v.ExportedKeys(v.t.Context(), target, measurement, from)
				must(v.t, err)
				out[measurement+" "+from] = e
			}
		}
	}
	return out
}

// points returns how many points a target is remembered to hold.
func (v *vault) points(name string) int {
	v.t.Helper()
	targets, err := v.Targets(v.t.Context())
	must(v.t, err)
	for _, target := range targets {
		if target.Database == name {
			return target.Points
		}
	}
	return 0
}

// normal returns lines as Dump writes them, in its order.
func normal(t testing.TB, text string) []string {
	t.Helper()
	points, err := models.ParsePointsString(text)
	must(t, err)
	var out []string
	for _, p := range points {
		fields, err := p.Fields()
		must(t, err)
		q, err := models.NewPoint(string(p.Name()), p.Tags(), fields, p.Time())
		must(t, err)
		out = append(out, q.String())
	}
	slices.Sort(out)
	return out
}

// same compares two sets of lines.
func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// database is a database of the real influxd.
type database struct {
	*influx.Client
	server *influxtest.Server
	name   string
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	s := influxtest.Shared(t)
	return openDatabase(t, s, s.Database())
}

func openDatabase(t testing.TB, s *influxtest.Server, name string) *database {
	t.Helper()
	c, err := influx.New(influx.Options{URL: s.URL(), Database: name})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return &database{c, s, name}
}

func (d *database) dump() []string { return d.server.Dump(d.name) }

// of returns what the database holds of an account; of all when it is empty.
func (d *database) of(t testing.TB, account string) []string {
	t.Helper()
	whose := ""
	if account != "" {
		whose = fmt.Sprintf(`WHERE "account" = '%s' `, account)
	}
	var out []string
	for _, row := range d.server.Query(d.name, "SELECT * FROM /.*/ "+whose+"GROUP BY *") {
		for _, values := range row.Values {
			l := row.Name + tagText(row.Tags)
			for i, column := range row.Columns {
				if values[i] != nil {
					l += " " + column + "=" + valueText(values[i])
				}
			}
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

func tagText(tags map[string]string) string {
	var out []string
	for k, v := range tags {
		if v != "" {
			out = append(out, ","+k+"="+v)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// valueText writes numbers alike, whichever way they came.
func valueText(v any) string {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if strings.ContainsAny(v.String(), ".e") && err == nil {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// asRows writes lines as of does.
func asRows(t testing.TB, lines []string) []string {
	t.Helper()
	points, err := models.ParsePointsString(strings.Join(lines, "\n"))
	must(t, err)
	var out []string
	for _, p := range points {
		fields, err := p.Fields()
		must(t, err)
		l := string(p.Name()) + tagText(p.Tags().Map()) + " time=" + strconv.FormatInt(p.UnixNano(), 10)
		keys := make([]string, 0, len(fields))
		for k := range fields {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			l += " " + k + "=" + valueText(fields[k])
		}
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// recorder notes what is asked of a target, and may fail it. Without a target below, what
// is written is dropped.
type recorder struct {
	mu     sync.Mutex
	below  export.Writer
	ops    []string
	lines  []string // written, of the last export
	fail   func(op string) error
	lost   bool // a failing write and delete reach the target below all the same
	refuse func(line string) bool
	isNew  bool
	oldest time.Time
}

var errDown = errors.New("the target is down")

// refused is what a target answers that will never take a batch.
type refused struct{}

func (refused) Error() string { return "field type conflict" }
func (refused) Refused() bool { return true }

func (r *recorder) do(op string, below func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, op)
	if r.fail != nil {
		if err := r.fail(op); err != nil {
			if r.lost && r.below != nil {
				if err := below(); err != nil {
					return err
				}
			}
			return err
		}
	}
	if r.below == nil {
		return nil
	}
	return below()
}

func (r *recorder) Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (held schema.Held, err error) {
	r.oldest = oldest
	err = r.do("prepare", func() error {
		held, err = r.below.Prepare(ctx, want, oldest)
		return err
	})
	held.Fresh = held.Fresh || r.isNew
	return held, err
}

func (r *recorder) Write(ctx context.Context, b line.Batch) error {
	return r.do(fmt.Sprintf("write %d", b.Len()), func() error {
		text := strings.TrimSuffix(string(b.Bytes()), "\n")
		if r.refuse != nil && slices.ContainsFunc(strings.Split(text, "\n"), r.refuse) {
			return refused{}
		}
		r.lines = append(r.lines, strings.Split(text, "\n")...)
		return r.below.Write(ctx, b)
	})
}

func (r *recorder) Delete(ctx context.Context, measurement, account string, from, to time.Time) error {
	const layout = "2006-01-02T15:04:05"
	op := fmt.Sprintf("delete %s %s %s %s", measurement, account, from.UTC().Format(layout), to.UTC().Format(layout))
	return r.do(op, func() error { return r.below.Delete(ctx, measurement, account, from, to) })
}

func (r *recorder) Close() error { return nil }

// count returns how many operations of a kind there were.
func (r *recorder) count(kind string) int {
	n := 0
	for _, op := range r.ops {
		if strings.HasPrefix(op, kind) {
			n++
		}
	}
	return n
}

// discard takes everything and keeps nothing.
var discard = func() export.Writer { return line.New(io.Discard) }
