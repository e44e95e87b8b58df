package main

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/export"
	"fitvault/export/influx"
	"fitvault/export/line"
	"fitvault/export/schema"
	"fitvault/store"
)

// foresee says what an export to a server would change, and changes neither the server nor the
// vault. It takes no lock.
func (a *app) foresee(ctx context.Context, c *cli.Command, e *export.Exporter, p place, client *influx.Client) error {
	t, found, err := e.Store.FindTarget(ctx, p.address, p.database, e.Schema.Name)
	if err != nil {
		return err
	}
	if e.Target = t; !found {
		e.Target = store.Target{ID: unheardOf}
	}
	e.Writer = watcher{client}
	_, err = a.replay(ctx, c, e, p.String())
	return err
}

// unheardOf is the id of a target that the vault has no row of. It holds nothing, and unlike a
// target without memory it gets whole units.
const unheardOf = -1

// watcher is a server that is only looked at.
type watcher struct{ *influx.Client }

func (w watcher) Prepare(ctx context.Context, want []*schema.Measurement, oldest time.Time) (schema.Held, error) {
	held, _, err := w.Check(ctx, want, oldest)
	return held, err
}

var errWatched = errors.New("a dry run changes nothing")

func (watcher) Write(context.Context, line.Batch) error { return errWatched }

func (watcher) Delete(context.Context, string, string, time.Time, time.Time) error { return errWatched }
