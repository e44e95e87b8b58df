package catalog_test

import (
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
