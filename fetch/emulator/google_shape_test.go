package emulator_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// Members that an answer may have beyond a sample: samples show one point.
var googleMay = regexp.MustCompile(`/dataSource/(device/(manufacturer|formFactor)|application|device)`)

// googleShape compares with the union of the samples: what they show must be
// there, and nothing that none shows.
func googleShape(t *testing.T, what string, body []byte, samples []json.RawMessage, may ...string) {
	t.Helper()
	got, want := shape(t, body), map[string]bool{}
	for _, s := range samples {
		maps.Copy(want, shape(t, s))
	}
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if !want[p] && !googleMay.MatchString(p) && !slices.Contains(may, p) {
			t.Errorf("%s: answer has %q, no sample has", what, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(want)) {
		if !got[p] && !strings.Contains(p, "nextPageToken") && !slices.Contains(may, p) {
			t.Errorf("%s: a sample has %q, the answer has not", what, p)
		}
	}
}

// moreSamples are whole list answers of a type beside its one point.
var moreSamples = map[string][]string{
	"steps": {"list-steps-page1", "list-steps-page2-true-zero"}, "heart-rate": {"list-heart-rate"},
	"weight": {"list-weight"}, "sleep": {"list-sleep"}, "exercise": {"list-exercise"},
	"electrocardiogram": {"list-electrocardiogram"}, "nutrition-log": {"list-nutrition-log"},
	"hydration-log": {"list-hydration-log"}, "daily-heart-rate-variability": {"list-daily-heart-rate-variability"},
	"daily-heart-rate-zones": {"list-daily-heart-rate-zones"}, "daily-oxygen-saturation": {"list-daily-oxygen-saturation"},
	"daily-resting-heart-rate":            {"list-daily-resting-heart-rate"},
	"daily-sleep-temperature-derivations": {"list-daily-sleep-temperature-derivations-nan"},
}

// googleMays are value members that the sheet names and no sample shows, and
// forms that depend on the clock.
var googleMays = map[string][]string{
	"daily-resting-heart-rate": nil,
	"nutrition-log":            {"/dataPoints[]/nutritionLog/food string"},
	"exercise": {
		"/dataPoints[]/exercise/exerciseMetadata/poolLengthMillimeters string: whole number",
		"/dataPoints[]/exercise/metricsSummary/totalSwimLengths number",
	},
	"sleep": {"/dataPoints[]/sleep/metadata/manuallyEdited bool"},
}

func TestGoogleListShapes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	var one map[string]json.RawMessage
	if err := json.Unmarshal(sample(t, "google/list-one-point-per-type"), &one); err != nil {
		t.Fatal(err)
	}
	if len(one) != 36 {
		t.Fatalf("%d samples", len(one))
	}
	for kind, first := range one {
		samples := []json.RawMessage{first}
		for _, name := range moreSamples[kind] {
			samples = append(samples, sample(t, "google/"+name))
		}
		var all []map[string]json.RawMessage
		switch kind {
		case "sleep":
			all = g.walk(kind, "list", "filter", `sleep.interval.civil_end_time >= "2025-08-01"`)
		case "exercise":
			all = g.walk(kind, "list", "filter", `exercise.interval.civil_start_time >= "2025-05-01"`)
		case "daily-sleep-temperature-derivations":
			all = g.walk(kind, "list")
		default:
			all = pageOf(t, g.ok(dataPath(kind, "list", "pageSize", "300"))).DataPoints
		}
		body, err := json.Marshal(map[string]any{"dataPoints": all})
		if err != nil {
			t.Fatal(err)
		}
		googleShape(t, kind, body, samples, append(googleMays[kind], civilParts(kind, samples)...)...)
	}
}

// civilParts are the parts of a civil time, of which one point shows but some.
func civilParts(kind string, samples []json.RawMessage) (parts []string) {
	if !strings.Contains(string(samples[0]), "civil") {
		return nil
	}
	for _, at := range []string{"interval/civilStartTime", "interval/civilEndTime", "sampleTime/civilTime"} {
		for _, part := range []string{"hours", "minutes", "seconds", "nanos"} {
			parts = append(parts, "/dataPoints[]/"+memberOf(kind)+"/"+at+"/time/"+part+" number")
		}
	}
	return parts
}

func TestGoogleReconcileShapes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	merged := func(kind string) []byte {
		all := pageOf(t, g.ok(dataPath(kind, "reconcile", "pageSize", "400"))).DataPoints
		body, _ := json.Marshal(map[string]any{"dataPoints": all})
		return body
	}
	steps := []json.RawMessage{sample(t, "google/reconcile-steps")}
	googleShape(t, "steps", merged("steps"), steps, civilParts("steps", steps)...)
	var two map[string]json.RawMessage
	if err := json.Unmarshal(sample(t, "google/reconcile-floors-and-sleep"), &two); err != nil {
		t.Fatal(err)
	}
	floors := []json.RawMessage{two["floors"]}
	googleShape(t, "floors", merged("floors"), floors, civilParts("floors", floors)...)
	got := shape(t, merged("sleep"))
	for p := range shape(t, two["sleep"]) {
		if !got[p] && !strings.Contains(p, "nextPageToken") {
			t.Errorf("sleep: a sample has %q, the answer has not", p)
		}
	}
}

