package fitbit_test

import (
	"strings"
	"testing"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

const (
	tcxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">`
	tcxPoint = `<Activities><Activity Sport="Biking"><Lap><Track><Trackpoint><Time>2025-09-07T18:05:12.000+02:00</Time>` +
		`</Trackpoint></Track></Lap></Activity></Activities>`
	tcxTail = `</TrainingCenterDatabase>`
)

func trackOf(id string) fetch.Question {
	return fetch.Question{ID: id, Ask: catalog.Ask{Path: "/1/user/-/activities/{id}.tcx?includePartialTCX=true", Days: 1}}
}

func TestTheTrackOfAnActivityIsAskedFor(t *testing.T) {
	for id, want := range map[string]string{
		"58230990412": "/1/user/-/activities/58230990412.tcx?includePartialTCX=true",
		"a/b?c":       "/1/user/-/activities/a%2Fb%3Fc.tcx?includePartialTCX=true",
	} {
		a := &answering{status: 200, body: tcxHead + tcxTail}
		got, err := newProvider(a).Get(t.Context(), "token", trackOf(id))
		if err != nil || a.seen.URL.RequestURI() != want || got.Path != want || string(got.Body) != a.body {
			t.Errorf("asked %s, want %s (%v); the answer is %s", a.seen.URL.RequestURI(), want, err, got.Body)
		}
	}
}

func TestTracks(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"a track":               {tcxHead + tcxPoint + tcxTail + "\n", "1"},
		"behind a mark":         {"\ufeff" + tcxHead + tcxPoint + tcxTail, "1"},
		"no point":              {tcxHead + "<Activities/>" + tcxTail, "0"},
		"an empty element":      {`<TrainingCenterDatabase/>`, "0"},
		"with attributes":       {strings.TrimSuffix(tcxHead, ">") + " />\n", "0"},
		"no document":           {"", "0"},
		"blanks":                {" \n", "0"},
		"cut off":               {tcxHead + tcxPoint, "garbled"},
		"cut off in its root":   {strings.TrimSuffix(tcxHead, ">"), "garbled"},
		"HTML":                  {"<!DOCTYPE html><html><body>Bad Gateway</body></html>", "garbled"},
		"HTML that quotes it":   {"<html><pre>" + strings.Repeat(" ", 1000) + tcxHead + tcxTail, "garbled"},
		"other XML":             {`<?xml version="1.0"?><gpx></gpx>`, "garbled"},
		"a text":                {"TrainingCenterDatabase", "garbled"},
		"an error":              {sample(t, "error_404_not_found"), "of another shape"},
		"the front end's error": {sample(t, "error_403_google_envelope"), "of another shape"},
	} {
		c, err := newProvider(nil).Inspect(trackOf("1"), []byte(tt.body))
		if got := describe(c, err); got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, tt.want, err)
		}
	}
}

// A track is kept byte for byte; what stands in its place may echo the token.
func TestATrackIsKeptAsItIsAndNothingElse(t *testing.T) {
	access := "my-odd-access"
	for body, kept := range map[string]bool{
		tcxHead + tcxPoint + tcxTail:                        true,
		tcxHead + tcxPoint + "{}":                           false,
		"<html>{}</html>":                                   false,
		`<?xml version="1.0"?><error>{}</error>`:            false,
		`{"errors":[{"errorType":"x","message":"{}"}]}`:     false,
		"<!DOCTYPE html><p>Access token expired: {}</p>":    false,
		strings.Repeat("<", 5) + "{}" + tcxTail:             false,
		tcxHead + "<Notes>0123.4567.8901</Notes>" + tcxTail: true,
	} {
		body := strings.ReplaceAll(body, "{}", access)
		a, err := newProvider(&answering{status: 200, body: body}).Get(t.Context(), access, trackOf("1"))
		if err != nil || (string(a.Body) == body) != kept || !kept && strings.Contains(string(a.Body), access) {
			t.Errorf("%s is kept as %s (%v)", body, a.Body, err)
		}
		if _, err = newProvider(nil).Inspect(trackOf("1"), a.Body); !kept && (err == nil || strings.Contains(err.Error(), access)) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
