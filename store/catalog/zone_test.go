package catalog_test

import (
	"testing"
	"time"

	"fitvault/store/catalog"
)

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func wall(t testing.TB, s string) catalog.Wall {
	t.Helper()
	w, err := catalog.ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestZonesStart(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"Europe/Berlin", "2025-03-29", "2025-03-28T23:00:00Z"},
		{"Europe/Berlin", "2025-03-30", "2025-03-29T23:00:00Z"},
		{"Europe/Berlin", "2025-03-31", "2025-03-30T22:00:00Z"},
		{"Europe/Berlin", "2025-10-26", "2025-10-25T22:00:00Z"},
		{"Europe/Berlin", "2025-10-27", "2025-10-26T23:00:00Z"},
		// Midnight is skipped: the day begins with the instant of the skip.
		{"America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
		{"America/Sao_Paulo", "2018-11-05", "2018-11-05T02:00:00Z"},
		{"Africa/Cairo", "2025-04-24", "2025-04-23T22:00:00Z"},
		{"Africa/Cairo", "2025-04-25", "2025-04-24T22:00:00Z"},
		{"Africa/Cairo", "2025-04-26", "2025-04-25T21:00:00Z"},
		{"Asia/Beirut", "2025-03-30", "2025-03-29T22:00:00Z"},
		// Midnight comes twice: the day begins with the first.
		{"America/Havana", "2025-11-02", "2025-11-02T04:00:00Z"},
		{"America/Havana", "2025-11-03", "2025-11-03T05:00:00Z"},
		{"Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00Z"},
		{"Atlantic/Azores", "2025-10-27", "2025-10-27T01:00:00Z"},
		// The hour before midnight comes twice; midnight itself once.
		{"Africa/Cairo", "2025-10-31", "2025-10-30T22:00:00Z"},
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z"},
		// Half an hour of summer time, and a day that an island left out.
		{"Australia/Lord_Howe", "2025-10-06", "2025-10-05T13:00:00Z"},
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
	} {
		z := zones(t, "1990-01-01", c.zone)
		if got := z.Start(day(t, c.day)); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s begins in %s at %v, want %s", c.day, c.zone, got.UTC(), c.want)
		}
	}
}

func TestZonesAt(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/Berlin", "2025-07-01T12:00:00.000", "2025-07-01T10:00:00Z"},
		{"Europe/Berlin", "2025-03-30T01:59:59", "2025-03-30T00:59:59Z"},
		{"Europe/Berlin", "2025-03-30T02:30:00", "2025-03-30T01:30:00Z"}, // never shown: 03:30
		{"Europe/Berlin", "2025-03-30T03:00:00", "2025-03-30T01:00:00Z"},
		{"Europe/Berlin", "2025-03-30T12:00:00", "2025-03-30T10:00:00Z"},
		{"Europe/Berlin", "2025-10-26T01:59:59", "2025-10-25T23:59:59Z"},
		{"Europe/Berlin", "2025-10-26T02:00:00", "2025-10-26T00:00:00Z"}, // twice: the first
		{"Europe/Berlin", "2025-10-26T02:59:59", "2025-10-26T00:59:59Z"},
		{"Europe/Berlin", "2025-10-26T03:00:00", "2025-10-26T02:00:00Z"},
		{"Europe/Berlin", "2025-10-26T12:00:00", "2025-10-26T11:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04T00:30:00", "2018-11-04T03:30:00Z"},
		{"America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-18T01:30:00Z"},
		{"America/Havana", "2025-11-02T00:30:00", "2025-11-02T04:30:00Z"},
		{"America/Havana", "2025-11-02T01:00:00", "2025-11-02T06:00:00Z"},
		{"Australia/Lord_Howe", "2025-10-05T02:15:00", "2025-10-04T15:45:00Z"},
		{"Asia/Kathmandu", "2025-01-01T05:45:00", "2025-01-01T00:00:00Z"},
	} {
		z := zones(t, "1990-01-01", c.zone)
		if got := z.At(wall(t, c.wall)); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s in %s is %v, want %s", c.wall, c.zone, got.UTC(), c.want)
		}
	}
}

// TestZonesShowEveryInstant holds At to the zone database: for each quarter of an hour of
// three years, the first instant at which the wall reads as it does then is that instant or,
// where clocks went back, one before it.
func TestZonesShowEveryInstant(t *testing.T) {
	for _, name := range []string{
		"Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "America/Havana", "Atlantic/Azores",
		"Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Asia/Tokyo", "Pacific/Chatham",
	} {
		z := zones(t, "1990-01-01", name)
		loc := z.On(0)
		seen := map[string]time.Time{}
		start := time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC)
		for at := start; at.Before(start.AddDate(3, 0, 0)); at = at.Add(15 * time.Minute) {
			shown := at.In(loc).Format("2006-01-02T15:04:05")
			want, ok := seen[shown]
			if !ok {
				seen[shown], want = at, at
			}
			if got := z.At(wall(t, shown)); !got.Equal(want) {
				t.Fatalf("%s in %s is %v, want %v", shown, name, got.UTC(), want)
			}
		}
	}
}

