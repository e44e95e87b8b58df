package catalog_test

import (
	"strings"
	"testing"
	"time"

	"fitvault/store/catalog"
)

func readProfile(body []byte) (catalog.Profile, error) {
	t, _ := catalog.Lookup("profile")
	return t.Fitbit.Profile(body)
}

func synced(b catalog.Body) (time.Time, bool, error) {
	t, _ := catalog.Lookup("device")
	return t.Fitbit.Synced(b)
}

func TestReadProfile(t *testing.T) {
	got, err := readProfile(readFile(t, "testdata/profile/fitbit.json"))
	want := catalog.Profile{UserID: "ZX9QW2", Zone: "Europe/Berlin", MemberSince: day(t, "2021-03-14")}
	if err != nil || got != want {
		t.Errorf("got %+v, error %v; want %+v", got, err, want)
	}
	got, err = readProfile([]byte(`{"user": {"memberSince": "2021-03-14", "offsetFromUTCMillis": "unread"}}`))
	want = catalog.Profile{MemberSince: day(t, "2021-03-14")}
	if err != nil || got != want {
		t.Errorf("without id and zone: got %+v, error %v; want %+v", got, err, want)
	}
	for _, body := range []string{``, `{}`, `[]`, `{"user": null}`, `{"user": {"encodedId": "A"}}`,
		`{"user": {"memberSince": "March"}}`, `{"user": {"memberSince": "2021-03-14", "timezone": 1}}`} {
		if p, err := readProfile([]byte(body)); err == nil {
			t.Errorf("%s reads as %+v", body, p)
		}
	}
}

func TestLastTrackerSync(t *testing.T) {
	z := zones(t, "2000-01-01", "Europe/Berlin")
	const (
		charge  = `{"deviceVersion": "Charge 6", "type": "TRACKER", "lastSyncTime": "2025-09-10T07:42:19.000"}`
		older   = `{"deviceVersion": "Inspire", "type": "TRACKER", "lastSyncTime": "2025-08-01T00:00:00.000"}`
		scale   = `{"deviceVersion": "Aria Air", "type": "SCALE", "lastSyncTime": "2025-09-11T06:58:03.000"}`
		silent  = `{"deviceVersion": "One", "type": "TRACKER"}`
		nothing = ``
	)
	for _, c := range []struct {
		devices, want string
	}{
		{older + "," + charge + "," + scale + "," + silent, "2025-09-10T05:42:19Z"},
		{charge + "," + older, "2025-09-10T05:42:19Z"},
		{scale + "," + silent, ""},
		{nothing, ""},
	} {
		got, ok, err := synced(catalog.Body{JSON: []byte("[" + c.devices + "]"), Zones: z})
		if err != nil || ok != (c.want != "") {
			t.Errorf("%s: found %v, error %v", c.devices, ok, err)
		}
		if ok && got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s: got %v, want %s", c.devices, got, c.want)
		}
	}
	if _, _, err := synced(catalog.Body{JSON: []byte(`[{"lastSyncTime": "soon"}]`)}); err == nil {
		t.Error("a sync time that is none was read")
	}
}

// TestReadGoogleAccount reads what each resource of the Google Health API tells of a person
// (google-health-api.md section 5.9).
func TestReadGoogleAccount(t *testing.T) {
	for _, c := range []struct {
		typ, file string
		want      catalog.Profile
	}{
		{"profile", "google.json", catalog.Profile{MemberSince: day(t, "2019-01-15")}},
		{"profile", "google_bare.json", catalog.Profile{}},
		{"settings", "google.json", catalog.Profile{Zone: "Europe/Paris"}},
		{"identity", "google.json", catalog.Profile{UserID: "1000000000000000001", LegacyID: "ABC123"}},
	} {
		got, err := mustLookup(t, c.typ).Google.Profile(readFile(t, "testdata/"+c.typ+"/"+c.file))
		if err != nil || got != c.want {
			t.Errorf("%s/%s: got %+v, error %v; want %+v", c.typ, c.file, got, err, c.want)
		}
	}
	for _, c := range []struct{ typ, body, word string }{
		{"profile", `[]`, "array"},
		{"profile", `{"membershipStartDate": "2019-01-15"}`, "membershipStartDate"},
		{"profile", `{"membershipStartDate": {"year": 2019, "month": 13, "day": 1}}`, "2019-13-01"},
		{"settings", `<html>`, "read settings"},
		{"settings", `{"timeZone": 1}`, "timeZone"},
		{"identity", ``, "read identity"},
		{"identity", `{"healthUserId": 1}`, "healthUserId"},
	} {
		got, err := mustLookup(t, c.typ).Google.Profile([]byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s of %s: %+v, error %v; want one with %q", c.typ, c.body, got, err, c.word)
		}
	}
}

func TestLastTrackerSyncOfGoogle(t *testing.T) {
	const (
		charge = `{"deviceVersion": "Charge 6", "deviceType": "TRACKER", "lastSyncTime": "2025-09-10T05:42:19.5Z"}`
		older  = `{"deviceVersion": "Inspire", "deviceType": "TRACKER", "lastSyncTime": "2025-08-01T00:00:00Z"}`
		scale  = `{"deviceVersion": "Aria Air", "deviceType": "SCALE", "lastSyncTime": "2025-09-11T06:58:03Z"}`
		silent = `{"deviceVersion": "One", "deviceType": "TRACKER"}`
	)
	read := mustLookup(t, "device").Google.Synced
	for _, c := range []struct{ devices, want string }{
		{older + "," + charge + "," + scale + "," + silent, "2025-09-10T05:42:19.5Z"},
		{charge + "," + older, "2025-09-10T05:42:19.5Z"},
		{scale + "," + silent, ""},
		{``, ""},
	} {
		got, ok, err := read(catalog.Body{JSON: []byte(`{"pairedDevices": [` + c.devices + `]}`)})
		if err != nil || ok != (c.want != "") || ok && got.Format(time.RFC3339Nano) != c.want {
			t.Errorf("%s: got %v, %v, error %v; want %s", c.devices, got, ok, err, c.want)
		}
	}
	for _, body := range []string{`{"pairedDevices": [{"deviceVersion": "One", "lastSyncTime": "2025-09-10T05:42:19"}]}`, `{"pairedDevices": 4}`} {
		if got, ok, err := read(catalog.Body{JSON: []byte(body)}); err == nil || ok || !got.IsZero() {
			t.Errorf("%s: got %v, %v, error %v", body, got, ok, err)
		}
	}
}

// TestGoogleBatteryDay files a battery under the date of its sync where the person is.
func TestGoogleBatteryDay(t *testing.T) {
	for _, p := range googleFixture(t, "device", "google_odd") {
		if p.Day != day(t, "2025-09-10") {
			t.Errorf("a sync at %v is filed under %s", p.Time, p.Day)
		}
	}
}
