package export

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"fitvault/store/catalog"
)

// A database deletes points, not fields, and its memory would double the vault. So of
// what a target holds only the keys are kept: which points there are, and which fields
// each has, without values. A key that is no longer produced is a point to delete.

// keys maps a kind of point (tags and field names) to the times at which one exists,
// ascending, in Unix nanoseconds.
type keys map[string][]int64

// keysOf returns the keys of points ordered by time, as they are tagged. A kind is a line of tags and a line
// for each field; %q leaves no line break in any of them.
func keysOf(points []catalog.Point, tags *tagger) keys {
	at := map[string]*[]int64{}
	var times *[]int64
	for i := range points {
		if p := &points[i]; i == 0 || !alike(p, &points[i-1]) {
			kind := kindOf(tags.of(p.Tags), p.Fields)
			if times = at[kind]; times == nil {
				times = new([]int64)
				at[kind] = times
			}
		}
		*times = append(*times, points[i].Time.UnixNano())
	}
	k := keys{}
	for kind, times := range at {
		k[kind] = *times
	}
	return k
}

// kindOf returns the kind of points with these tags and fields.
func kindOf(tags []catalog.Tag, fields []catalog.Field) string {
	var kind []byte
	for _, t := range tags {
		kind = append(strconv.AppendQuote(append(strconv.AppendQuote(kind, t.Key), '='), t.Value), ',')
	}
	for _, f := range fields {
		kind = strconv.AppendQuote(append(kind, '\n'), f.Key)
	}
	return string(kind)
}

// alike reports whether two points are of one kind.
func alike(a, b *catalog.Point) bool {
	return slices.Equal(a.Tags, b.Tags) && slices.EqualFunc(a.Fields, b.Fields, func(x, y catalog.Field) bool { return x.Key == y.Key })
}

// len returns how many points there are.
func (k keys) len() int {
	n := 0
	for _, times := range k {
		n += len(times)
	}
	return n
}

var (
	packer, _   = zstd.NewWriter(nil, zstd.WithWindowSize(64<<10), zstd.WithLowerEncoderMem(true))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(1<<30))
)

// pack encodes keys for the vault: for each kind its text, how many times follow, and the
// times as differences, compressed.
func (k keys) pack() []byte {
	if len(k) == 0 {
		return []byte{}
	}
	var raw []byte
	kinds := make([]string, 0, len(k))
	for kind := range k {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		raw = binary.AppendUvarint(raw, uint64(len(kind)))
		raw = append(raw, kind...)
		raw = binary.AppendUvarint(raw, uint64(len(k[kind])))
		last := int64(0)
		for _, t := range k[kind] {
			raw = binary.AppendVarint(raw, t-last)
			last = t
		}
	}
	return packer.EncodeAll(raw, nil)
}

var errKeys = errors.New("the export memory is damaged: run with --rebuild")

func unpackKeys(packed []byte) (keys, error) {
	k := keys{}
	if len(packed) == 0 {
		return k, nil
	}
	raw, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return nil, errKeys
	}
	for r := bytes.NewReader(raw); r.Len() > 0; {
		n, err := binary.ReadUvarint(r)
		if err != nil || n > uint64(r.Len()) {
			return nil, errKeys
		}
		kind := make([]byte, n)
		r.Read(kind)
		if n, err = binary.ReadUvarint(r); err != nil || n > uint64(r.Len()) {
			return nil, errKeys
		}
		times := make([]int64, n)
		last := int64(0)
		for i := range times {
			diff, err := binary.ReadVarint(r)
			if err != nil {
				return nil, errKeys
			}
			last += diff
			times[i] = last
		}
		k[string(kind)] = times
	}
	return k, nil
}

// period is a range of time, both ends included.
type period struct{ from, to time.Time }

// vanished returns the period that holds every point of old that now is not: one that is
// gone, or that has lost a field. nil: none has.
func vanished(old, now []byte) (*period, error) {
	if len(old) == 0 || bytes.Equal(old, now) {
		return nil, nil
	}
	was, err := unpackKeys(old)
	if err != nil {
		return nil, err
	}
	is, err := unpackKeys(now)
	if err != nil {
		return nil, err
	}
	// A point that gained a field is not gone: writing adds it.
	present := map[int64][]string{}
	for kind, times := range is {
		for _, t := range times {
			present[t] = append(present[t], kind)
		}
	}
	var gone *period
	for kind, times := range was {
		for _, t := range times {
			if slices.ContainsFunc(present[t], func(k string) bool { return holds(k, kind) }) {
				continue
			}
			at := time.Unix(0, t).UTC()
			if gone == nil {
				gone = &period{at, at}
			}
			if at.Before(gone.from) {
				gone.from = at
			}
			if at.After(gone.to) {
				gone.to = at
			}
		}
	}
	return gone, nil
}

// holds reports whether a kind of point has the tags of another and all its fields.
func holds(kind, other string) bool {
	have, want := strings.Split(kind, "\n"), strings.Split(other, "\n")
	if have[0] != want[0] {
		return false
	}
	return !slices.ContainsFunc(want[1:], func(f string) bool { return !slices.Contains(have[1:], f) })
}

// joinKeys returns the keys of both.
func joinKeys(a, b []byte) ([]byte, error) {
	if bytes.Equal(a, b) || len(a) == 0 {
		return b, nil
	}
	x, err := unpackKeys(a)
	if err != nil {
		return nil, err
	}
	y, err := unpackKeys(b)
	if err != nil {
		return nil, err
	}
	for kind, times := range x {
		all := append(slices.Clone(times), y[kind]...)
		slices.Sort(all)
		y[kind] = slices.Compact(all)
	}
	return y.pack(), nil
}