func TestZonesOfATraveller(t *testing.T) {
	z := zones(t, "2025-03-01", "Asia/Tokyo", "2025-01-01", "Europe/Berlin", "2025-06-01", "America/Los_Angeles")
	for _, c := range []struct{ day, zone, start string }{
		{"2024-07-01", "Europe/Berlin", "2024-06-30T22:00:00Z"}, // before the first date: the first zone
		{"2025-02-28", "Europe/Berlin", "2025-02-27T23:00:00Z"},
		{"2025-03-01", "Asia/Tokyo", "2025-02-28T15:00:00Z"},
		{"2025-05-31", "Asia/Tokyo", "2025-05-30T15:00:00Z"},
		{"2025-06-01", "America/Los_Angeles", "2025-06-01T07:00:00Z"},
	} {
		d := day(t, c.day)
		if got := z.On(d).String(); got != c.zone {
			t.Errorf("zone on %s is %s, want %s", c.day, got, c.zone)
		}
		if got := z.Start(d); !got.Equal(instant(t, c.start)) {
			t.Errorf("%s begins at %v, want %s", c.day, got.UTC(), c.start)
		}
	}
	for _, c := range []struct{ now, want string }{
		{"2025-02-28T14:59:59Z", "2025-02-28"},
		{"2025-02-28T15:00:00Z", "2025-03-01"}, // midnight in Tokyo, while Berlin's evening is left out
		{"2025-05-31T15:00:00Z", "2025-05-31"}, // the long day of the flight to the east
		{"2025-06-01T06:59:59Z", "2025-05-31"},
		{"2025-06-01T07:00:00Z", "2025-06-01"},
	} {
		if got := z.Today(instant(t, c.now)); got != day(t, c.want) {
			t.Errorf("at %s it is %s, want %s", c.now, got, c.want)
		}
	}
	later := zones(t, "2025-01-01", "Europe/Berlin", "2025-01-01", "Asia/Tokyo")
	if got := later.On(day(t, "2025-01-01")).String(); got != "Asia/Tokyo" {
		t.Errorf("of two zones from one date %s holds, want the later given", got)
	}
}

func TestZonesToday(t *testing.T) {
	for _, c := range []struct{ zone, now, want string }{
		{"Europe/Berlin", "2025-10-25T21:59:59Z", "2025-10-25"},
		{"Europe/Berlin", "2025-10-25T22:00:00Z", "2025-10-26"},
		{"Pacific/Kiritimati", "2025-01-01T09:59:59Z", "2025-01-01"},
		{"Pacific/Kiritimati", "2025-01-01T10:00:00Z", "2025-01-02"},
		{"Pacific/Pago_Pago", "2025-01-01T10:59:59Z", "2024-12-31"},
		{"America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03"},
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"},
		{"America/Havana", "2025-11-02T04:30:00Z", "2025-11-02"},
		{"America/Havana", "2025-11-02T05:30:00Z", "2025-11-02"},
	} {
		if got := zones(t, "1990-01-01", c.zone).Today(instant(t, c.now)); got != day(t, c.want) {
			t.Errorf("at %s it is %s in %s, want %s", c.now, got, c.zone, c.want)
		}
	}
}

func TestZonesUnknown(t *testing.T) {
	var z catalog.Zones
	if z.Known() || catalog.NewZones().Known() || !zones(t, "2025-01-01", "Asia/Tokyo").Known() {
		t.Error("Known is wrong")
	}
	if got := z.Start(day(t, "2025-01-01")); !got.Equal(instant(t, "2025-01-01T00:00:00Z")) {
		t.Errorf("without a zone 2025-01-01 begins at %v", got)
	}
}

func TestWall(t *testing.T) {
	a, b := wall(t, "2025-10-26T02:30:00.500"), wall(t, "2025-10-25T23:30:00")
	if got := a.Sub(b); got != 3*time.Hour+500*time.Millisecond {
		t.Errorf("difference is %v", got)
	}
	if a.Day() != day(t, "2025-10-26") || b.Day() != day(t, "2025-10-25") {
		t.Errorf("days are %v and %v", a.Day(), b.Day())
	}
	for _, s := range []string{"", "2025-10-26", "2025-10-26T02:30", "2025-10-26T02:30:00Z", "2025-10-26T24:00:00", "2025-02-29T00:00:00"} {
		if w, err := catalog.ParseWall(s); err == nil {
			t.Errorf("%q reads as %v", s, time.Time(w))
		}
	}
}
