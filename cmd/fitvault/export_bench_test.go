//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fitvault/export"
	"fitvault/export/line"
	"fitvault/store"
	"fitvault/store/catalog"
)

// BenchmarkExport measures design section 12 on a generated vault, and prints it as a table:
// the built binary's export of a month into an influxd of its own, in turns with a minimal
// client that posts the same lines; then a year and five years, that take minutes and some
// gigabytes of disk:
//
//	go test ./cmd/fitvault -run '^$' -bench Export -benchtime 1x -timeout 1h
//
// FITVAULT_BENCH_SOURCE is the source that tells the pulse: fitbit every second, google (the
// default) every five; FITVAULT_BENCH_DAYS are the days that are compared (30), FITVAULT_BENCH_PAIRS how often (5),
// FITVAULT_BENCH_YEARS the years of which memory is measured ("1,5").
func BenchmarkExport(b *testing.B) {
	var table benchTable
	days, pairs := benchNumber(b, "FITVAULT_BENCH_DAYS", "30"), benchNumber(b, "FITVAULT_BENCH_PAIRS", "5")
	b.Run("ratio", func(b *testing.B) { benchmarkRatio(b, &table, days, pairs) })
	b.Run("allocations", func(b *testing.B) { benchmarkAllocations(b, &table, days) })
	for _, years := range strings.Split(benchSetting("FITVAULT_BENCH_YEARS", "1,5"), ",") {
		n, err := strconv.Atoi(years)
		if err != nil {
			b.Fatalf("FITVAULT_BENCH_YEARS: %v", err)
		}
		b.Run("years="+years, func(b *testing.B) { benchmarkYears(b, &table, n) })
	}
	fmt.Print(table.String())
}

func benchSetting(name, or string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return or
}

func benchNumber(b *testing.B, name, or string) int {
	b.Helper()
	n, err := strconv.Atoi(benchSetting(name, or))
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

// benchmarkRatio exports into a fresh influxd, and posts the same lines into another one, in
// turns, each first every other time.
func benchmarkRatio(b *testing.B, table *benchTable, days, pairs int) {
	vault := newBenchVault(b, days)
	path := filepath.Join(b.TempDir(), "lines")
	benchExport(b, vault.path, "--output", path)
	lines, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	points, batches := bytes.Count(lines, []byte("\n")), batched(lines, 10_000)
	var ratios, ours, theirs, cpu []float64
	for i := range pairs {
		var minimal, run benchRun
		var held [2]string
		turns := []func(){func() {
			s := freshInflux(b)
			minimal = benchRun{took: postLines(b, s, batches), points: points}
			held[0] = heldPoints(b, s)
			s.Kill()
		}, func() {
			s := freshInflux(b)
			run = benchExport(b, copyVault(b, vault.path), toInflux(s)...)
			held[1] = heldPoints(b, s)
			s.Kill()
		}}
		turns[i%2]()
		turns[1-i%2]()
		if run.points != points || held[0] != held[1] {
			b.Fatalf("%d of %d points exported; influxd holds %s and %s of the heart rate", run.points, points, held[1], held[0])
		}
		ratios = append(ratios, run.perSecond()/minimal.perSecond())
		ours, theirs = append(ours, run.perSecond()), append(theirs, minimal.perSecond())
		cpu = append(cpu, float64(run.cpu.Nanoseconds())/float64(points))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(ours), "points/s")
	b.ReportMetric(median(theirs), "minimal-points/s")
	b.ReportMetric(median(cpu), "cpu-ns/point")
	table.add(fmt.Sprintf("export of %d days, %d points", days, points), "%.0f points/s, %.2f µs of processor a point", median(ours), median(cpu)/1000)
	table.add("the same lines by a minimal client", "%.0f points/s", median(theirs))
	table.add(fmt.Sprintf("ratio, median of %d pairs", pairs), "%.2f (%.2f to %.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
}

// benchmarkAllocations exports within this process, to nowhere.
func benchmarkAllocations(b *testing.B, table *benchTable, days int) {
	st, err := store.Open(b.Context(), newBenchVault(b, days).path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	points := 0
	for b.Loop() {
		e := export.Exporter{Store: st, Writer: line.New(io.Discard), Log: slog.New(slog.DiscardHandler), Types: catalog.Types()}
		res, err := e.Export(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		points += res.Points
	}
	runtime.ReadMemStats(&after)
	each, size := float64(after.Mallocs-before.Mallocs)/float64(points), float64(after.TotalAlloc-before.TotalAlloc)/float64(points)
	b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(each, "allocs/point")
	b.ReportMetric(size, "B/point")
	table.add("allocations, to nowhere", "%.3f a point, %.0f bytes", each, size)
}

// benchmarkYears exports years into an influxd, and again when there is nothing new.
func benchmarkYears(b *testing.B, table *benchTable, years int) {
	vault := newBenchVault(b, years*365)
	s := freshInflux(b)
	run := benchExport(b, vault.path, toInflux(s)...)
	before := writeRequests(b, s)
	again := benchExport(b, vault.path, toInflux(s)...)
	writes := writeRequests(b, s) - before
	s.Kill()
	if again.points != 0 {
		b.Fatalf("an export with nothing new wrote %d points", again.points)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(run.points), "points")
	b.ReportMetric(run.perSecond(), "points/s")
	b.ReportMetric(float64(run.peak)/(1<<20), "peak-MiB")
	b.ReportMetric(again.took.Seconds(), "again-s")
	b.ReportMetric(float64(writes), "again-writes")
	b.ReportMetric(float64(vault.size)/1e6, "vault-MB")
	b.ReportMetric(float64(vault.size)/float64(vault.staged), "vault/staged")
	what := fmt.Sprintf("%d × 365 days", years)
	table.add(what+": export", "%d points in %.0f s, %.0f a second", run.points, run.took.Seconds(), run.perSecond())
	table.add(what+": peak memory", "%.0f MiB", float64(run.peak)/(1<<20))
	table.add(what+": nothing new", "%.2f s, %d write requests", again.took.Seconds(), writes)
	table.add(what+": vault", "%.0f MB of %.0f MB staged: %.3f", float64(vault.size)/1e6, float64(vault.staged)/1e6, float64(vault.size)/float64(vault.staged))
}

// copyVault returns the path of a copy, for an export notes in the vault what it wrote where.
func copyVault(b *testing.B, path string) string {
	b.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	to := filepath.Join(b.TempDir(), "vault.db")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return to
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// benchTable is what was measured, as the README has it.
type benchTable struct{ rows []string }

func (t *benchTable) add(what, format string, args ...any) {
	t.rows = append(t.rows, fmt.Sprintf("| %s | %s |\n", what, fmt.Sprintf(format, args...)))
}

func (t *benchTable) String() string {
	return fmt.Sprintf("\n| what, on %d cores | figure |\n|---|---|\n%s", runtime.GOMAXPROCS(0), strings.Join(t.rows, ""))
}
