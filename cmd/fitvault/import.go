package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/fetch/takeout"
	"fitvault/store"
)

func (a *app) importArchives() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "bring Takeout and account archives into the vault",
		ArgsUsage: "PATH...",
		Description: "A PATH is a .zip or .tgz, or a folder: an unpacked archive, or one that holds archives. Parts of one\n" +
			"Takeout count as one archive, whatever their order. What the vault holds already is passed over, so that an\n" +
			"import that was stopped is gone on with, and a later archive adds only what is new. Personal files are never\n" +
			"opened.\n\n" +
			"With --dry-run nothing is written: it lists the families of files, by their names, and what would be left out.\n" +
			"Only files whose names tell no date are opened for that.",
		Flags: []cli.Flag{zoneFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "list what the archives hold, and write nothing", Sources: env("dry-run")}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if !c.Args().Present() {
				return &usageError{"import needs the path of an archive, or of several"}
			}
			log, err := a.logger(c)
			if err != nil {
				return err
			}
			sets, err := takeout.Find(c.Args().Slice())
			if len(sets) == 0 {
				return err
			}
			home, zerr := zone(c)
			if zerr != nil {
				return zerr
			}
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), importMemory)))
			i := importing{app: a, c: c, sets: sets, log: log, Importer: takeout.Importer{Zone: home, Now: time.Now}}
			if err != nil {
				i.missing = parts(err)
			}
			return i.open(ctx)
		},
	}
}

// importMemory is what an import may use, in bytes, before the garbage collector works
// harder. Members of archives come faster than it would run by itself.
const importMemory = 128 << 20

// importing is one run of the command.
type importing struct {
	*app
	c       *cli.Command
	log     *slog.Logger
	sets    []takeout.Set
	missing []error // of paths that are no archives
	takeout.Importer
}

// open finds the vault. One that is not there is made when something can be imported.
func (i *importing) open(ctx context.Context) error {
	err := i.onVault(false, i.withVault)(ctx, i.c)
	if !errors.Is(err, store.ErrNoVault) {
		return err
	}
	if i.c.Bool("dry-run") {
		return i.each(ctx, i.Inspect)
	}
	if err := i.possible(ctx); err != nil {
		return err
	}
	return i.onVault(true, i.withVault)(ctx, i.c)
}

func (i *importing) withVault(ctx context.Context, c *cli.Command, st *store.Store) error {
	i.Store = st
	if c.Bool("dry-run") {
		return i.each(ctx, i.Inspect)
	}
	if err := i.possible(ctx); err != nil {
		return err
	}
	release, err := st.LockFetch(ctx)
	if err != nil {
		return err
	}
	defer release()
	return i.audited(ctx, st, "import", func(run int64) (sum store.Tally, err error) {
		i.Run = run
		err = i.each(ctx, func(ctx context.Context, s takeout.Set) (takeout.Report, error) {
			r, err := i.Import(ctx, s)
			sum.Pages, sum.Bytes = sum.Pages+r.Pages, sum.Bytes+r.Bytes
			return r, err
		})
		return sum, err
	})
}

// possible is an error when no archive can be imported for want of a zone, so that nothing
// is touched for that.
func (i *importing) possible(ctx context.Context) error {
	var all []error
	for _, s := range i.sets {
		err := i.Ready(ctx, s)
		var zone *takeout.ZoneError
		if !errors.As(err, &zone) {
			return err
		}
		all = append(all, zoneNeeded(zone))
	}
	return errors.Join(all...)
}

// zoneNeeded says that --zone is to be given.
func zoneNeeded(err *takeout.ZoneError) error {
	return &fetch.SettingError{Setting: "zone", Reason: err.Error()}
}

