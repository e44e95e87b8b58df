package takeout

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

var before, after = file{"before.json", "[]"}, file{"after.json", "[1]"}

// rawZip packs before, a member as its header says, and after.
func rawZip(t *testing.T, h *zip.FileHeader, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	plain := func(f file) {
		w, err := z.Create(f.name)
		check(t, err)
		_, err = io.WriteString(w, f.text)
		check(t, err)
	}
	plain(before)
	w, err := z.CreateRaw(h)
	check(t, err)
	_, err = w.Write(content)
	check(t, err)
	plain(after)
	check(t, z.Close())
	return out.Bytes()
}

func TestZipFaults(t *testing.T) {
	deflated := func(n int) []byte { // n zeros
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.Create("")
		check(t, err)
		_, err = w.Write(make([]byte, n))
		check(t, err)
		check(t, z.Close())
		r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		check(t, err)
		raw, err := r.File[0].OpenRaw()
		check(t, err)
		b, err := io.ReadAll(raw)
		check(t, err)
		return b
	}
	mode := func(h zip.FileHeader, m fs.FileMode) zip.FileHeader {
		h.SetMode(m)
		return h
	}
	bomb := deflated(2 << 20)
	ok := zip.FileHeader{Name: "bad", UncompressedSize64: 4, CRC32: 0x3b6a1bd8} // of "text"
	tests := []struct {
		header  zip.FileHeader
		content []byte
		want    string
	}{
		{zip.FileHeader{Name: "bad", Flags: 1, UncompressedSize64: 4}, []byte("text"), "bad: is encrypted"},
		{zip.FileHeader{Name: "bad", UncompressedSize64: 4, CRC32: 1}, []byte("text"), "bad: its checksum is wrong"},
		{zip.FileHeader{Name: "bad", UncompressedSize64: 3}, []byte("text"), "bad: holds more bytes than the archive declares"},
		{zip.FileHeader{Name: "bad", UncompressedSize64: 5}, []byte("text"), "bad: holds fewer bytes"},
		{zip.FileHeader{Name: "bad", Method: 9, UncompressedSize64: 4}, []byte("text"), "bad: is packed by a method that is not read (9)"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 4}, []byte("\xff\xff\xff"), "bad: is damaged"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 2 << 20}, bomb[:len(bomb)/2], "bad: unpacks to more than 200 times"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 1 << 20}, bomb[:len(bomb)/2], "bad: is damaged"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 2 << 20}, bomb, "bad: unpacks to more than 200 times its packed size"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 10}, bomb, "bad: holds more bytes than the archive declares"},
		{zip.FileHeader{Name: "bad", Method: zip.Deflate, UncompressedSize64: 2 << 20}, append(bomb, make([]byte, 20<<10)...),
			"bad: unpacks to more than 200 times its packed size"}, // the declared sizes pass
		{zip.FileHeader{Name: "bad", UncompressedSize64: maxMember + 1}, []byte("text"), "bad: is larger than the limit of 64 MiB"},
		{zip.FileHeader{Name: "bad", UncompressedSize64: 1 << 63}, []byte("text"), "bad: is larger than the limit of 64 MiB"},
		{mode(ok, fs.ModeSymlink|0o777), []byte("text"), "bad: is a link"},
		{mode(ok, fs.ModeDevice|0o600), []byte("text"), "bad: is neither a file nor a folder"},
	}
	for _, test := range tests {
		h := test.header
		h.CompressedSize64 = uint64(len(test.content))
		s := find(t, save(t, t.TempDir(), "x.zip", rawZip(t, &h, test.content)))
		got := read(t, s, anything)
		wantTexts(t, got.texts, before, after)
		wantErrors(t, got.errors, "x.zip: "+test.want)
	}
}

func TestNameFaults(t *testing.T) {
	tests := []struct{ name, want string }{
		{"/etc/passwd", "/etc/passwd: its name is absolute"},
		{`\etc\passwd`, `\etc\passwd: its name is absolute`},
		{`C:\x`, `C:\x: its name is absolute`},
		{"c:x", "c:x: its name is absolute"},
		{"../x", "../x: its name climbs out"},
		{"a/../../x", "a/../../x: its name climbs out"},
		{`a\..\x`, `a\..\x: its name climbs out`},
		{"..", "..: its name climbs out"},
		{"a\nb", `"a\nb": its name holds a NUL or another`},
		{"a\xff.json", "a\uFFFD.json: its name is not UTF-8"},
	}
	for _, test := range tests {
		for _, p := range packed {
			s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, before, file{test.name, "x"}, after)))
			got := read(t, s, anything)
			wantTexts(t, got.texts, before, after)
			wantErrors(t, got.errors, "x"+p.ext+": "+test.want)
		}
	}
	for _, name := range []string{"a\x00b", ""} { // tar has no such names
		got := read(t, find(t, save(t, t.TempDir(), "x.zip", zipOf(t, before, file{name, "x"}, after))), anything)
		wantTexts(t, got.texts, before, after)
		wantErrors(t, got.errors, "x.zip: ")
	}
	none := func(Member) bool { return false }
	for _, p := range packed { // a name that only is spelt oddly is no fault of what nobody wants
		s := find(t, save(t, t.TempDir(), "x"+p.ext, p.pack(t, file{"a\xff.json", "x"}, file{"../x", ""})))
		wantErrors(t, read(t, s, none).errors, "climbs out")
	}
}

