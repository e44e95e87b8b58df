package catalog

import "strings"

// computedTemperature reads the temperature of the skin in each sleep, filed under the local
// date of its end. The other columns are sums and spreads of differences from what is usual,
// whose equals elsewhere are not known (takeout-archive.md section 5.2).
var computedTemperature = csvSamples(skinTemperatureDaily, "sleep_end", wallClock, func(f *fieldList, t *table) {
	if kind := t.text("type"); kind == "" || strings.EqualFold(kind, "SKIN") {
		t.add(f, "nightly_temperature", unlessZero(googleFloat), "nightly_c")
	}
})

// derivedTemperature reads the temperature of each night and the one that is usual, and works
// out the difference as of Google's.
var derivedTemperature = csvSamples(skinTemperatureDaily, "timestamp", dateClock, func(f *fieldList, t *table) {
	f.columns(skinTemperatureDaily, t, []column{
		{"nightly_c", "nightly temperature celsius", unlessZero(googleFloat)},
		{"baseline_c", "baseline temperature celsius", unlessZero(googleFloat)},
		{"stddev_30d_c", "relative nightly stddev 30d celsius", unlessZero(googleFloat)},
	})
	f.relativeTemperature()
})

// takeoutDeviation reads how far the wrist is from its usual temperature, minute by minute.
var takeoutDeviation = csvColumns(skinTemperature, "recorded_time", wallClock, column{"deviation_c", "temperature", nil})

var (
	takeoutSkinDaily = []*Origin{
		{From: "computed_temperature.csv", Read: computedTemperature, Gather: oneNight},
		{From: "daily_sleep_temperature_derivations.csv", Read: derivedTemperature, Gather: oneNight},
	}
	takeoutSkinDeviation = []*Origin{
		{From: "device_temperature.csv", Read: takeoutDeviation, Gather: oneRecorder},
		{From: "wrist_temperature.csv", Read: takeoutDeviation, Gather: oneRecorder},
	}
	takeoutSkinAbsolute = []*Origin{{From: "body_temperature.csv", Gather: oneRecorder,
		Read: csvValues(skinTemperature, utcClock, "temperature celsius", googleFloat, "absolute_c")}}
)
