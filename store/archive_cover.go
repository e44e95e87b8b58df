package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
)

// window returns the unfinished window of a family, made if there is none, and completes it.
func (f *finish) window(ctx context.Context, family ArchiveFamily) (id int64, err error) {
	if f.archive.ID == 0 {
		if f.archive.ID, err = noteArchive(ctx, f.tx, f.run, f.archive); err != nil {
			return 0, err
		}
	}
	if id, err = f.openWindow(ctx, Member{Family: family.Name}); err != nil {
		return 0, err
	}
	said := union(family.Members, Held.said)
	if len(said) == 0 { // nothing but headers: it is complete, and the truth for no day
		_, err = f.tx.ExecContext(ctx, "UPDATE windows SET state = 'complete' WHERE id = ?", id)
		return id, err
	}
	from, to := said[0][0], said[len(said)-1][1]
	_, err = f.tx.ExecContext(ctx, `UPDATE windows SET state = 'complete', from_date = ?, to_date = ?, elements = ?, settled_to = ? WHERE id = ?`,
		from, to, len(family.Members), cmp.Or(family.Settled, from), id)
	return id, err
}

// cover makes a window the truth for what its members say, as far as no later archive says
// anything of it: also that there is nothing. It closes the rejects of the family that
// earlier archives left.
func (f *finish) cover(ctx context.Context, window int64, family ArchiveFamily, others []archived) error {
	var later []Dates
	for _, o := range others {
		if o.archive.later(f.archive) {
			later = append(later, union(o.members, Held.said)...)
		}
	}
	for _, d := range minus(union(family.Members, Held.said), later) {
		if err := (covering{takeout, family.Name, d[0], d[1]}).cut(ctx, f.tx); err != nil {
			return err
		}
	}
	for _, d := range minus(union(family.Members, Held.days), later) {
		if err := (covering{takeout, family.Name, d[0], d[1]}).claim(ctx, f.tx, window); err != nil {
			return err
		}
	}
	return f.resolve(ctx, family.Name)
}

// resolve closes the rejects of a family that earlier archives left, but for those of other
// parts of this one. What is not kept is told apart by the name that its error begins with.
func (f *finish) resolve(ctx context.Context, family string) error {
	earlier := []int64{}
	for _, a := range f.archives {
		if f.archive.later(a) && !f.parts[a.ID] {
			earlier = append(earlier, a.ID)
		}
	}
	ids, err := json.Marshal(earlier)
	if err != nil {
		return err
	}
	bound := f.archive.Name
	if f.archive.Stamp.IsZero() {
		bound = "takeout-~" // it is later than whatever was imported
	}
	_, err = f.tx.ExecContext(ctx, `UPDATE rejects SET resolved_at = ? WHERE stage = 'fetch' AND resolved_at IS NULL
		AND source = 'takeout' AND type = ?
		AND (window_id IS NULL AND (error NOT LIKE 'takeout-%' OR error < ?)
			OR window_id IN (SELECT id FROM windows WHERE archive_id IN (SELECT value FROM json_each(?))))`,
		f.archive.Imported.UnixMilli(), family, bound, string(ids))
	return err
}

func (h Held) days() []Dates { return h.Days }

// said returns the dates that the member is the truth for.
func (h Held) said() []Dates {
	if h.To <= h.From {
		return nil
	}
	return []Dates{{h.From, h.To}}
}

// union joins what members give to disjoint ranges, oldest first.
func union(members []Held, give func(Held) []Dates) []Dates {
	var all []Dates
	for _, m := range members {
		all = append(all, give(m)...)
	}
	slices.SortFunc(all, func(a, b Dates) int { return cmp.Compare(a[0], b[0]) })
	var out []Dates
	for _, d := range all {
		if n := len(out); n > 0 && d[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], d[1])
			continue
		}
		out = append(out, d)
	}
	return out
}

// minus returns what is left of ranges when others are taken away.
func minus(ranges, others []Dates) []Dates {
	for _, o := range others {
		var rest []Dates
		for _, r := range ranges {
			if before := (Dates{r[0], min(r[1], o[0])}); before[0] < before[1] {
				rest = append(rest, before)
			}
			if after := (Dates{max(r[0], o[1]), r[1]}); after[0] < after[1] {
				rest = append(rest, after)
			}
		}
		ranges = rest
	}
	return ranges
}
