package takeout

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// finish makes what was staged count, once all members were read.
func (p *pass) finish(ctx context.Context) error {
	if p.foreign() {
		return &ForeignError{p.set.Name}
	}
	if p.about.Zone != nil {
		p.end()
		if err := p.count(ctx); err != nil {
			return err
		}
	}
	return p.reject(ctx)
}

// end finds when the data of an archive ends whose name does not tell: with the newest day of
// any record that is no padding.
func (p *pass) end() {
	if !p.set.Stamp.IsZero() {
		return
	}
	var day catalog.Day
	ok := false
	for _, g := range p.families {
		if g.family.Padded || g.family.Held == nil {
			continue
		}
		for _, k := range g.order {
			h := heldOf(catalog.Span{}, spans(k.held.Days), p.days())
			if last, err := catalog.ParseDay(h.To); err == nil && (!ok || last-1 > day) {
				day, ok = last-1, true
			}
		}
	}
	end := catalog.NewZones(catalog.ZoneSpan{Zone: p.about.Zone}).Start(day + 1).Add(-time.Second)
	if ok && end.Before(p.archive.Taken) {
		p.archive.Taken = end
	}
}

// count makes the members of the archive the truth for the days that they tell of, in one
// transaction, and notes its zone.
func (p *pass) count(ctx context.Context) (err error) {
	days := p.days()
	last := days.To - 1
	var families []store.ArchiveFamily
	for _, name := range slices.Sorted(maps.Keys(p.families)) {
		g := p.families[name]
		f := store.ArchiveFamily{Name: name, Settled: (last - catalog.Day(g.family.Settle())).String()}
		for _, k := range g.order {
			if k.unread {
				continue
			}
			h := heldOf(g.covers[k], spans(k.held.Days), days)
			h.Response = k.held.Response
			if span, err := catalog.ParseSpan(h.From, h.To); err == nil {
				g.tell(span)
			} else {
				h.From, h.To = last.String(), last.String() // of no day
			}
			f.Members = append(f.Members, h)
		}
		families = append(families, f)
	}
	changed, err := p.Store.FinishArchive(ctx, p.Run, p.archive, families)
	p.report.Changed = changed || p.report.Pages > 0
	if err != nil || len(families) == 0 || p.about.How == "" {
		return err
	}
	return p.Store.NoteZone(ctx, store.ZoneEntry{From: last.String(), How: p.about.How, Zone: p.archive.Zone})
}

// spans reads ranges of dates as the vault keeps them, which are right.
func spans(dates []store.Dates) []catalog.Span {
	var out []catalog.Span
	for _, d := range dates {
		if s, err := catalog.ParseSpan(d[0], d[1]); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// maxRejects is how many members that could not be read are noted one by one.
const maxRejects = 100

// reject notes what could not be read and is not noted already, and takes back what earlier
// imports of the same parts noted and this one did not meet again.
func (p *pass) reject(ctx context.Context) error {
	open, err := p.Store.Rejects(ctx)
	if err != nil {
		return err
	}
	kept := map[string]bool{} // by what is said of a member, whatever part held it
	for _, r := range open {
		_, said, _ := strings.Cut(r.Error, ": ")
		kept[said] = kept[said] || r.Window != 0
	}
	noted := 0
	for _, f := range p.report.Failures {
		if _, said, _ := strings.Cut(f.Error(), ": "); f.Kept && kept[said] || noted == maxRejects {
			continue
		}
		noted++
		typ := "archive"
		if use, family := p.classified(f.Member.Name); use == catalog.Read {
			typ = family.Name
		}
		r := store.Reject{Stage: "fetch", Source: string(catalog.Takeout), Type: typ, Error: f.Error()}
		if err := p.Store.Reject(ctx, r); err != nil {
			return err
		}
	}
	return p.resolve(ctx)
}

// resolve takes back what reads by now.
func (p *pass) resolve(ctx context.Context) error {
	for k, base := range p.outgrown {
		if now := p.known[k]; now == nil || now.unread {
			continue
		}
		if err := p.Store.ResolveUnread(ctx, unknownFamily, unknownReason(base)); err != nil {
			return err
		}
	}
	met, brokenOff := []string{}, map[string]bool{}
	for _, f := range p.report.Failures {
		met = append(met, f.Error())
		brokenOff[f.Member.Part] = brokenOff[f.Member.Part] || f.Member.Name == ""
	}
	for _, part := range p.set.Parts() {
		if brokenOff[part] { // nobody knows of what follows
			continue
		}
		if err := p.Store.ResolveImport(ctx, printable(part), met); err != nil {
			return err
		}
	}
	return nil
}
