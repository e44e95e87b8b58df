package takeout

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fitvault/store"
	"fitvault/store/catalog"
)

// Importer brings archives into a vault. Each member is staged byte for byte as a page of
// its family's window; what the vault holds already is not staged again, and of a zip not
// even read.
type Importer struct {
	Store    *store.Store   // nil: there is no vault yet, for Survey and Inspect
	Run      int64          // the row of the audit log that it works for
	Zone     *time.Location // where no profile tells it; nil: an error then, unless the vault does
	Now      func() time.Time
	Progress func(Progress) // called after each member, once at a time; may be nil

	classify func(name string) (catalog.Use, catalog.Family) // nil: the catalogue's
}

// Progress says how far the import of an archive is.
type Progress struct {
	Done, Total int64 // bytes of the archive as it lies on the disk
	Files       int   // members that were read or known
	Bytes       int64 // of these, unpacked
	Member      string
}

func (i *Importer) classified(name string) (catalog.Use, catalog.Family) {
	if i.classify != nil {
		return i.classify(name)
	}
	return catalog.Classify(name)
}

// taken is when the data of an archive ends, as far as its name tells: after that is padding.
func (i *Importer) taken(set Set) time.Time {
	if set.Stamp.IsZero() {
		return i.Now()
	}
	return set.Stamp
}

// Import stages what the vault lacks of an archive, and makes it the truth for the days that
// it covers. A member that cannot be read is in Report.Failures and stops nothing. The error
// is what stopped the archive: *ZoneError, *ForeignError, the vault's, or the context's;
// what was staged by then is kept, and the next import goes on with it. The Report holds in
// either case.
func (i *Importer) Import(ctx context.Context, set Set) (Report, error) {
	p, err := i.begin(ctx, set)
	if err != nil {
		return p.report, err
	}
	if err := p.know(ctx); err != nil {
		return p.report, err
	}
	err = p.stage(ctx)
	if err == nil {
		err = p.finish(ctx)
	}
	p.summarise()
	return p.report, err
}

// Inspect tells what an import would do, and writes nothing. It goes by the names of the
// members: only those are opened whose names tell no date, and of the others no fault is
// found. Without a zone the report is there beside the *ZoneError.
func (i *Importer) Inspect(ctx context.Context, set Set) (Report, error) {
	p, err := i.begin(ctx, set)
	if err != nil {
		return p.report, err
	}
	err = set.Read(ctx, p.glance, func(m Member, body []byte, err error) error {
		p.inspect(m, body, err)
		return nil
	})
	switch {
	case err == nil && p.foreign():
		err = &ForeignError{set.Name}
	case err == nil && p.about.Zone == nil:
		err = p.noZone()
	}
	p.summarise()
	return p.report, err
}

// pass is one archive on its way.
type pass struct {
	*Importer
	set     Set
	about   About
	archive store.Archive
	out     chan staging

	mu       sync.Mutex // of all below, which the workers share
	known    map[key]*kept
	outgrown map[key]string    // base names of members whose family was unknown once, by what they are now
	skipped  map[string]Member // that are known by what the container says of them
	families map[string]*gathered
	left     map[LeftOut]int
	files    int
	bytes    int64
	report   Report
}

func (i *Importer) begin(ctx context.Context, set Set) (*pass, error) {
	p := &pass{Importer: i, set: set, out: make(chan staging, runtime.GOMAXPROCS(0)), known: map[key]*kept{}, outgrown: map[key]string{},
		skipped: map[string]Member{}, families: map[string]*gathered{}, left: map[LeftOut]int{},
		report: Report{Archive: set.Name, Parts: set.Parts(), Stamp: set.Stamp}}
	var err error
	if p.about, err = i.Survey(ctx, set); err != nil {
		return p, err
	}
	p.archive = store.Archive{Name: set.Name, Stamp: set.Stamp, Height: p.about.Height, Taken: i.taken(set), Imported: i.Now()}
	if p.about.Zone != nil {
		p.archive.Zone = p.about.Zone.String()
	}
	p.report.Zone, p.report.ZoneFrom = p.archive.Zone, p.about.How
	return p, nil
}

func (p *pass) noZone() error { return &ZoneError{p.set.Name, p.about.Profile} }

// stage reads the members, on all processors, and stages them, one batch after the other.
func (p *pass) stage(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(p.out)
		return p.set.Read(gctx, p.want, func(m Member, body []byte, err error) error { return p.take(gctx, m, body, err) })
	})
	g.Go(func() error { return p.write(context.WithoutCancel(ctx)) })
	return g.Wait()
}

// take makes what is to be staged of a member.
func (p *pass) take(ctx context.Context, m Member, body []byte, err error) error {
	if err != nil {
		p.fail(m, err)
		return nil
	}
	if p.about.Zone == nil {
		return p.noZone()
	}
	use, family := p.classified(m.Name)
	if use == catalog.Unknown {
		family = catalog.Family{Name: unknownFamily}
	}
	k, fresh := p.claim(p.keyOf(family.Name, m, body), body)
	if !fresh {
		p.gather(family, m, k, false)
		return nil
	}
	days, fault := p.look(use, family, m, body)
	if fault != nil {
		fault = p.refuse(use, m, k, fault)
	} else {
		p.gather(family, m, k, true)
	}
	if fault != nil && k.had == sha256.Sum256(body) { // it is kept already as one that does not read
		return nil
	}
	packed, err := store.Pack(body)
	if err != nil {
		return err
	}
	s := staging{kept: k, size: int64(len(body)), member: store.Member{Family: family.Name, Path: m.Part + "/" + m.Name,
		Header: p.header(m, body), Body: packed, Held: heldOf(family.Covers(m.Name), days, always)}}
	if fault != nil {
		s.member.Error = fault.Error()
	}
	select {
	case p.out <- s:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// staging is a member on its way into the vault.
type staging struct {
	member store.Member
	kept   *kept
	size   int64
}

const (
	batchBytes   = 4 << 20 // of packed members that are written in one transaction
	batchMembers = 256
)

// write stages what comes. What was taken in is written also after the import was told to
// stop, so that it need not be read again.
func (p *pass) write(ctx context.Context) error {
	var batch []staging
	size := 0
	for s := range p.out {
		batch, size = append(batch, s), size+s.member.Body.Len()
		if size < batchBytes && len(batch) < batchMembers {
			continue
		}
		if err := p.flush(ctx, batch); err != nil {
			return err
		}
		batch, size = batch[:0], 0
	}
	return p.flush(ctx, batch)
}

func (p *pass) flush(ctx context.Context, batch []staging) (err error) {
	if len(batch) == 0 {
		return nil
	}
	if p.archive.ID == 0 {
		if p.archive.ID, err = p.Store.BeginArchive(ctx, p.Run, p.archive); err != nil {
			return err
		}
	}
	members := make([]store.Member, len(batch))
	for i, s := range batch {
		members[i] = s.member
	}
	ids, err := p.Store.StageMembers(ctx, p.Run, p.archive, members)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range batch {
		s.kept.held, s.kept.unread = s.member.Held, s.member.Error != ""
		s.kept.held.Response = ids[i]
		p.report.Pages++
		p.report.Bytes += s.size
	}
	return nil
}
