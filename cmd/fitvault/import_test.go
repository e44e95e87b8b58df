package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fitvault/fetch/emulator"
	"fitvault/store"
)

// packed is a member of an archive.
type packed struct{ name, text string }

const (
	exercises = "Takeout/Fitbit/Global Export Data/exercise-0.json"
	profile   = "id,timezone,height\nX,America/Los_Angeles,178\n"
)

// sample is a part of the sample archive.
func sample(t *testing.T, part string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "fetch", "takeout", "testdata", "takeout-20240620T101500Z-"+part))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// member reads a member of the sample archive.
func member(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(sample(t, "001"), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// ordinary are the members of an archive without a fault, and one that has any.
func ordinary(t *testing.T, more ...packed) []packed {
	t.Helper()
	return append([]packed{{"Takeout/Fitbit/Your Profile/Profile.csv", profile}, {exercises, member(t, exercises)}}, more...)
}

// zipOf packs members; change may spoil the header of the last one before it is written.
func zipOf(t *testing.T, members []packed, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, m := range members {
		h := &zip.FileHeader{Name: m.name, CRC32: crc32.ChecksumIEEE([]byte(m.text)),
			UncompressedSize64: uint64(len(m.text)), CompressedSize64: uint64(len(m.text))}
		if change != nil && i == len(members)-1 {
			change(h)
		}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write([]byte(m.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// deflated packs members so that they shrink.
func deflated(t *testing.T, members []packed) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write([]byte(m.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func tgzOf(t *testing.T, members []packed, links ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	g := gzip.NewWriter(&out)
	w := tar.NewWriter(g)
	header := func(h *tar.Header) {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range members {
		header(&tar.Header{Typeflag: tar.TypeReg, Name: m.name, Size: int64(len(m.text)), Mode: 0o600})
		if _, err := w.Write([]byte(m.text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range links {
		header(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: "/etc/passwd"})
	}
	for _, close := range []func() error{w.Close, g.Close} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// file writes a file into the home.
func (h *home) file(name string, content []byte) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// tells requires a row of a table, whatever the width of its columns.
func (p *process) tells(row string) {
	p.t.Helper()
	if got := strings.Join(strings.Fields(p.out.String()), " "); !strings.Contains(got, row) {
		p.t.Errorf("stdout lacks %q:\n%s", row, p.out.String())
	}
}

// TestImport brings the sample in, and shows what is there.
func TestImport(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.exits(exitDone, "import", sample(t, "002"), sample(t, "001"))
	p.prints("takeout-20240620T101500Z, zone America/Los_Angeles", "never opened")
	p.tells("exercise.json 2024-05-12 2024-05-12 1 1 ")
	p.says("imported takeout-20240620T101500Z: ")
	before := staged(t, h.vault)

	p = h.exits(exitDone, "import", sample(t, "001"), sample(t, "002"), "--quiet")
	if p.out.String() != "" || p.err.String() != "" {
		t.Errorf("--quiet says %q %q", p.out.String(), p.err.String())
	}
	p = h.exits(exitDone, "import", "--json", sample(t, "001"), sample(t, "002"))
	var r importReport
	if err := json.Unmarshal([]byte(p.out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Archives) != 1 {
		t.Fatalf("again: %+v", r)
	}
	if one := r.Archives[0]; one.Staged != 0 || one.Changed || one.Stamp == nil || len(one.Parts) != 2 {
		t.Errorf("again: %+v", one)
	}
	if diff := cmp.Diff(before, staged(t, h.vault)); diff != "" {
		t.Errorf("staged (-before +after):\n%s", diff)
	}
	runs := rows(t, h.vault, "SELECT command, pages > 0 FROM runs WHERE outcome = 'done' ORDER BY id")
	if !cmp.Equal(runs, []string{"import 1", "import 0", "import 0"}) {
		t.Errorf("runs: %q", runs)
	}

	h.exits(exitDone, "verify")
	h.exits(exitDone, "status").prints("takeout: imported from archives", "exercise.json", "zone     America/Los_Angeles")
	h.exits(exitDone, "status", "--source", "takeout", "--type", "exercise").prints("exercise.json")
	h.exits(exitDone, "raw", "list", "--source", "takeout", "--type", "exercise").prints("exercise.json", "2024-05-12", "complete")
	id := rows(t, h.vault, "SELECT id FROM responses WHERE path LIKE '%/exercise-0.json'")
	if body := h.exits(exitDone, "raw", "show", id[0]).out.String(); body != member(t, exercises) {
		t.Errorf("raw show prints %.80q", body)
	}
}

// TestImportDryRun needs no vault, makes none, and ends as the import would for want of a
// zone.
func TestImportDryRun(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.exits(exitDone, "import", "--dry-run", sample(t, "001"))
	p.prints("zone America/Los_Angeles")
	p.tells("exercise.json 2024-05-12 2024-05-12 1 - ")
	bare := h.file("takeout-20240620T101500Z-001.zip", zipOf(t, []packed{{exercises, member(t, exercises)}}, nil))
	h.exits(exitUsage, "import", "--dry-run", bare).prints("zone not known", "exercise.json")
	h.exits(exitDone, "import", "--dry-run", "--zone", "Asia/Tokyo", bare).prints("zone Asia/Tokyo", "2024-05-13")
	if _, err := os.Stat(h.vault); !os.IsNotExist(err) {
		t.Errorf("a vault was made: %v", err)
	}
}

// TestImportWithoutZone touches nothing, and says why.
func TestImportWithoutZone(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	bare := h.file("takeout-20240620T101500Z-001.zip", zipOf(t, []packed{{exercises, member(t, exercises)}}, nil))
	refused := func() {
		p := h.exits(exitUsage, "import", bare)
		p.says("takeout-20240620T101500Z: the zone of its days is not known", "no Profile.csv", "give --zone")
	}
	refused()
	if _, err := os.Stat(h.vault); !os.IsNotExist(err) {
		t.Errorf("a vault was made: %v", err)
	}
	st, err := store.Open(t.Context(), h.vault, store.Options{Create: true})
	if err == nil {
		err = st.Close()
	}
	before, rerr := os.ReadFile(h.vault)
	if err != nil || rerr != nil {
		t.Fatal(err, rerr)
	}
	refused()
	if after, err := os.ReadFile(h.vault); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the vault was changed (%v)", err)
	}
	h.exits(exitDone, "import", "--zone", "America/Los_Angeles", bare)
	h.exits(exitUsage, "import", "--zone", "Mars/Base", bare).says("--zone")
}

// TestImportBadInput: what is at fault is named, the rest is imported.
func TestImportBadInput(t *testing.T) {
	t.Parallel()
	bad := packed{"Takeout/Fitbit/Global Export Data/exercise-100.json", "[]"}
	named := func(name, text string) []packed { return ordinary(t, packed{name, text}) }
	tgz := tgzOf(t, ordinary(t, packed{"Takeout/Fitbit/Global Export Data/badge.json", strings.Repeat("many words ", 9999)}, bad))
	for _, c := range []struct {
		name    string
		file    string
		content []byte
		code    int
		says    string
		without bool // nothing good is in it
	}{
		{name: "no archive", file: "a.zip", content: []byte("hello"), code: exitFailed, says: "a.zip: is no archive", without: true},
		{name: "empty", file: "a.zip", code: exitFailed, says: "a.zip: is no archive but empty", without: true},
		{name: "of other products", file: "a.zip", content: zipOf(t, []packed{{"Takeout/YouTube/a.html", "x"}}, nil), code: exitFailed,
			says: "a: holds no Fitbit data", without: true},
		{name: "encrypted", file: "a.zip", code: exitPartly,
			content: zipOf(t, named(bad.name, bad.text), func(h *zip.FileHeader) { h.Flags |= 1 }),
			says:    "exercise-100.json: is encrypted"},
		{name: "bad checksum", file: "a.zip", code: exitPartly,
			content: zipOf(t, named(bad.name, bad.text), func(h *zip.FileHeader) { h.CRC32++ }),
			says:    "exercise-100.json: its checksum is wrong"},
		{name: "cut off", file: "a.tgz", content: tgz[:len(tgz)-60], code: exitPartly, says: "a.tgz: "},
		{name: "bomb by ratio", file: "a.zip", code: exitPartly,
			content: deflated(t, named(bad.name, strings.Repeat(" ", 8<<20))),
			says:    "exercise-100.json: unpacks to more than 200 times its packed size"},
		{name: "bomb by size", file: "a.zip", code: exitPartly,
			content: zipOf(t, named(bad.name, bad.text), func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }),
			says:    "exercise-100.json: is larger than the limit of 64 MiB"},
		{name: "absolute", file: "a.zip", content: zipOf(t, named("/etc/exercise-100.json", "[]"), nil), code: exitPartly,
			says: "/etc/exercise-100.json: its name is absolute"},
		{name: "climbing", file: "a.zip", content: zipOf(t, named("Takeout/../../exercise-100.json", "[]"), nil), code: exitPartly,
			says: "Takeout/../../exercise-100.json: its name climbs"},
		{name: "link", file: "a.tgz", content: tgzOf(t, ordinary(t), "Takeout/Fitbit/exercise-100.json"), code: exitPartly,
			says: "Takeout/Fitbit/exercise-100.json: is a link"},
		{name: "duplicate", file: "a.zip", content: zipOf(t, named(exercises, "[]"), nil), code: exitPartly,
			says: "exercise-0.json: duplicate name"},
		{name: "not UTF-8", file: "a.zip", content: zipOf(t, named(bad.name, "[\"\xff\"]"), nil), code: exitPartly,
			says: "exercise-100.json: is not UTF-8"},
		{name: "JSON cut", file: "a.zip", content: zipOf(t, named(bad.name, `[{"logId" : 1, `), nil), code: exitPartly,
			says: "exercise-100.json: its JSON is cut off"},
		{name: "unknown family", file: "a.zip", code: exitDone,
			content: zipOf(t, named("Takeout/Fitbit/Global Export Data/novelty-1.json", "{}"), nil)},
		{name: "localised folders", file: "a.zip", code: exitDone,
			content: zipOf(t, named("Takeout/Meine Aktivitäten/Archiv_Übersicht.html", "x"), nil)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			path := h.file(c.file, c.content)
			h.exits(c.code, "import", path).says(c.says)
			if c.without {
				good := h.file("good.zip", zipOf(t, ordinary(t), nil))
				h.exits(exitPartly, "import", path, good).says(c.says, "the rest is saved")
			}
			h.exits(exitDone, "verify")
			if got := rows(t, h.vault, "SELECT type, from_date FROM coverage"); !cmp.Equal(got, []string{"exercise.json 2024-05-12"}) {
				t.Errorf("coverage: %q", got)
			}
		})
	}
}

// TestImportIsLocked: one fetch or import at a time.
func TestImportIsLocked(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	st, err := store.Open(t.Context(), h.vault, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	release, err := st.LockFetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.exits(exitFailed, "import", sample(t, "001")).says("running on this vault: process ")
	release()
	h.exits(exitDone, "import", sample(t, "001"))
}

// TestImportIsStopped by a signal, or killed: the next one ends as one that was not.
func TestImportIsStopped(t *testing.T) {
	t.Parallel()
	unlessRaced(t)
	person, err := emulator.New(emulator.Options{Days: 20, Zone: daytime()})
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := person.WriteTakeout(&archive, emulator.TakeoutZip, emulator.TakeoutOptions{}); err != nil {
		t.Fatal(err)
	}
	whole := newHome(t)
	whole.exits(exitDone, "import", whole.file("takeout-20261122T101500Z-001.zip", archive.Bytes()))
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		h := newHome(t)
		path := h.file("takeout-20261122T101500Z-001.zip", archive.Bytes())
		p := h.start("import", path)
		eventually(t, "members are staged", func() bool {
			_, err := os.Stat(h.vault + "-wal")
			return err == nil && len(rows(t, h.vault, "SELECT 1 FROM sqlite_schema WHERE name = 'members'")) > 0 &&
				len(rows(t, h.vault, "SELECT 1 FROM responses LIMIT 1")) > 0
		})
		p.cmd.Process.Signal(sig)
		<-p.ended
		if code := p.cmd.ProcessState.ExitCode(); sig != syscall.SIGKILL && code == exitInterrupted {
			p.says("not finished with ", "interrupted", "the next run continues")
		} else if sig != syscall.SIGKILL && code != exitDone { // it may have been quicker
			t.Errorf("%v: exit code %d\n%s", sig, code, p.err.String())
		}
		h.exits(exitDone, "verify")
		h.exits(exitDone, "import", path)
		const once = "SELECT count(*), count(DISTINCT path) FROM responses"
		if n := rows(t, h.vault, once); !cmp.Equal(n, rows(t, whole.vault, once)) {
			t.Errorf("%v: responses and their paths: %q", sig, n)
		}
		if diff := cmp.Diff(members(t, whole.vault), members(t, h.vault)); diff != "" {
			t.Errorf("%v (-whole +resumed):\n%s", sig, diff)
		}
	}
}

// members are those in force, and what they cover.
func members(t *testing.T, vault string) []string {
	t.Helper()
	return append(rows(t, vault, `SELECT w.type, r.path, hex(r.sha256), m.from_date, m.to_date, m.held FROM members m
			JOIN windows w ON w.id = m.window_id JOIN responses r ON r.id = m.response_id WHERE w.state = 'complete' ORDER BY 1, 2`),
		rows(t, vault, `SELECT c.type, c.from_date, c.to_date, w.settled_to FROM coverage c
			JOIN windows w ON w.id = c.window_id ORDER BY 1, 2`)...)
}
