package export_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"fitvault/export/line"
	"fitvault/store/catalog"
)

const benchYears = 5

// newLongVault stages the daily types of five years, in windows as long as may be asked.
func newLongVault(b *testing.B) *vault {
	b.Helper()
	const first = "2020-01-01"
	v := newVault(b, "me")
	for _, typ := range catalog.Asked(catalog.Fitbit) {
		if typ.Group != catalog.Daily {
			continue
		}
		ask := typ.Fitbit.Ask
		for from := 0; from < benchYears*365; from += ask.Days {
			to := min(from+ask.Days, benchYears*365)
			v.stage(typ.Name, dayAfter(first, from), dayAfter(first, to), longAnswer(b, ask.Root, dayAfter(first, from), to-from))
		}
	}
	return v
}

func longAnswer(b *testing.B, root, from string, days int) string {
	if root == "activities-heart" {
		resting := make([]int, days)
		for i := range resting {
			resting[i] = 50 + i%17
		}
		return hearts(from, resting...)
	}
	type element struct {
		DateTime string `json:"dateTime"`
		Value    string `json:"value"`
	}
	list := make([]element, days)
	for i := range list {
		list[i] = element{dayAfter(from, i), fmt.Sprint(i * 7919 % 20011)}
	}
	body, err := json.Marshal(map[string][]element{root: list})
	must(b, err)
	return string(body)
}

func BenchmarkFullExport(b *testing.B) {
	v := newLongVault(b)
	b.ReportAllocs()
	points := 0
	for n := 0; b.Loop(); n++ {
		points += v.export(v.to(fmt.Sprint(n), &recorder{})).Points
	}
	b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
}

func BenchmarkFullFileExport(b *testing.B) {
	v := newLongVault(b)
	b.ReportAllocs()
	points := 0
	for b.Loop() {
		points += v.export(v.to("", line.New(io.Discard))).Points
	}
	b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
}

func BenchmarkNoOpExport(b *testing.B) {
	v := newLongVault(b)
	v.export(v.to("d", &recorder{}))
	b.ReportAllocs()
	for b.Loop() {
		if res := v.export(v.to("d", &recorder{})); res.Unchanged != res.Units {
			b.Fatalf("result %+v", res)
		}
	}
}

// BenchmarkNewDay is what a round costs that brings one more day of every daily type.
func BenchmarkNewDay(b *testing.B) {
	v := newLongVault(b)
	v.export(v.to("d", &recorder{}))
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		date := dayAfter("2024-12-30", n)
		for _, typ := range catalog.Asked(catalog.Fitbit) {
			if typ.Group == catalog.Daily {
				v.stage(typ.Name, date, dayAfter(date, 1), longAnswer(b, typ.Fitbit.Ask.Root, date, 1))
			}
		}
		b.StartTimer()
		if res := v.export(v.to("d", &recorder{})); res.Written == 0 {
			b.Fatalf("result %+v", res)
		}
	}
}

const denseDays, denseSamples = 30, 20_000

// newDenseVault stages a log of many readings a day, in windows of so many days.
func newDenseVault(b *testing.B, window int) *vault {
	b.Helper()
	v := newVault(b, "me")
	for first := 0; first < denseDays; first += window {
		var readings []string
		for d := first; d < first+window; d++ {
			for i := range denseSamples {
				at := i * 86400 / denseSamples
				readings = append(readings, fmt.Sprintf("%s %02d:%02d:%02d %d", dayAfter("2025-05-01", d), at/3600, at/60%60, at%60, 60+i%9))
			}
		}
		v.stage("weight", dayAfter("2025-05-01", first), dayAfter("2025-05-01", first+window), weights(readings...))
	}
	return v
}

// BenchmarkDenseExport is of 20 000 samples a day. One window that holds all of them costs
// no more than one a day does.
func BenchmarkDenseExport(b *testing.B) {
	for _, window := range []int{1, denseDays} {
		b.Run(fmt.Sprintf("windows of %d days", window), func(b *testing.B) {
			v := newDenseVault(b, window)
			b.ReportAllocs()
			points := 0
			for n := 0; b.Loop(); n++ {
				points += v.export(v.to(fmt.Sprint(n), &recorder{})).Points
			}
			b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
		})
	}
}
