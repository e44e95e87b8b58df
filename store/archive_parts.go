package store

import (
	"context"
	"database/sql"
	"path"
)

// partsOf returns the archives that are other parts of the one that is finished. Where a name
// does not tell (parts that were renamed, or unpacked to Takeout and Takeout 2), what they
// hold does: each export is a full snapshot, so that two of a person have names of members in
// common, and parts of one have none (takeout-archive.md sections 1, 2).
func (f *finish) partsOf(ctx context.Context, families []ArchiveFamily) (map[int64]bool, error) {
	parts, nameless := map[int64]bool{}, map[int64]bool{}
	compare := false
	for _, a := range f.archives {
		nameless[a.ID] = a.ID != f.archive.ID && (a.Stamp.IsZero() || f.archive.Stamp.IsZero())
		parts[a.ID] = a.same(f.archive) || nameless[a.ID]
		compare = compare || nameless[a.ID]
	}
	if !compare {
		return parts, nil
	}
	own := map[int64]bool{}
	for _, family := range families {
		for _, m := range family.Members {
			own[m.Response] = true
		}
	}
	type file struct {
		response, archive int64
		family, base      string
	}
	files, err := list(ctx, f.tx, "list members", func(rows *sql.Rows) (x file, err error) {
		err = rows.Scan(&x.response, &x.archive, &x.family, &x.base)
		x.base = path.Base(x.base)
		return x, err
	}, `SELECT r.id, ifnull(w.archive_id, was.archive_id), was.type, r.path FROM responses r JOIN windows was ON was.id = r.window_id
		LEFT JOIN members m ON m.response_id = r.id LEFT JOIN windows w ON w.id = m.window_id AND w.state = 'complete'
		WHERE was.source = 'takeout'`)
	if err != nil {
		return nil, err
	}
	type name struct{ family, base string }
	has := map[name]bool{}
	for _, x := range files {
		if own[x.response] {
			has[name{x.family, x.base}] = true
		}
	}
	for _, x := range files {
		if nameless[x.archive] && has[name{x.family, x.base}] {
			parts[x.archive] = false
		}
	}
	return parts, nil
}
