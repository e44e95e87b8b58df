package export

import (
	"bytes"
	"crypto/sha256"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"

	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

// written is a unit on its way to the target.
type written struct {
	unit    unit
	at      int // how many units were looked at by then
	rejects []store.Reject
	lines   *line.Batch    // what to send, until it stands in a batch
	send    int            // how many lines; 0 when the target holds them already
	gone    *period        // what to delete first; nil: nothing
	doubt   store.Exported // what to remember until the target has acknowledged
	memory  store.Exported // and then
}

// buffers hold the lines of units that were sent.
var buffers = sync.Pool{New: func() any { return new(line.Batch) }}

// write turns the points of a unit into the lines that the target gets.
func (j *job) write(u unit, c computed) (written, error) {
	w := written{unit: u, rejects: c.rejects, memory: store.Exported{Measurement: u.series.Measurement,
		From: u.span.From.String(), To: u.span.To.String(), NewestResponse: c.newest,
		Inputs: u.inputs, MappingVersion: j.vault.version(u)}}
	w.lines = buffers.Get().(*line.Batch)
	w.lines.Reset()
	tags := tagger{account: j.account}
	kinds := j.kinds[u.series.Measurement]
	for p := range c.all() {
		p.Tags = tags.of(p.Tags)
		if kinds != nil {
			p.Fields = adopt(p.Fields, kinds)
		}
		if err := w.lines.Append(p); err != nil {
			return w, err
		}
	}
	sum := sha256.Sum256(w.lines.Bytes())
	w.send, w.memory.Digest = w.lines.Len(), sum[:16]
	w.memory.Points, w.memory.Keys = w.send, c.keys(&tags).pack()
	return w, nil
}

// tagger adds the tag account to those of points, in order. Neighbours mostly have equal
// tags, which then are one slice.
type tagger struct {
	account  string
	was, now []catalog.Tag
}

func (t *tagger) of(tags []catalog.Tag) []catalog.Tag {
	if t.account == "" {
		return tags
	}
	if t.now == nil || !slices.Equal(t.was, tags) {
		i, _ := slices.BinarySearchFunc(tags, "account", func(t catalog.Tag, key string) int { return strings.Compare(t.Key, key) })
		t.was, t.now = tags, slices.Insert(slices.Clone(tags), i, catalog.Tag{Key: "account", Value: t.account})
	}
	return t.now
}

// adopt returns fields whose numbers have the kinds that a database holds.
func adopt(fields []catalog.Field, kinds map[string]catalog.Kind) []catalog.Field {
	out := slices.Clone(fields)
	for i, f := range out {
		switch kind := kinds[f.Key]; {
		case kind == catalog.Int && f.Value.Kind() == catalog.Float:
			out[i].Value = catalog.IntValue(int64(math.Round(f.Value.Float())))
		case kind == catalog.Float && f.Value.Kind() == catalog.Int:
			out[i].Value = catalog.FloatValue(float64(f.Value.Int()))
		}
	}
	return out
}

// compare finds what to send and what to delete, given what the target holds and its keys. Of a
// unit that is read in part, nothing is deleted: what did not read may still be held.
func (w *written) compare(old store.Exported, keys []byte, partial bool) error {
	either, err := joinKeys(keys, w.memory.Keys)
	if err != nil {
		return err
	}
	if partial {
		w.memory.Inputs, w.memory.Keys = nil, either // computed again next time
	} else if w.gone, err = vanished(keys, w.memory.Keys); err != nil {
		return err
	}
	if w.gone == nil && bytes.Equal(w.memory.Digest, old.Digest) {
		w.release()
		w.send = 0
	}
	w.doubt = old
	w.doubt.Measurement, w.doubt.From, w.doubt.To = w.memory.Measurement, w.memory.From, w.memory.To
	w.doubt = doubted(w.doubt)
	w.doubt.Keys = either
	return nil
}

// release gives the lines back.
func (w *written) release() {
	if w.lines != nil {
		buffers.Put(w.lines)
		w.lines = nil
	}
}

// changes reports whether the unit is to be sent or deleted from.
func (w *written) changes() bool { return w.send > 0 || w.gone != nil }

// batch gathers units that are sent together. It deletes at most one period first, so that no
// reader of the database sees a unit empty for longer than one delete and one write.
type batch struct {
	units []written
	first []int // line of each unit
	lines line.Batch
	gone  *period
	owner unit // the last unit that gone belongs to
}

// batchUnits bounds the units of a batch, for most of them may have few points or none.
const batchUnits = 1000

// takes reports whether a unit may join the batch: it has room, and what is to be deleted
// is next to what is to be deleted already. With a delete it has room for the lines of one
// write, otherwise for several.
func (b *batch) takes(w written, lines, several int) bool {
	if w.gone == nil && b.gone == nil {
		lines *= several
	}
	if b.lines.Len() > 0 && b.lines.Len()+w.send > lines || len(b.units) >= batchUnits {
		return false
	}
	return w.gone == nil || b.gone == nil || b.owner.series == w.unit.series && b.owner.span.To == w.unit.span.From
}

func (b *batch) add(w written) {
	b.first = append(b.first, b.lines.Len())
	if w.lines != nil && b.lines.Len() == 0 {
		b.lines, *w.lines = *w.lines, b.lines
	} else if w.lines != nil {
		b.lines.Add(w.lines)
	}
	w.release()
	b.units = append(b.units, w)
	switch {
	case w.gone == nil:
	case b.gone == nil:
		b.gone, b.owner = w.gone, w.unit
	default:
		b.gone, b.owner = &period{b.gone.from, w.gone.to}, w.unit
	}
}

// unitOf returns which unit a line is of.
func (b *batch) unitOf(line int) int {
	return sort.Search(len(b.first), func(i int) bool { return b.first[i] > line }) - 1
}
