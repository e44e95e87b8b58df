package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

// On a journey to the west a clock passes midnight before it is set back: what it showed until
// then is of the zone before, as what comes after it tells.
func TestNightOfAJourneyWest(t *testing.T) {
	const log = `{"sleep": [{"logId": 1, "dateOfSleep": "2026-02-10", "startTime": "2026-02-10T%s", "endTime": "2026-02-10T%s", "duration": 25020000,
		"isMainSleep": true, "type": "stages", "levels": {"data": [{"dateTime": "2026-02-10T%[1]s", "level": "light", "seconds": 25020}]}}]}`
	const hrv = `{"hrv": [{"dateTime": "2026-02-10", "minutes": [{"minute": "2026-02-09T23:58:00.000", "value": {"rmssd": 29}},
		{"minute": "2026-02-10T%s", "value": {"rmssd": 30}}, {"minute": "2026-02-10T%s", "value": {"rmssd": 31}}]}]}`
	west := zones(t, "2000-01-01", "Asia/Tokyo", "2026-02-10", "America/New_York")
	for _, tt := range []struct {
		name, typ, body string
		zones           catalog.Zones
		want            string
	}{
		{"asleep while the clock is set back", "sleep", fmt.Sprintf(log, "13:30:00.000", "06:27:00.000"), west, "04:30:00"},
		{"asleep after it was", "sleep", fmt.Sprintf(log, "13:30:00.000", "20:27:00.000"), west, "18:30:00"},
		{"at home", "sleep", fmt.Sprintf(log, "13:30:00.000", "20:27:00.000"), zones(t, "2000-01-01", "Asia/Tokyo"), "04:30:00"},
		{"stages", "sleep_stage", fmt.Sprintf(log, "13:30:00.000", "06:27:00.000"), west, "04:30:00"},
		{"samples before and after", "hrv", fmt.Sprintf(hrv, "13:30:00.000", "06:27:00.000"), west, "14:58:00 04:30:00 11:27:00"},
		{"samples after", "hrv", fmt.Sprintf(hrv, "06:30:00.000", "13:27:00.000"), west, "14:58:00 11:30:00 18:27:00"},
	} {
		typ := mustLookup(t, tt.typ)
		points, err := typ.Read(typ.Fitbit, catalog.Body{JSON: []byte(tt.body), Zones: tt.zones})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range points {
			got = append(got, p.Time.UTC().Format(time.TimeOnly))
		}
		if all := strings.Join(got, " "); all != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, all, tt.want)
		}
	}
}
