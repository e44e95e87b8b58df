package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// How a zone is known, the best first.
const (
	ByHand    = "hand"
	ByData    = "data"    // from offsets inside the data
	ByProfile = "profile" // from the day the profile was read
	ByArchive = "archive" // from the profile in an archive
	BySetting = "setting" // --zone, where no profile could be read
)

// ZoneEntry says that a zone was in force from a date on, and how that is known.
type ZoneEntry struct {
	From string // date
	How  string
	Zone string // IANA name
}

// Names returns the entry's date and zone.
func (e ZoneEntry) Names() (from, zone string) { return e.From, e.Zone }

// NoteZone adds to the zone history. What the newest entry of the same kind says already
// adds nothing.
func (s *Store) NoteZone(ctx context.Context, e ZoneEntry) error {
	return s.exec(ctx, "note zone", `INSERT INTO zones (from_date, how, zone, noted_at) SELECT ?1, ?2, ?3, ?4
		WHERE ?3 IS NOT (SELECT zone FROM zones WHERE how = ?2 AND from_date <= ?1 ORDER BY from_date DESC LIMIT 1)
		ON CONFLICT DO UPDATE SET zone = excluded.zone, noted_at = excluded.noted_at`,
		e.From, e.How, e.Zone, time.Now().UnixMilli())
}

// Zones returns the zone history as it holds, oldest first: on each date the entry that
// is best known, of which the newest. Before the first one it is the first that holds.
func (s *Store) Zones(ctx context.Context) ([]ZoneEntry, error) {
	all, err := list(ctx, s.r, "read zones", func(rows *sql.Rows) (e ZoneEntry, err error) {
		err = rows.Scan(&e.From, &e.How, &e.Zone)
		return e, err
	}, "SELECT from_date, how, zone FROM zones ORDER BY from_date, noted_at")
	if err != nil {
		return nil, err
	}
	return inForce(all), nil
}

// inForce reduces entries ordered by date to those that change what is in force.
func inForce(all []ZoneEntry) []ZoneEntry {
	var out []ZoneEntry
	latest := map[string]ZoneEntry{}
	for _, e := range all {
		latest[e.How] = e
		for _, how := range []string{ByHand, ByData, ByProfile, ByArchive, BySetting} {
			best, ok := latest[how]
			if !ok {
				continue
			}
			best.From = e.From
			if n := len(out); n > 0 && out[n-1].From == e.From {
				out[n-1] = best
			} else {
				out = append(out, best)
			}
			break
		}
	}
	return slices.CompactFunc(out, func(a, b ZoneEntry) bool { return a.Zone == b.Zone && a.How == b.How })
}
