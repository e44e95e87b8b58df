package takeout

import (
	"context"
	"errors"
	"hash/crc32"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// container is an opened part.
type container interface {
	// walk visits the members in the order of the container, and stops at the first error
	// of visit. What is wrong with the container is visited, too.
	walk(ctx context.Context, visit func(entry) error) error

	// serial reports whether a member can only be read while it is visited.
	serial() bool

	Close() error
}

func (p part) open() (container, error) {
	switch p.format {
	case formatZip:
		return openZip(p)
	case formatFolder:
		return openFolder(p)
	}
	return openTar(p)
}

const (
	maxFlying = 2 * maxMember // bytes of members that are read and not yet done with
	maxKept   = 8 << 20       // bytes of a buffer that is used again
)

// reading is one pass over a set.
type reading struct {
	want  func(Member) bool
	do    func(Member, []byte, error) error
	room  *semaphore.Weighted
	names map[string]*copyOf
	done  *atomic.Int64
	free  chan []byte // buffers to be used again
}

// copyOf is what is known of the member that first had a name.
type copyOf struct {
	part int  // index within the set
	read bool // whole: only then what follows is known
	size int64
	crc  uint32
}

func (c *copyOf) equals(size int64, crc uint32) bool { return c.size == size && c.crc == crc }

// Read walks all members of the set, part by part.
//
// want chooses members by what the container says of them, before they are opened. It is
// called by one goroutine, in the order of the parts and their members, and with none wanted
// Read lists them. The wanted are handed to do whole, on as many goroutines at once as there
// are processors. do must not keep the slice, which is used again.
//
// What cannot be read is handed to do with a *MemberError and no content, and the walk goes
// on: also, wanted or not, links, devices and names that lead out of the archive. A Member
// without a name stands for a part that cannot be opened or that breaks off; what was read
// before is good. A wanted name that comes again in another part is passed over if its
// content is the same, else it is an error; within one part it always is.
//
// An error of do stops the walk and is returned, as is that of a context that ended. No
// goroutine is left when Read returns.
func (s Set) Read(ctx context.Context, want func(Member) bool, do func(Member, []byte, error) error) error {
	r := &reading{want: want, do: do, room: semaphore.NewWeighted(maxFlying), names: map[string]*copyOf{}, done: s.done}
	r.free = make(chan []byte, runtime.GOMAXPROCS(0)+1)
	s.done.Store(0)
	var through int64
	for i, p := range s.parts {
		if err := r.part(ctx, i, p); err != nil {
			return err
		}
		through += p.size
		s.done.Store(through)
	}
	return ctx.Err()
}

// job is an entry that somebody wants, on its way to a worker.
type job struct {
	entry
	weight int64
	first  *copyOf // what has its name: itself, or
	again  bool    // another one of a part before
	loaded bool    // data holds what read gave
	data   []byte
}

func (r *reading) part(ctx context.Context, index int, p part) error {
	c, err := p.open()
	if err != nil {
		return r.do(Member{Part: p.base}, nil, &MemberError{Part: p.base, Err: err})
	}
	defer c.Close()
	g, ctx := errgroup.WithContext(ctx)
	jobs := make(chan *job)
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for j := range jobs {
				if err := r.work(ctx, j); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(jobs)
		return c.walk(ctx, func(e entry) error {
			j, err := r.job(ctx, index, e)
			if j == nil {
				return err
			}
			if c.serial() && j.err == nil {
				r.load(j)
			}
			select {
			case jobs <- j:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return g.Wait()
}

// job makes a job of an entry, with room for its content; nil: nothing is to be done.
func (r *reading) job(ctx context.Context, part int, e entry) (*job, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	j := &job{entry: e}
	if e.err != nil {
		return j, nil
	}
	if !r.want(e.Member) {
		r.done.Add(e.stored)
		return nil, nil
	}
	first := r.names[e.Name]
	switch {
	case first == nil || first.part != part && !first.read:
		first = &copyOf{part: part}
		r.names[e.Name] = first
	case first.part == part:
		j.err = errTwice
	case e.HasCRC && first.equals(e.Size, e.CRC):
		r.done.Add(e.stored)
		return nil, nil
	case first.size != e.Size || e.HasCRC:
		j.err = errDuplicate
	default:
		j.again = true
	}
	j.first = first
	if j.err != nil {
		return j, nil
	}
	j.weight = min(e.Size, maxMember)
	if err := r.room.Acquire(ctx, j.weight); err != nil {
		return nil, err // a job would give back what it does not hold
	}
	return j, nil
}

// load reads the content of a job into a buffer of its own.
func (r *reading) load(j *job) {
	var buf []byte
	select {
	case buf = <-r.free:
	default:
	}
	j.data, j.err = j.read(buf[:0])
	j.loaded = true
}

// keep takes a buffer back.
func (r *reading) keep(buf []byte) {
	if cap(buf) == 0 || cap(buf) > maxKept {
		return
	}
	select {
	case r.free <- buf:
	default:
	}
}

// work reads a job, if that was not done, and hands it on.
func (r *reading) work(ctx context.Context, j *job) error {
	defer r.room.Release(j.weight)
	defer r.done.Add(j.stored)
	if err := ctx.Err(); err != nil {
		return err
	}
	if j.err == nil && !j.loaded {
		r.load(j)
	}
	defer r.keep(j.data)
	if j.err == nil && !j.fresh() {
		return nil
	}
	if j.err != nil {
		if err := ctx.Err(); err != nil { // what ended the read is no fault of the member
			return err
		}
		return r.do(j.Member, nil, j.failed(j.err))
	}
	return r.do(j.Member, j.data, nil)
}

// fresh compares the content with what had the name before, or notes it as the first: it
// reports whether do is to hear of it.
func (j *job) fresh() bool {
	size, crc := int64(len(j.data)), j.CRC
	if !j.HasCRC {
		crc = crc32.ChecksumIEEE(j.data)
	}
	switch {
	case !j.again:
		j.first.read, j.first.size, j.first.crc = true, size, crc
	case j.first.equals(size, crc):
		return false
	default:
		j.err = errDuplicate
	}
	return true
}

// failed tells why an entry is not given.
func (e entry) failed(err error) error {
	return &MemberError{Part: printable(e.Part), Name: printable(e.Name), After: e.after, Err: err}
}

// errFound ends the walk of First.
var errFound = errors.New("found")

// First reads the first member that match accepts, in the order of Read, and reports
// whether there is one: by the directory of a zip or of a folder, else by unpacking up to
// it. The content is the caller's. What is wrong with other members, or a part, is left to
// Read.
func (s Set) First(ctx context.Context, match func(Member) bool) (Member, []byte, bool, error) {
	var hit Member
	var data []byte
	for _, p := range s.parts {
		c, err := p.open()
		if err != nil {
			continue
		}
		err = c.walk(ctx, func(e entry) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if e.err != nil || !match(e.Member) {
				return nil
			}
			hit = e.Member
			var err error
			if data, err = e.read(nil); err != nil {
				return e.failed(err)
			}
			return errFound
		})
		_ = c.Close() // it was only read
		if errors.Is(err, errFound) {
			return hit, data, true, nil
		}
		if err != nil {
			return hit, nil, false, err
		}
	}
	return Member{}, nil, false, ctx.Err()
}