// each does one archive after the other, and prints what was found. What ends one keeps no
// other from its turn.
func (i *importing) each(ctx context.Context, do func(context.Context, takeout.Set) (takeout.Report, error)) error {
	var total, before int64
	for _, s := range i.sets {
		total += s.Size()
	}
	bar := newProgress(i.progressStream(i.c), i.log, "importing")
	i.Progress = func(p takeout.Progress) {
		bar.set(kibi(before+p.Done), kibi(total), fmt.Sprintf("KiB, %d files of %s", p.Files, bytesText(p.Bytes)), time.Time{})
	}
	out := importReport{DryRun: i.c.Bool("dry-run"), Archives: []archiveReport{}, Failures: []string{}}
	var ends, useless []error
	var failed []string
	for _, s := range i.sets {
		r, err := do(ctx, s)
		out.Archives = append(out.Archives, newArchiveReport(r, err))
		before += s.Size()
		failed = append(failed, failures(r.Failures)...)
		var zone *takeout.ZoneError
		var foreign *takeout.ForeignError
		switch {
		case errors.As(err, &zone):
			ends = append(ends, zoneNeeded(zone))
		case errors.As(err, &foreign):
			useless = append(useless, err)
		default:
			ends = append(ends, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	bar.finish()
	useless = append(i.missing, useless...)
	out.Failures = append(out.Failures, failures(useless)...)
	if err := i.print(out); err != nil {
		return err
	}
	if len(useless) == len(i.sets)+len(i.missing) { // there was no archive at all
		return errors.Join(useless...)
	}
	stopped := errors.Join(ends...)
	return errors.Join(stopped, partly(stopped, "not everything could be imported", append(failures(useless), failed...)))
}

// kibi keeps counts of bytes small enough for any int.
func kibi(n int64) int { return int(n >> 10) }

// The report of an import. Members are only ever added.
type (
	importReport struct {
		DryRun   bool            `json:"dry_run"`
		Archives []archiveReport `json:"archives"`
		Failures []string        `json:"failures"` // paths that could not be imported at all
	}
	archiveReport struct {
		Archive  string         `json:"archive"`
		Parts    []string       `json:"parts"`
		Stamp    *time.Time     `json:"stamp"` // when it was ordered; null: its name does not tell
		Zone     string         `json:"zone"`  // "": not known
		Staged   int            `json:"staged"`
		Bytes    int64          `json:"bytes"`
		Changed  bool           `json:"changed"`
		Families []familyReport `json:"families"`
		LeftOut  []leftOut      `json:"left_out"`
		Failures []string       `json:"failures"`
		Error    *string        `json:"error"` // what stopped it
	}
	familyReport struct {
		Family string `json:"family"`
		From   string `json:"from"` // "" where no date is known
		To     string `json:"to"`   // the last day
		Files  int    `json:"files"`
		New    *int   `json:"new"` // null in a dry run
		Bytes  int64  `json:"bytes"`
	}
	leftOut struct {
		Reason string `json:"reason"` // closed, note, foreign or unknown
		What   string `json:"what"`
		Files  int    `json:"files"`
	}
)

func newArchiveReport(r takeout.Report, err error) archiveReport {
	out := archiveReport{Archive: r.Archive, Parts: r.Parts, Stamp: known(r.Stamp), Zone: r.Zone, Staged: r.Pages, Bytes: r.Bytes,
		Changed: r.Changed, Families: []familyReport{}, LeftOut: []leftOut{}, Failures: failures(r.Failures)}
	if err != nil {
		text := message(err)
		out.Error = &text
	}
	for _, f := range r.Families {
		one := familyReport{Family: f.Family, Files: f.Members, Bytes: f.Bytes, New: f.New}
		if !f.Days.Empty() {
			one.From, one.To = f.Days.From.String(), (f.Days.To - 1).String()
		}
		out.Families = append(out.Families, one)
	}
	for _, l := range r.Left {
		out.LeftOut = append(out.LeftOut, leftOut{l.Reason, l.What, l.Count})
	}
	return out
}

func (i *importing) print(r importReport) error {
	if i.c.Bool("json") {
		return i.printJSON(r)
	}
	for _, one := range r.Archives {
		if i.c.Bool("quiet") && !r.DryRun {
			continue
		}
		if err := i.printArchive(one, r.DryRun); err != nil {
			return err
		}
	}
	return nil
}

// whyLeft says why members are left out.
var whyLeft = map[string]string{
	"closed":  "never opened",
	"note":    "about the archive",
	"foreign": "of other products",
	"unknown": "of no known family, kept unread",
}

func (i *importing) printArchive(r archiveReport, dry bool) error {
	var rows [][]string
	for _, f := range r.Families {
		fresh := "-"
		if f.New != nil {
			fresh = strconv.Itoa(*f.New)
		}
		rows = append(rows, []string{f.Family, f.From, f.To, strconv.Itoa(f.Files), fresh, bytesText(f.Bytes)})
	}
	fmt.Fprintf(i.out, "%s, zone %s\n", r.Archive, orElse(r.Zone, "not known"))
	if err := i.printTable([]string{"FAMILY", "FROM", "TO", "FILES", "NEW", "SIZE"}, rows); err != nil {
		return err
	}
	rows = nil
	for _, l := range r.LeftOut {
		rows = append(rows, []string{orElse(l.What, "-"), whyLeft[l.Reason], strconv.Itoa(l.Files)})
	}
	if len(rows) > 0 {
		fmt.Fprintln(i.out)
		if err := i.printTable([]string{"LEFT OUT", "WHY", "FILES"}, rows); err != nil {
			return err
		}
	}
	fmt.Fprintln(i.out)
	if dry {
		return nil
	}
	done := "imported"
	if r.Error != nil {
		done = "not finished with"
	}
	fmt.Fprintf(i.err, "%s %s: %d new files staged, %s\n", done, r.Archive, r.Staged, bytesText(r.Bytes))
	return nil
}
