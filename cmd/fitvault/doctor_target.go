package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"fitvault/export/influx"
	"fitvault/export/schema"
	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// target looks at the server that flags or environment name, and makes nothing there.
func (d *checkup) target(ctx context.Context) {
	if !d.c.IsSet("influx-url") && os.Getenv("DB_HOST") == "" && os.Getenv("DB_PORT") == "" || ctx.Err() != nil {
		return
	}
	o, err := influxOptions(d.c)
	if err != nil {
		return // told with the settings
	}
	o.RetryFor, o.Timeout = -1, 10*time.Second
	client, err := influx.New(o)
	if err != nil {
		return // and this
	}
	defer client.Close()
	oldest, err := d.oldest(ctx)
	if err != nil {
		d.add(finding{Check: "target", Verdict: faulty, Found: err.Error(), Remedy: damaged})
		return
	}
	s, ok := schema.Lookup(d.c.String("schema"))
	if !ok {
		return // and this
	}
	_, there, err := client.Check(ctx, s.Measurements, oldest)
	if at, err := client.Clock(ctx); err == nil && d.time == nil {
		d.time = &drift{client.Name(), time.Now(), at}
	}
	if ctx.Err() != nil {
		return
	}
	name := fmt.Sprintf("%s at %s", client.Name(), placeOf(o))
	d.add(judgeTarget(there, err, name))
	if inMemory, err := client.IndexInMemory(ctx); err == nil && inMemory { // an error: the user may not ask
		d.add(finding{Check: "target index", Verdict: warning,
			Found: name + ": its index is in memory (inmem), which loses series after some deletions",
			Remedy: `set index-version = "tsi1" in [data] of its configuration; for existing data, stop it, run influx_inspect buildtsi ` +
				"-datadir DATA -waldir WAL as its user, and start it again"})
	}
}

// elsewhere is what to do about an error that does not tell.
const elsewhere = "look at the server's log, and check --influx-url"

func judgeTarget(there bool, err error, target string) finding {
	f := finding{Check: "target", Verdict: faulty}
	var failed *influx.Error
	switch {
	case errors.As(err, &failed):
		f.Remedy = orElse(failed.Remedy(), elsewhere)
		f.Found = strings.TrimSuffix(err.Error(), "; "+failed.Remedy())
	case err != nil: // a kind or a retention, whose remedy stands behind
		f.Found, f.Remedy, _ = strings.Cut(err.Error(), "; ")
		f.Remedy = orElse(f.Remedy, elsewhere)
	case !there:
		f.Verdict, f.Found = allRight, target+": it answers; the database is not there yet, and the first export makes it if this user may"
	default:
		f.Verdict, f.Found = allRight, target+": it answers, keeps all days of the vault, and its fields have the right kinds"
	}
	return f
}

// oldest returns the earliest instant that an export of the vault may write; zero when
// there is nothing to export.
func (d *checkup) oldest(ctx context.Context) (time.Time, error) {
	if d.st == nil {
		return time.Time{}, nil
	}
	zones, err := fetch.Zones(ctx, d.st)
	if err != nil {
		return time.Time{}, err
	}
	first := ""
	for _, s := range catalog.Sources() {
		coverage, err := d.st.Coverage(ctx, string(s))
		if err != nil {
			return time.Time{}, err
		}
		for name, rows := range coverage {
			if !exportable(s, name) {
				continue
			}
			i := slices.IndexFunc(rows, func(c store.Covered) bool { return c.Window.Elements > 0 })
			if i >= 0 && (first == "" || rows[i].From < first) {
				first = rows[i].From
			}
		}
	}
	if first == "" {
		return time.Time{}, nil
	}
	day, err := catalog.ParseDay(first)
	if since, _, serr := days(d.c); serr == nil && since != nil {
		day = max(day, *since)
	}
	return zones.Start(day), err
}

// exportable reports whether what is staged under a name may be read to points of the days
// that it covers. A snapshot is not of them.
func exportable(s catalog.Source, name string) bool {
	if s == catalog.Takeout {
		return slices.ContainsFunc(catalog.Types(), func(t catalog.Type) bool {
			return slices.ContainsFunc(t.Takeout, func(o *catalog.Origin) bool { return o.Points() && t.StagedAs(o) == name })
		})
	}
	t, ok := catalog.Lookup(name)
	return ok && t.Origin(s) != nil && !t.Origin(s).Ask.Snapshot()
}
