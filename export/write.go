package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

// written is a unit on its way to the target.
type written struct {
	unit   unit
	lines  []catalog.Point // what to send; nil when the target holds it already
	gone   *period         // what to delete first; nil: nothing
	doubt  store.Exported  // what to remember until the target has acknowledged
	memory store.Exported  // and then
}

// write turns the points of a unit into what a target gets, with the tag account.
func write(u unit, points []catalog.Point, account string) (written, error) {
	w := written{unit: u, memory: store.Exported{Measurement: u.series.Measurement,
		From: u.span.From.String(), To: u.span.To.String(), Points: len(points),
		Inputs: u.inputs, MappingVersion: u.version()}}
	h := sha256.New()
	var buf []byte
	for i := range points {
		points[i].Tags = withAccount(points[i].Tags, account)
		var err error
		if buf, err = line.Append(buf[:0], points[i]); err != nil {
			return w, err
		}
		h.Write(buf)
	}
	w.lines, w.memory.Digest, w.memory.Keys = points, h.Sum(nil)[:16], keysOf(points).pack()
	return w, nil
}

// compare finds what to send and what to delete, given what the target holds. Of a unit
// that is read in part, nothing is deleted: what did not read may still be held.
func (w *written) compare(old store.Exported, partial bool) error {
	either, err := joinKeys(old.Keys, w.memory.Keys)
	if err != nil {
		return err
	}
	if partial {
		w.memory.Inputs, w.memory.Keys = nil, either // computed again next time
	} else if w.gone, err = vanished(old.Keys, w.memory.Keys); err != nil {
		return err
	}
	if w.gone == nil && bytes.Equal(w.memory.Digest, old.Digest) {
		w.lines = nil
	}
	w.doubt = old
	w.doubt.Measurement, w.doubt.From, w.doubt.To = w.memory.Measurement, w.memory.From, w.memory.To
	w.doubt = doubted(w.doubt)
	w.doubt.Keys = either
	return nil
}

// changes reports whether the unit is to be sent or deleted from.
func (w *written) changes() bool { return len(w.lines) > 0 || w.gone != nil }

// withAccount adds the tag account, in order.
func withAccount(tags []catalog.Tag, account string) []catalog.Tag {
	i, _ := slices.BinarySearchFunc(tags, "account", func(t catalog.Tag, key string) int { return strings.Compare(t.Key, key) })
	return slices.Insert(slices.Clone(tags), i, catalog.Tag{Key: "account", Value: account})
}

// batch gathers units for one write. It deletes at most one period first, so that no
// reader of the database sees a unit empty for longer than one delete and one write.
type batch struct {
	units  []written
	points int
	gone   *period
	owner  unit // the last unit that gone belongs to
}

// batchUnits bounds the units of a batch, for most of them may have few points or none.
const batchUnits = 1000

// takes reports whether a unit may join the batch: it has room, and what is to be deleted
// is next to what is to be deleted already.
func (b *batch) takes(w written, limit int) bool {
	if b.points > 0 && b.points+len(w.lines) > limit || len(b.units) >= batchUnits {
		return false
	}
	return w.gone == nil || b.gone == nil || b.owner.series == w.unit.series && b.owner.span.To == w.unit.span.From
}

func (b *batch) add(w written) {
	b.units = append(b.units, w)
	b.points += len(w.lines)
	switch {
	case w.gone == nil:
	case b.gone == nil:
		b.gone, b.owner = w.gone, w.unit
	default:
		b.gone, b.owner = &period{b.gone.from, w.gone.to}, w.unit
	}
}

// flush remembers what the target may hold from now on, deletes, writes, and only then
// remembers that the target does hold it.
func (j *job) flush(ctx context.Context) error {
	b := j.batch
	j.batch = batch{}
	if err := j.doubt(ctx, b.units); err != nil {
		return err
	}
	if b.gone != nil {
		if err := j.Writer.Delete(ctx, b.owner.series.Measurement, j.account, b.gone.from, b.gone.to); err != nil {
			return err
		}
		j.result.Deleted++
	}
	var lines line.Batch
	var owners []int // of each line, the unit
	for i, w := range b.units {
		for _, p := range w.lines {
			if err := lines.Append(p); err != nil {
				return err
			}
			owners = append(owners, i)
		}
	}
	refused, err := j.send(ctx, lines, 0)
	if err != nil {
		return err
	}
	left := map[int]bool{}
	for _, r := range refused {
		u := b.units[owners[r.line]].unit
		left[owners[r.line]] = true
		err := j.reject(ctx, store.Reject{Stage: "write", Type: u.series.Measurement, Error: fmt.Sprintf("%s in %v: %v", u.series.Measurement, u.span, r.err)})
		if err != nil {
			return err
		}
	}
	j.result.Points += lines.Len() - len(refused)
	return j.remember(ctx, b.units, left)
}

// doubt notes that units are about to change. Whatever becomes of the request, they are
// computed again until it is acknowledged, and every key that may be held is known.
func (j *job) doubt(ctx context.Context, units []written) error {
	var doubts []store.Exported
	for _, w := range units {
		if w.changes() {
			doubts = append(doubts, w.doubt)
		}
	}
	if j.Target.ID == 0 || len(doubts) == 0 {
		return nil
	}
	return j.Store.Remember(ctx, j.Target.ID, doubts)
}

func (j *job) remember(ctx context.Context, units []written, left map[int]bool) error {
	var done []store.Exported
	for i, w := range units {
		if len(w.lines) > 0 {
			j.result.Written++
		}
		if left[i] {
			w.memory = doubted(w.memory) // tried again next time
		}
		done = append(done, w.memory)
	}
	if j.Target.ID != 0 && len(done) > 0 {
		if err := j.Store.Remember(ctx, j.Target.ID, done); err != nil {
			return err
		}
	}
	if j.Progress != nil && len(units) > 0 {
		j.Progress(Progress{j.result.Units, len(j.units), units[len(units)-1].unit.series.Measurement, j.result.Points})
	}
	return nil
}

// refusal is a line that the target will never take.
type refusal struct {
	line int
	err  error
}

// send writes a batch, and where the target refuses it, its halves, until each refused
// line stands alone. first is the number of the batch's first line.
func (j *job) send(ctx context.Context, b line.Batch, first int) ([]refusal, error) {
	if b.Len() == 0 {
		return nil, nil
	}
	err := j.Writer.Write(ctx, b)
	var final interface{ Refused() bool }
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &final) || !final.Refused():
		return nil, err
	case b.Len() == 1:
		return []refusal{{first, err}}, nil
	}
	one, two := b.Halves()
	refused, err := j.send(ctx, one, first)
	if err != nil {
		return nil, err
	}
	more, err := j.send(ctx, two, first+one.Len())
	return append(refused, more...), err
}
