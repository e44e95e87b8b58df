package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
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
	Zone string // IANA name; of ByData "" too, from where on the data tells nothing
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

// SetZone notes by hand that a zone was in force from a date on, in the place of what was
// noted by hand of that date.
func (s *Store) SetZone(ctx context.Context, from, zone string) error {
	return s.exec(ctx, "set zone", `INSERT INTO zones (from_date, how, zone, noted_at) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET zone = excluded.zone, noted_at = excluded.noted_at`, from, ByHand, zone, time.Now().UnixMilli())
}

// UnsetZone takes back what was noted by hand of a date.
func (s *Store) UnsetZone(ctx context.Context, from string) error {
	return s.exec(ctx, "unset zone", "DELETE FROM zones WHERE from_date = ? AND how = ?", from, ByHand)
}

// ZonesByHand returns what was noted by hand, oldest first.
func (s *Store) ZonesByHand(ctx context.Context) ([]ZoneEntry, error) {
	return readZones(ctx, s.r, "WHERE how = ?", ByHand)
}

// ZoneRun is what the data tells of the dates [From, To): the zone, or "" where it tells
// nothing that the rest of the history does not.
type ZoneRun struct{ From, To, Zone string }

// NoteTravel takes over what the data tells of some dates. What is known by the data of all
// other dates stays, so that the order of the calls does not matter, and what is known
// already changes nothing.
func (s *Store) NoteTravel(ctx context.Context, runs []ZoneRun) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		have, err := readZones(ctx, tx, "WHERE how = ?", ByData)
		if err != nil {
			return err
		}
		want := have
		for _, r := range runs {
			want = overlaid(want, r)
		}
		for _, e := range have {
			if !slices.Contains(want, e) {
				if _, err := tx.ExecContext(ctx, "DELETE FROM zones WHERE from_date = ? AND how = ?", e.From, e.How); err != nil {
					return err
				}
			}
		}
		for _, e := range want {
			if !slices.Contains(have, e) {
				if _, err := tx.ExecContext(ctx, "INSERT INTO zones (from_date, how, zone, noted_at) VALUES (?, ?, ?, ?)",
					e.From, e.How, e.Zone, time.Now().UnixMilli()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// overlaid returns what the data tells with a run laid over it: an entry wherever that
// changes, oldest first.
func overlaid(all []ZoneEntry, r ZoneRun) []ZoneEntry {
	after := "" // what it tells of the day after the run
	var out []ZoneEntry
	for _, e := range all {
		if e.From <= r.To {
			after = e.Zone
		}
		if e.From < r.From || e.From > r.To {
			out = append(out, e)
		}
	}
	out = append(out, ZoneEntry{r.From, ByData, r.Zone}, ZoneEntry{r.To, ByData, after})
	slices.SortFunc(out, func(a, b ZoneEntry) int { return strings.Compare(a.From, b.From) })
	now := ""
	return slices.DeleteFunc(out, func(e ZoneEntry) bool {
		same := e.Zone == now
		now = e.Zone
		return same
	})
}

// Zones returns the zone history as it holds, oldest first: on each date the entry that
// is best known, of which the newest. Before the first one it is the first that holds; an
// entry by hand is the first one only where there is no other, for it says nothing of the
// dates before its own.
func (s *Store) Zones(ctx context.Context) ([]ZoneEntry, error) {
	all, err := readZones(ctx, s.r, "")
	return inForce(all), err
}

// ZonesBeside returns the zone history as it would hold if the data told nothing.
func (s *Store) ZonesBeside(ctx context.Context) ([]ZoneEntry, error) {
	all, err := readZones(ctx, s.r, "WHERE how <> ?", ByData)
	return inForce(all), err
}

func readZones(ctx context.Context, db querier, where string, args ...any) ([]ZoneEntry, error) {
	return list(ctx, db, "read zones", func(rows *sql.Rows) (e ZoneEntry, err error) {
		err = rows.Scan(&e.From, &e.How, &e.Zone)
		return e, err
	}, "SELECT from_date, how, zone FROM zones "+where+" ORDER BY from_date, noted_at", args...)
}

// hows are the ways of knowing a zone, the best first.
var hows = []string{ByHand, ByData, ByProfile, ByArchive, BySetting}

// Always is a date before all data: that of an entry for all dates before the first that is
// known.
const Always = "0001-01-01"

// inForce reduces entries ordered by date to those that change what is in force. What the
// data tells ends where it says so; any other entry holds until a newer one of its kind.
// On dates of which nothing is known, before and between journeys, home holds.
func inForce(all []ZoneEntry) []ZoneEntry {
	var out []ZoneEntry
	latest := map[string]ZoneEntry{}
	home, known := homeOf(all)
	for _, e := range all {
		latest[e.How] = e
		if e.Zone == "" {
			delete(latest, e.How)
		}
		best, ok := bestOf(latest)
		if !ok {
			best, ok = home, known
		}
		best.From = e.From
		switch n := len(out); {
		case !ok:
		case n > 0 && out[n-1].From == e.From:
			out[n-1] = best
		default:
			out = append(out, best)
		}
	}
	if known && len(out) > 0 && out[0].How != home.How && (out[0].How == ByData || out[0].How == ByHand) {
		out = slices.Insert(out, 0, ZoneEntry{Always, home.How, home.Zone})
	}
	return slices.CompactFunc(out, func(a, b ZoneEntry) bool { return a.Zone == b.Zone && a.How == b.How })
}

// bestOf returns the best known of entries by how they are known.
func bestOf(latest map[string]ZoneEntry) (ZoneEntry, bool) {
	for _, how := range hows {
		if e, ok := latest[how]; ok {
			return e, true
		}
	}
	return ZoneEntry{}, false
}

// homeOf returns the entry that holds where nothing else does: the first that comes neither
// from the data nor by hand, of several on one date the best known; else the first by hand.
func homeOf(all []ZoneEntry) (home ZoneEntry, known bool) {
	better := func(e ZoneEntry) bool {
		if byHand := home.How == ByHand; byHand || e.How == ByHand {
			return byHand && e.How != ByHand
		}
		return e.From == home.From && slices.Index(hows, e.How) < slices.Index(hows, home.How)
	}
	for _, e := range all {
		if e.How != ByData && (!known || better(e)) {
			home, known = e, true
		}
	}
	return home, known
}
