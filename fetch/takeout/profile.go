package takeout

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"fitvault/store"
	"fitvault/store/catalog"
)

// About is what is known of an archive before its members are read.
type About struct {
	Zone    *time.Location // by its midnights minutes and samples are filed under days; nil: nothing tells it
	How     string         // store.ByArchive, store.BySetting, or "" when the vault's own history tells it
	Height  float64        // of the person, metres; 0: not known
	Profile error          // why its profile tells no zone
	Holds   bool           // it has members that are the person's Fitbit data
}

// ZoneError says that nothing tells in which zone the days of an archive begin.
type ZoneError struct {
	Archive string
	Why     error // what is wrong with its profile
}

func (e *ZoneError) Error() string {
	return fmt.Sprintf("%s: the zone of its days is not known, and nothing of it was imported (%v)", printable(e.Archive), e.Why)
}

func (e *ZoneError) Unwrap() error { return e.Why }

// ForeignError says that an archive holds nothing of Fitbit.
type ForeignError struct{ Archive string }

func (e *ForeignError) Error() string {
	return printable(e.Archive) +
		": holds no Fitbit data: order a Takeout of the product Fitbit or Google Health, and name all of its parts"
}

// Survey finds out what is to be known of an archive first: by its profile, or else an
// earlier part of it, the setting, or the vault.
func (i *Importer) Survey(ctx context.Context, set Set) (About, error) {
	var about About
	m, body, ok, err := set.First(ctx, func(m Member) bool {
		use, _ := i.classified(m.Name)
		about.Holds = about.Holds || use != catalog.Foreign && use != catalog.Note
		return isProfile(m.Name)
	})
	switch {
	case ctx.Err() != nil:
		return about, ctx.Err()
	case err != nil:
		about.Profile = err
	case !ok:
		about.Profile = errors.New("no Profile.csv in it; of an archive in parts name all of them")
	default:
		about.Zone, about.Height, err = readProfile(body)
		if err != nil {
			about.Profile = fmt.Errorf("%s: %w", printable(m.Name), err)
		}
	}
	about.How = store.ByArchive
	if about.Zone != nil {
		return about, nil
	}
	return about, i.zoneElsewhere(ctx, set, &about)
}

// Ready is a *ZoneError when nothing of an archive could be imported for want of a zone. An
// archive whose profile is damaged may be damaged throughout: what can be read of it tells.
func (i *Importer) Ready(ctx context.Context, set Set) error {
	about, err := i.Survey(ctx, set)
	var damaged *MemberError
	if err != nil || about.Zone != nil || !about.Holds || errors.As(about.Profile, &damaged) {
		return err
	}
	return &ZoneError{set.Name, about.Profile}
}

// zoneElsewhere looks for the zone where no profile tells it, and for what else an earlier
// part of the same archive told. That part's zone stands back behind the setting if it was
// no profile that told it: a setting may have been wrong.
func (i *Importer) zoneElsewhere(ctx context.Context, set Set, about *About) error {
	part, told, entries, err := i.earlierPart(ctx, set)
	if err != nil {
		return err
	}
	about.Height = part.Height
	zones, err := catalog.ParseZones(entries, store.ZoneEntry.Names)
	if err != nil {
		return err
	}
	var vault *time.Location
	if zones.Known() {
		vault = zones.On(zones.Today(i.taken(set)))
	}
	switch {
	case part.Zone != "" && told:
		about.Zone, err = time.LoadLocation(part.Zone)
	case i.Zone != nil:
		about.Zone, about.How = i.Zone, store.BySetting
	case part.Zone != "" && (vault == nil || vault.String() != part.Zone):
		about.How = store.BySetting
		about.Zone, err = time.LoadLocation(part.Zone)
	default:
		about.Zone, about.How = vault, ""
	}
	return err
}

// earlierPart returns what the vault has of the same archive, whether a profile told its
// zone, and the zones that the vault knows.
func (i *Importer) earlierPart(ctx context.Context, set Set) (part store.Archive, told bool, known []store.ZoneEntry, err error) {
	if i.Store == nil {
		return part, false, nil, nil
	}
	if known, err = i.Store.Zones(ctx); err != nil || set.Stamp.IsZero() {
		return part, false, known, err
	}
	all, err := i.Store.Archives(ctx)
	for _, a := range all {
		if a.Stamp.Equal(set.Stamp) {
			part = a
		}
	}
	told = slices.ContainsFunc(known, func(e store.ZoneEntry) bool { return e.How == store.ByArchive && e.Zone == part.Zone })
	return part, told, known, err
}

// isProfile tells the person's profile from other files of that name (takeout-archive.md
// sections 3.1, 3.3).
func isProfile(name string) bool {
	dir := path.Base(path.Dir(name))
	return strings.EqualFold(path.Base(name), "Profile.csv") &&
		(strings.EqualFold(dir, "Your Profile") || strings.EqualFold(dir, "Personal & Account"))
}

// readProfile reads the zone and the height of the person, metres, and nothing else. A zone
// that is missing or unknown is an error.
func readProfile(body []byte) (zone *time.Location, height float64, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, bom)))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	columns, err := r.Read()
	if err == nil {
		var row []string
		if row, err = r.Read(); err == nil {
			return profileRow(columns, row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it has no row")
	}
	return nil, 0, err
}

func profileRow(columns, row []string) (zone *time.Location, height float64, err error) {
	cell := func(column string) string {
		at := slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), column) })
		if at < 0 || at >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[at])
	}
	height = heightOf(cell("height"), cell("height_unit"))
	name := cell("timezone")
	zone, err = time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, height, fmt.Errorf("its column timezone holds %q, which is no IANA zone", name)
	}
	return zone, height, nil
}

// heightOf reads a height, metres. It is written in centimetres (takeout-archive.md section
// 5.2); below what an adult measures in these, and of another unit than METRIC, it is taken
// for inches. 0: it is no height.
func heightOf(text, unit string) float64 {
	const (
		inch            = 2.54 // cm
		lowest, highest = 30, 300
		mostInches      = 110
	)
	cm, err := strconv.ParseFloat(text, 64)
	if unit != "" && !strings.EqualFold(unit, "METRIC") && cm < mostInches {
		cm *= inch
	}
	if err != nil || !(cm >= lowest && cm <= highest) {
		return 0
	}
	return cm / 100
}
