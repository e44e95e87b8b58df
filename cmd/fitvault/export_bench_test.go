//go:build linux

package main

import (
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
	"fitvault/export/influx/influxtest"
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
// FITVAULT_BENCH_DAYS are the days that are compared (30), FITVAULT_BENCH_PAIRS how often (5),
// FITVAULT_BENCH_YEARS the years of which memory is measured ("1,5"). The pulse is that of every
// second, of the legacy Web API; with FITVAULT_BENCH_SOURCE=google it is that of every fifth one,
// of the Google Health API.
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

// benchmarkRatio exports into a fresh influxd, and posts the same lines into others, one batch
// after the other and, as the export does, two at a time. They take turns, each first in turn.
func benchmarkRatio(b *testing.B, table *benchTable, days, pairs int) {
	vault := newBenchVault(b, days)
	path := filepath.Join(b.TempDir(), "lines")
	points := benchExport(b, vault.path, "--output", path).points
	lines, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	batches := batched(lines, 10_000)
	var ratios, double, cpu []float64
	var rates [3][]float64
	for i := range pairs {
		run := func(turn int, s *influxtest.Server) benchRun {
			if turn > 0 {
				return postLines(b, s, batches, turn)
			}
			r := benchExport(b, copyVault(b, vault.path), toInflux(s)...)
			cpu = append(cpu, float64(r.cpu.Nanoseconds())/float64(points))
			return r
		}
		var held [3]string
		for n := range 3 {
			turn := (n + i) % 3
			s := freshInflux(b)
			r := run(turn, s)
			if held[turn] = heldPoints(b, s); r.points != points || held[turn] != held[i%3] {
				b.Fatalf("%d of %d points sent; influxd holds %s heart rates, %s before", r.points, points, held[turn], held[i%3])
			}
			s.Kill()
			rates[turn] = append(rates[turn], r.perSecond())
		}
		ratios, double = append(ratios, rates[0][i]/rates[1][i]), append(double, rates[0][i]/rates[2][i])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(double), "ratio-of-two")
	b.ReportMetric(median(rates[0]), "points/s")
	b.ReportMetric(median(rates[1]), "minimal-points/s")
	b.ReportMetric(median(cpu), "cpu-ns/point")
	what := fmt.Sprintf("export of %d days, %d points", days, points)
	table.add(what, "%.0f points/s, %.2f µs of processor a point", median(rates[0]), median(cpu)/1000)
	table.add("the same lines by a minimal client", "%.0f points/s, two requests at a time %.0f", median(rates[1]), median(rates[2]))
	table.add(fmt.Sprintf("ratio, median of %d pairs", pairs), "%.2f (%.2f to %.2f), to two at a time %.2f (%.2f to %.2f)",
		median(ratios), slices.Min(ratios), slices.Max(ratios), median(double), slices.Min(double), slices.Max(double))
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
	each := float64(after.Mallocs-before.Mallocs) / float64(points)
	size := float64(after.TotalAlloc-before.TotalAlloc) / float64(points)
	b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
	b.ReportMetric(each, "allocs/point")
	b.ReportMetric(size, "B/point")
	table.add("allocations, to nowhere", "%.3f a point, %.0f bytes", each, size)
}

// benchmarkYears exports years into an influxd, and again when there is nothing new. The influxd
// has a shard a month: it keeps the newest megabytes of each in memory, which of the week that is
// its default would be some 10 GB for five years.
func benchmarkYears(b *testing.B, table *benchTable, years int) {
	vault := newBenchVault(b, years*365)
	s := freshInflux(b)
	s.Query("", "CREATE DATABASE "+benchDatabase+" WITH DURATION INF REPLICATION 1 SHARD DURATION 30d NAME autogen")
	run := benchExport(b, vault.path, toInflux(s)...)
	share, peak := float64(vault.size)/float64(vault.staged), float64(run.peak)/(1<<20)
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
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(again.took.Seconds(), "again-s")
	b.ReportMetric(float64(writes), "again-writes")
	b.ReportMetric(float64(vault.size)/1e6, "vault-MB")
	b.ReportMetric(share, "vault/staged")
	what := fmt.Sprintf("%d × 365 days", years)
	table.add(what+": export", "%d points in %.0f s, %.0f a second", run.points, run.took.Seconds(), run.perSecond())
	table.add(what+": peak memory", "%.0f MiB", peak)
	table.add(what+": nothing new", "%.2f s, %d write requests", again.took.Seconds(), writes)
	table.add(what+": vault", "%.0f MB of %.0f MB staged: %.3f", float64(vault.size)/1e6, float64(vault.staged)/1e6, share)
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