func TestTarFaults(t *testing.T) {
	for kind, want := range map[byte]string{
		tar.TypeSymlink: "bad: is a link", tar.TypeLink: "bad: is a link", tar.TypeFifo: "bad: is neither a file nor a folder",
		tar.TypeChar: "bad: is neither", tar.TypeBlock: "bad: is neither",
	} {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		write := func(f file) {
			check(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.text))}))
			_, err := io.WriteString(w, f.text)
			check(t, err)
		}
		write(before)
		check(t, w.WriteHeader(&tar.Header{Typeflag: kind, Name: "bad", Linkname: "/etc/passwd"}))
		write(after)
		check(t, w.Close())
		got := read(t, find(t, save(t, t.TempDir(), "x.tgz", gzipOf(t, out.Bytes()))), anything)
		wantTexts(t, got.texts, before, after)
		wantErrors(t, got.errors, "x.tgz: "+want)
	}
}

// noise is content that does not shrink.
func noise(n int) string {
	b, r := make([]byte, n), rand.NewChaCha8([32]byte{})
	_, _ = r.Read(b)
	return string(b)
}

func TestCutArchives(t *testing.T) {
	big := file{"big.json", noise(100_000)}
	tgz, plain := tgzOf(t, before, big, after), tarOf(t, before, big, after)
	badSum := bytes.Clone(tgz)
	badSum[len(badSum)-6] ^= 1
	badHeader := bytes.Clone(plain)
	badHeader[1024+150] ^= 1
	whole := zipOf(t, before, big, after)
	tests := []struct {
		why     string
		content []byte
		texts   []file
		want    string
	}{
		{"tgz cut in a member", tgz[:len(tgz)/2], []file{before}, "x: big.json: the archive is cut off here: download it again"},
		{"tgz without its end", tgz[:len(tgz)-8], []file{before, big, after}, "x: after after.json: the archive is cut off here"},
		{"tgz with a bad sum", badSum, []file{before, big, after}, "x: after after.json: its checksum is wrong"},
		{"tar cut in a member", plain[:50_000], []file{before}, "x: big.json: the archive is cut off here"},
		{"tar cut in a header", plain[:1024+300], []file{before}, "x: after before.json: the archive is cut off here"},
		{"tar with a bad header", badHeader, []file{before}, "x: after before.json: is damaged"},
		{"zip without its directory", whole[:len(whole)-30], nil, "x: its directory at the end is missing or damaged"},
		{"zip cut in half", whole[:len(whole)/2], nil, "x: its directory at the end is missing or damaged"},
	}
	for _, test := range tests {
		s := find(t, save(t, t.TempDir(), "x", test.content))
		got := read(t, s, anything)
		wantTexts(t, got.texts, test.texts...)
		if wantErrors(t, got.errors, test.want); got.times != len(test.texts)+1 {
			t.Errorf("%s: %d calls", test.why, got.times)
		}
	}
	for _, none := range [][]byte{zipOf(t), tgzOf(t), append(bytes.Clone(tgz), "garbage behind the end"...)[:len(tgz)]} {
		wantErrors(t, read(t, find(t, save(t, t.TempDir(), "x", none)), anything).errors)
	}
	behind := read(t, find(t, save(t, t.TempDir(), "x", append(bytes.Clone(tgz), make([]byte, 100)...))), anything)
	wantErrors(t, behind.errors)
	wantTexts(t, behind.texts, before, big, after)
}

// One part that cannot be read does not keep the others from being read.
func TestBadPart(t *testing.T) {
	dir := t.TempDir()
	whole := zipOf(t, before)
	s := find(t, save(t, dir, "takeout-20240620T101500Z-001.zip", whole[:len(whole)-5]),
		save(t, dir, "takeout-20240620T101500Z-002.zip", zipOf(t, after)))
	var names []string
	check(t, s.Read(t.Context(), anything, func(m Member, _ []byte, err error) error {
		var fault *MemberError
		if errors.As(err, &fault) != (m.Name == "") || fault != nil && fault.Part != "takeout-20240620T101500Z-001.zip" {
			return fmt.Errorf("%+v: %w", m, err)
		}
		names = append(names, m.Name)
		return nil
	}))
	if len(names) != 2 || names[1] != after.name {
		t.Errorf("read %q", names)
	}
}

const zeros = 16 << 20

