package fitbit_test

import (
	"fmt"
	"strings"
	"testing"

	"fitvault/fetch"
	"fitvault/store/catalog"
)

func mustDay(t testing.TB, s string) catalog.Day {
	t.Helper()
	d, err := catalog.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// activities asks for the list of activities of some days, in pages of two.
func activities(t testing.TB, from, to string) fetch.Question {
	ask := catalog.Ask{Op: catalog.Cursor, Path: "/1/user/-/activities/list.json", Days: 36500, Root: "activities",
		DateKey: "startTime", PageSize: 2}
	return fetch.Question{Ask: ask, Span: catalog.Span{From: mustDay(t, from), To: mustDay(t, to)}}
}

func TestAListIsAskedForByPages(t *testing.T) {
	const list = "/1/user/-/activities/list.json"
	first := activities(t, "2021-03-15", "2025-09-11")
	smaller, second := first, first
	smaller.Page = 1
	second.Token = "offset=2&limit=2&sort=asc&afterDate=2021-03-14"
	for want, q := range map[string]fetch.Question{
		list + "?afterDate=2021-03-14&sort=asc&offset=0&limit=2": first,
		list + "?afterDate=2021-03-14&sort=asc&offset=0&limit=1": smaller,
		list + "?offset=2&limit=2&sort=asc&afterDate=2021-03-14": second,
	} {
		a := &answering{status: 200, body: "{}"}
		got, err := newProvider(a).Get(t.Context(), "token", q)
		if err != nil || got.Path != want || a.seen.URL.String() != "https://api.example"+want {
			t.Errorf("asked %s (%s), want %s (%v)", a.seen.URL, got.Path, want, err)
		}
	}
}

func TestPagesOfAList(t *testing.T) {
	for _, tt := range []struct {
		file, to   string // the day behind the last one
		want, next string
		ids        string
	}{
		{"activity_list_page_1", "2025-09-11", "2 of 2021-05-02 2025-09-07", "offset=2&limit=2&sort=asc&afterDate=2021-03-14", "38000000001 58230990412"},
		{"activity_list_page_1", "2025-09-07", "2 of 2021-05-02 2025-09-07", "", "38000000001 58230990412"},
		{"activity_list_last_page", "2025-09-11", "1 of 2025-09-09", "", "58231120077"},
		{"activity_list_no_activities_key", "2025-09-11", "0", "", ""},
		{"empty_object", "2025-09-11", "0", "", ""},
	} {
		c, err := newProvider(nil).Inspect(activities(t, "2021-03-15", tt.to), []byte(sample(t, tt.file)))
		if got := describe(c, err); got != tt.want || c.Next != tt.next || strings.Join(c.IDs, " ") != tt.ids || c.IDs == nil {
			t.Errorf("%s: %q with %q and then %q (%v)", tt.file, got, c.IDs, c.Next, err)
		}
	}
}

// A recording has no id, but its time.
func TestPagesOfRecordings(t *testing.T) {
	q := activities(t, "2025-08-01", "2025-09-11")
	for _, tt := range []struct{ file, root, date, id string }{
		{"ecg_list", "ecgReadings", "startTime", "2025-08-28T"}, {"irn_alerts_list", "alerts", "alertTime", "2025-08-12T05:12:30.000"},
	} {
		q.Ask.Root, q.Ask.DateKey = tt.root, tt.date
		c, err := newProvider(nil).Inspect(q, []byte(sample(t, tt.file)))
		if err != nil || len(c.IDs) != 1 || !strings.HasPrefix(c.IDs[0], tt.id) || c.Next != "" {
			t.Errorf("%s: %+v %v", tt.file, c, err)
		}
	}
}

// The address of the next page may lead only to the list itself: an access token goes with it.
func TestWhereTheNextPageMayBe(t *testing.T) {
	const query = "offset=2&limit=2&sort=asc&afterDate=2021-03-14"
	const path = "/1/user/-/activities/list.json"
	for _, tt := range []struct {
		address string
		want    string // what the error says; "" for none
	}{
		{"https://api.fitbit.com" + path, ""},
		{"https://API.Fitbit.com" + path, ""},
		{"http://api.example:8000/proxy" + path, ""},
		{"https://api.example:8000/proxy" + path, ""},
		{"https://api.fitbit.com/1/user/ZX9QW2/activities/list.json", ""},

		{"https://evil.example" + path, "evil.example"},
		{"https://api.fitbit.com.evil.example" + path, "api.fitbit.com.evil.example"},
		{"https://api.fitbit.com@evil.example" + path, "evil.example"},
		{"https://api.example" + path, `"api.example"`}, // another port
		{"//evil.example" + path, "evil.example"},
		{"ftp://api.fitbit.com" + path, "ftp"},
		{"//api.fitbit.com" + path, `"" of "api.fitbit.com"`},
		{path, "not at api.example:8000"},
		{"https://api.fitbit.com/oauth2/revoke", "/oauth2/revoke"},
		{"https://api.fitbit.com/1/user//activities/list.json", "not at " + path},
		{"https://api.fitbit.com/1/user/-/activities/../list.json", "not at " + path},
		{"https://api.fitbit.com%zz" + path, "not an address"},
	} {
		body := fmt.Sprintf(`{"activities":[{"startTime":"2025-09-07T18:05:12.000+02:00","logId":1}],"pagination":{"next":%q}}`, tt.address+"?"+query)
		c, err := providerAt("http://api.example:8000/proxy/", nil).Inspect(activities(t, "2021-03-15", "2025-09-11"), []byte(body))
		switch {
		case tt.want == "" && (err != nil || c.Next != query):
			t.Errorf("%s: next %q, %v", tt.address, c.Next, err)
		case tt.want != "" && (describe(c, err) != "of another shape" || !strings.Contains(err.Error(), tt.want) || c.Next != ""):
			t.Errorf("%s: next %q, %v, want an error with %q", tt.address, c.Next, err, tt.want)
		}
	}
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	const at = "https://api.fitbit.com/1/user/-/activities/list.json"
	first := activities(t, "2021-03-15", "2025-09-11")
	second := first
	second.Token = "offset=2&limit=2&sort=asc&afterDate=2021-03-14"
	for _, tt := range []struct {
		q    fetch.Question
		next string
	}{
		{first, `"` + at + `?limit=2&offset=0&afterDate=2021-03-14&sort=asc"`}, // itself
		{second, `"` + at + `?` + second.Token + `"`},
		{first, `"` + at + `"`},
		{first, `"` + at + `?"`},
		{first, `"` + at + `?a=%zz"`},
		{first, `7`},
		{first, `{"url":"` + at + `"}`},
	} {
		c, err := newProvider(nil).Inspect(tt.q, []byte(`{"activities":[],"pagination":{"next":`+tt.next+`}}`))
		if got := describe(c, err); got != "of another shape" || c.Next != "" {
			t.Errorf("%s: %q, %v", tt.next, got, err)
		}
	}
	for _, pagination := range []string{`null`, `{}`, `{"next":null}`, `{"next":""}`} {
		c, err := newProvider(nil).Inspect(first, []byte(`{"activities":null,"pagination":`+pagination+`}`))
		if got := describe(c, err); got != "0" || c.Next != "" {
			t.Errorf("%s: %q, %v", pagination, got, err)
		}
	}
}
