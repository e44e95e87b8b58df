package emulator

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"time"
)

// Formats of an archive (archive sheet 2).
const (
	TakeoutZip = "zip"
	TakeoutTgz = "tgz"
)

// WriteTakeout writes the archive that the person would get, or one part of it,
// as zip or as tgz. Members are made one at a time, so memory does not grow with
// the history. Unknown formats, layouts and parts are errors, as are those of w.
func (s *Server) WriteTakeout(w io.Writer, format string, o TakeoutOptions) error {
	t, err := s.newTakeout(o)
	if err != nil {
		return err
	}
	var pack packer
	switch format {
	case TakeoutZip:
		pack = newZip(w)
	case TakeoutTgz:
		pack = newTgz(w)
	default:
		return fmt.Errorf("emulator: takeout format %q is neither %s nor %s", format, TakeoutZip, TakeoutTgz)
	}
	n := 0
	for name, body := range t.members() {
		if n++; (n-1)%t.o.Parts != t.o.Part-1 {
			continue
		}
		if err := pack.add(name, body, t.now); err != nil {
			return fmt.Errorf("emulator: takeout member %s: %w", name, err)
		}
		if t.o.OnMember != nil {
			t.o.OnMember(name, len(body))
		}
	}
	return pack.Close()
}

// TakeoutFiles are the members of the archive, all parts of it, by their whole
// name and in the order in which WriteTakeout writes them. It panics on an
// unknown layout or part. A body is only good until the next one is asked for.
func (s *Server) TakeoutFiles(o TakeoutOptions) iter.Seq2[string, []byte] {
	t, err := s.newTakeout(o)
	if err != nil {
		panic(err)
	}
	return t.members()
}

func (t *takeout) members() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, files := range []iter.Seq[takeoutFile]{t.rootFiles(), t.jsonFiles(), t.csvFiles()} {
			for f := range files {
				if name, ok := t.place(f.path); ok && !yield(name, f.body) {
					return
				}
			}
		}
	}
}

// accountName is the display name without spaces, the top folder of an archive
// that was ordered at the old site.
const accountName = "AlexTestperson"

// place is the whole name of a member in the layout of the archive. ok is false
// for what that layout does not have. A path that begins with / is one beside
// the product folder.
func (t *takeout) place(name string) (whole string, ok bool) {
	folder, base := path.Split(name)
	if top, beside := strings.CutPrefix(name, "/"); beside {
		return "Takeout/" + top, t.google()
	}
	switch t.o.Layout {
	case LayoutFitbit:
		return "Takeout/Fitbit/" + name, true
	case LayoutGoogleHealth:
		return "Takeout/Google Health/" + name, true
	case LayoutFlat:
		return accountName + "/user-site-export/" + base, strings.HasPrefix(folder, "Global Export Data/")
	}
	category := categoryOf(folder, base)
	return accountName + "/" + category + "/" + base, category != ""
}

// categories are the folders of the account archive by that of the Takeout
// (archive sheet 3.3). What is not in it has no place there.
var categories = map[string]string{
	"Sleep Score/":               "Sleep",
	"Sleep/":                     "Sleep",
	"Heart Rate Variability/":    "Sleep",
	"Oxygen Saturation (SpO2)/":  "Sleep",
	"Temperature/":               "Sleep",
	"Snore and Noise Detect/":    "Sleep",
	"Active Zone Minutes (AZM)/": "Physical Activity",
	"Daily Readiness/":           "Physical Activity",
	"Activity Goals/":            "Physical Activity",
	"Stress Score/":              "Stress",
	"Stress Journal/":            "Stress",
	"Mindfulness/":               "Stress",
	"Your Profile/":              "Personal & Account",
	"Biometrics/":                "Biometrics",
	"Menstrual Health/":          "Menstrual Health",
}

// exportCategories are those of the families of Global Export Data that do not
// lie under Physical Activity.
var exportCategories = map[string]string{
	"sleep":                      "Sleep",
	"weight":                     "Personal & Account",
	"height":                     "Personal & Account",
	"estimated_oxygen_variation": "Other",
	"water_logs":                 "Other",
	"food_logs":                  "Other",
	"badge":                      "Other",
}

func categoryOf(folder, base string) string {
	if folder != "Global Export Data/" {
		return categories[folder]
	}
	family, _, _ := strings.Cut(strings.TrimSuffix(base, ".json"), "-")
	if category, ok := exportCategories[family]; ok {
		return category
	}
	return "Physical Activity"
}

// packer is a kind of archive.
type packer interface {
	add(name string, body []byte, at time.Time) error
	Close() error
}

type zipPacker struct{ *zip.Writer }

func newZip(w io.Writer) zipPacker {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed)
	})
	return zipPacker{z}
}

func (z zipPacker) add(name string, body []byte, at time.Time) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

type tgzPacker struct {
	*tar.Writer
	zipped *gzip.Writer
}

func newTgz(w io.Writer) tgzPacker {
	z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // fails only on an unknown level
	return tgzPacker{tar.NewWriter(z), z}
}

func (p tgzPacker) add(name string, body []byte, at time.Time) error {
	h := &tar.Header{Name: name, Size: int64(len(body)), Mode: 0o644, ModTime: at.UTC().Truncate(time.Second)}
	if err := p.WriteHeader(h); err != nil {
		return err
	}
	_, err := p.Write(body)
	return err
}

// Close ends the tar, then the gzip stream around it.
func (p tgzPacker) Close() error {
	if err := p.Writer.Close(); err != nil {
		return err
	}
	return p.zipped.Close()
}