func TestGoogleRollupShapes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	g.Set(func(m *emulator.Modes) { m.GooglePersonalRanges = true })
	for _, tt := range []struct{ sample, verb string }{
		{"rollup-one-window-per-type", "rollUp"}, {"daily-rollup-one-day-per-type", "dailyRollUp"},
	} {
		var one map[string]json.RawMessage
		if err := json.Unmarshal(sample(t, "google/"+tt.sample), &one); err != nil {
			t.Fatal(err)
		}
		for kind, want := range one {
			limit, last := emulator.Date(90), day(t, "2025-10-30")
			if strings.Contains("calories-in-heart-rate-zone heart-rate active-minutes total-calories", kind) {
				limit = 14
			}
			var all []json.RawMessage
			for from := last - 180; from < last && (len(all) == 0 || limit == 90); from += limit {
				body := dailyBody(from, from+limit)
				if tt.verb == "rollUp" {
					at := g.Person().DayStart(from).UTC()
					body = physicalBody(at, at.AddDate(0, 0, int(limit)), "86400s")
				}
				var page struct{ RollupDataPoints []json.RawMessage }
				if err := json.Unmarshal([]byte(g.roll(kind, tt.verb, body)), &page); err != nil {
					t.Fatal(err)
				}
				all = append(all, page.RollupDataPoints...)
			}
			body, _ := json.Marshal(map[string]any{"rollupDataPoints": all})
			googleShape(t, kind+" "+tt.verb, body, []json.RawMessage{want})
		}
	}
}

func TestGoogleAccountShapes(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	for path, name := range map[string]string{
		"profile": "profile", "settings": "settings", "identity": "identity", "irnProfile": "irn-profile",
		"pairedDevices": "paired-devices-list",
	} {
		body := g.ok("/v4/users/me/" + path)
		sameShape(t, body, "google/"+name)
		if own := g.ok("/v4/users/" + g.GoogleUserID() + "/" + path); own != body {
			t.Errorf("%s by number differs", path)
		}
	}
	g.get("/v4/users/4711/profile").refused(t, "somebody else", 403, "PERMISSION_DENIED", "")
	g.Set(func(m *emulator.Modes) { m.GoogleBareProfile, m.GoogleNoSyncTimes = true, true })
	if body := g.ok("/v4/users/me/profile"); strings.Contains(body, "membership") || !strings.Contains(body, `"age"`) {
		t.Errorf("bare profile: %s", body)
	}
	if body := g.ok("/v4/users/me/pairedDevices"); strings.Contains(body, "lastSyncTime") {
		t.Errorf("without sync times: %s", body)
	}
	refreshed := g.post("/token", "", "", g.refreshForm(g.GoogleSeedToken()))
	sameShape(t, strings.Replace(refreshed.body, `"token_type"`, `"refresh_token_expires_in":1,"token_type"`, 1), "google/oauth-refresh-response")
	testing := startGoogle(t, func(o *emulator.Options) { o.GoogleTesting = true })
	code := testing.consent(testing.address(emulator.AllGoogleScopes), emulator.AllGoogleScopes...).Get("code")
	id, secret := testing.GoogleClient()
	minted := testing.post("/token", "", "", map[string][]string{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {id}, "client_secret": {secret},
		"redirect_uri": {loopback}, "code_verifier": {googleVerifier},
	})
	sameShape(t, minted.body, "google/oauth-token-response")
}

// TestGooglePairedDevices pages through the devices.
func TestGooglePairedDevices(t *testing.T) {
	t.Parallel()
	g := startGoogle(t)
	g.Set(func(m *emulator.Modes) { m.OldTracker = true })
	type page struct {
		PairedDevices []struct{ Name, DeviceType, LastSyncTime string }
		NextPageToken string
	}
	read := func(query string) (p page) {
		if err := json.Unmarshal([]byte(g.ok("/v4/users/me/pairedDevices"+query)), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	all := read("?pageSize=500").PairedDevices
	first := read("?pageSize=2")
	rest := read("?pageSize=2&pageToken=" + first.NextPageToken)
	if len(all) != 3 || len(first.PairedDevices) != 2 || len(rest.PairedDevices) != 1 || rest.NextPageToken != "" ||
		rest.PairedDevices[0] != all[2] {
		t.Errorf("all %+v, first %+v, rest %+v", all, first, rest)
	}
	if want := g.LastSync().Format("2006-01-02T15:04:05Z"); all[0].LastSyncTime != want {
		t.Errorf("last sync %s, want %s", all[0].LastSyncTime, want)
	}
	name := all[0].Name
	if body := g.ok("/v4/users/me/pairedDevices/" + name[strings.LastIndex(name, "/")+1:]); !strings.Contains(body, name) {
		t.Errorf("one device: %s", body)
	}
	g.get("/v4/users/me/pairedDevices/1").refused(t, "no such device", 404, "NOT_FOUND", "")
	g.get("/v4/users/me/pairedDevices?pageToken="+first.NextPageToken).refused(t, "other size", 400, "INVALID_ARGUMENT", "")
}
