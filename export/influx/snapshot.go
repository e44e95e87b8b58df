package influx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/influxdata/influxdb1-client/models"
)

// A DELETE of InfluxDB 1.x misses the points of a cache that is being written to disk, a
// snapshot, which takes a tenth of a second and more. It is worse: where a shard has nothing
// else of a series, the series leaves the index, so that no later DELETE finds those points,
// and they are back with the next write to the series. Seen with influxd 1.6.7.
const (
	snapshotLasts = time.Minute // at most; one that fails is repeated by the server every second
	snapshotPoll  = 10 * time.Millisecond
	deleteTries   = 5
)

// snapshots is what the server says of those of a database, by the number of the shard.
type snapshots struct {
	taken   map[string]string // bytes since the server started
	running bool
}

// began lists the shards in which a snapshot began after before.
func (s snapshots) began(before snapshots) []string {
	var ids []string
	for id, taken := range s.taken {
		if before.taken[id] != taken && (taken != "0" || before.taken[id] != "") {
			ids = append(ids, id)
		}
	}
	return ids
}

// removeAll sends a DELETE, and again where a snapshot was under way or began meanwhile.
// A user who may not ask about snapshots, which takes an admin, gets a plain DELETE.
func (s influx1) removeAll(ctx context.Context, measurement string, in policy, account string, from, to time.Time) error {
	before := s.rested.Load() // a reading that is old only makes a second DELETE likelier
	if before == nil {
		var err error
		if before, err = s.quiet(ctx); err != nil {
			return err
		}
	}
	var lost revival
	if before != nil {
		var err error
		if lost, err = s.revival(ctx, measurement, account, in, from, to); err != nil {
			return err
		}
	}
	for range deleteTries {
		q := fmt.Sprintf("DELETE FROM %s WHERE %s", ident(measurement), within(account, from, to))
		if _, err := s.query(ctx, "delete from "+measurement, q); err != nil || before == nil {
			return err
		}
		after, err := s.quiet(ctx)
		if err != nil || after == nil {
			return err
		}
		missed, err := s.revive(ctx, lost, after.began(*before))
		if err != nil || !missed {
			return err
		}
		before = after
	}
	e := s.failure("delete from "+measurement, fmt.Errorf("each of %d times the server was writing its cache to disk", deleteTries))
	e.remedy = "run the export again"
	return e
}

// quiet waits until no snapshot is under way. It returns nil when the user may not ask.
func (s influx1) quiet(ctx context.Context) (*snapshots, error) {
	const op = "ask whether it writes its cache to disk"
	for end := time.Now().Add(snapshotLasts); !s.noStats.Load(); {
		rows, err := s.query(ctx, op, "SHOW STATS FOR 'tsm1_cache'")
		if e, ok := errors.AsType[*Error](err); ok && e.answered() && !e.Temporary() {
			s.noStats.Store(true)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		now := snapshotsOf(rows, s.database)
		if !now.running {
			s.rested.Store(&now)
			return &now, nil
		}
		if time.Now().After(end) {
			e := s.failure(op, fmt.Errorf("it has been doing so for %s, and a DELETE would miss points", snapshotLasts))
			e.remedy = "look whether its disk is full, and run the export again"
			return nil, e
		}
		select {
		case <-ctx.Done():
			return nil, s.stopped(ctx, request{op: op})
		case <-time.After(snapshotPoll):
		}
	}
	return nil, nil
}

func snapshotsOf(rows []models.Row, database string) snapshots {
	now := snapshots{taken: make(map[string]string)}
	for _, row := range rows {
		for _, v := range row.Values {
			if row.Tags["database"] != database {
				continue
			}
			now.taken[row.Tags["id"]] = column(row, v, "cachedBytes")
			count := column(row, v, "snapshotCount")
			now.running = now.running || count != "0" && count != ""
		}
	}
	return now
}

// column returns a value of a row as text; "" when there is none.
func column(row models.Row, values []any, name string) string {
	if i := slices.Index(row.Columns, name); i >= 0 && i < len(values) {
		return fmt.Sprint(values[i])
	}
	return ""
}