var gzippedZeros = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(make([]byte, zeros)) // a buffer takes all
	_ = w.Close()
	return out.Bytes()
})

// bombTgz packs before, a member of so many times 16 MiB of zeros, and after.
func bombTgz(t *testing.T, times int) []byte {
	t.Helper()
	var head bytes.Buffer
	w := tar.NewWriter(&head)
	check(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "bomb", Size: int64(times * zeros)}))
	first := tarOf(t, before)[:1024] // without the end
	out := append(gzipOf(t, first), gzipOf(t, head.Bytes())...)
	out = append(out, bytes.Repeat(gzippedZeros(), times)...)
	return append(out, tgzOf(t, after)...)
}

func TestTarBombs(t *testing.T) {
	tests := []struct {
		times int // 16 MiB
		want  string
	}{
		{1, "x.tgz: bomb: unpacks to more than 200 times its packed size"},
		{5, "x.tgz: bomb: is larger than the limit of 64 MiB"},
	}
	for _, test := range tests {
		s := find(t, save(t, t.TempDir(), "x.tgz", bombTgz(t, test.times)))
		got := read(t, s, anything)
		wantTexts(t, got.texts, before, after)
		wantErrors(t, got.errors, test.want)
	}
	got := read(t, find(t, save(t, t.TempDir(), "x.tgz", bombTgz(t, 1))), func(m Member) bool { return m.Name != "bomb" })
	wantTexts(t, got.texts, before, after)
	wantErrors(t, got.errors) // nobody wanted it
}

// A bomb that goes on and on ends the archive, though nobody wants it.
func TestTarTotal(t *testing.T) {
	s := find(t, save(t, t.TempDir(), "x.tgz", bombTgz(t, 1)))
	c, err := openTar(s.parts[0])
	check(t, err)
	defer c.Close()
	var seen []entry
	check(t, c.walk(t.Context(), func(e entry) error {
		if e.Name == "bomb" {
			c.out = freeTotal // as if that much had come so far
		}
		seen = append(seen, e)
		return nil
	}))
	if last := seen[len(seen)-1]; len(seen) != 3 || !errors.Is(last.err, errTotal) || last.after != "bomb" || last.Name != "" {
		t.Errorf("%d entries, the last of them %+v", len(seen), last)
	}
}

// Members that lie over each other are each within the limits, and together are not.
func TestZipOverlaps(t *testing.T) {
	const size, names = 3 << 20, 60
	one := zipOf(t, file{"00", noise(20_000) + strings.Repeat("\x00", size-20_000)})
	end := len(one) - 22 // the end record has no comment: APPNOTE.TXT section 4.3.16
	at := binary.LittleEndian.Uint32(one[end+16:])
	record := one[at:end]
	out := bytes.Clone(one[:at])
	for i := range names {
		out = append(out, record...)
		copy(out[len(out)-len(record)+46:], fmt.Sprintf("%02d", i))
	}
	last := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(last[8:], names)
	binary.LittleEndian.PutUint16(last[10:], names)
	binary.LittleEndian.PutUint32(last[12:], uint32(names*len(record)))
	got := read(t, find(t, save(t, t.TempDir(), "x.zip", append(out, last...))), anything)
	if n := len(got.texts); n < 10 || n > maxMember/size {
		t.Errorf("%d members are read", n)
	}
	for _, err := range got.errors {
		if !strings.Contains(err, "the whole archive unpacks to more than 200 times its size") {
			t.Error(err)
		}
	}
}

// What the archives hold in earnest is within the limits, however much it repeats itself.
func TestRatioOfRealContent(t *testing.T) {
	lines := func(n int, line func(i int) string) string {
		var out strings.Builder
		for i := range n {
			out.WriteString(line(i))
		}
		return out.String()
	}
	tests := []struct {
		file  file
		least int // ratio
	}{
		{file{"steps.json", lines(40_000, func(i int) string {
			return fmt.Sprintf("{\n  \"dateTime\" : \"05/%02d/24 %02d:%02d:00\",\n  \"value\" : \"0\"\n},", i/1440+1, i/60%24, i%60)
		})}, 15},
		{file{"zones.csv", lines(40_000, func(i int) string {
			return fmt.Sprintf("2024-05-%02dT%02d:00:00Z,OUT_OF_ZONE_FOR_THE_WHOLE_HOUR,0.0,Google Fitbit Air\n", i/1440%30+1, i/6%24)
		})}, 60},
	}
	for _, test := range tests {
		for _, p := range packed[:2] {
			b := p.pack(t, test.file)
			if ratio := len(test.file.text) / len(b); ratio < test.least {
				t.Errorf("%s, %s: ratio %d, which shows nothing", test.file.name, p.ext, ratio)
			}
			got := read(t, find(t, save(t, t.TempDir(), "x"+p.ext, b)), anything)
			wantTexts(t, got.texts, test.file)
			wantErrors(t, got.errors)
		}
	}
}
