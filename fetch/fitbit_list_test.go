package fetch_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/fetch/fitbit"
	"fitvault/store"
	"fitvault/store/catalog"
)

// leaves is a service of the legacy Web API that answers as a test writes it.
type leaves struct {
	proxy  string // the address that the service is reached by, where it is not its own
	answer func(n int, r *http.Request) (status int, body string)
	asked  []string // host, path and query
}

func (l *leaves) RoundTrip(r *http.Request) (*http.Response, error) {
	l.asked = append(l.asked, r.URL.Host+r.URL.RequestURI())
	status, body := l.answer(len(l.asked), r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// leaf is a page with activities of some days, each "id day", that leads to next.
func leaf(next string, activities ...string) string {
	var items []string
	for _, a := range activities {
		id, day, _ := strings.Cut(a, " ")
		items = append(items, fmt.Sprintf(`{"logId":%s,"startTime":"%sT18:05:12.000+01:00"}`, id, day))
	}
	return fmt.Sprintf(`{"activities":[%s],"pagination":{"next":%q}}`, strings.Join(items, ","), next)
}

const listAddress = "https://api.fitbit.com/1/user/-/activities/list.json?"

// ask asks one window of the service, as a process that starts now would.
func (w *world) ask(l *leaves, ask catalog.Ask, span catalog.Span) fetch.Result {
	w.Helper()
	l.asked, w.seed.Checked = nil, true
	provider := fitbit.New(fitbit.Options{APIURL: cmp.Or(l.proxy, "https://api.example"), UserAgent: "fitvault/test", HTTP: &http.Client{Transport: l}})
	t := catalog.Type{Name: "listed", Settle: 7, Fitbit: &catalog.Origin{Ask: ask}}
	state := fetch.State{Source: catalog.Fitbit, Now: time.Now(), Zones: catalog.NewZones(catalog.ZoneSpan{Zone: zone("Europe/Berlin")})}
	r := w.runner(func(r *fetch.Runner) { r.Provider = provider })
	res, err := r.AskAll(w.Context(), state, []fetch.Window{{Type: t, Ask: ask, Span: span}})
	if err != nil {
		w.Fatal(err)
	}
	if err := w.vault.EndRun(w.Context(), r.Run, "done", res.Tally); err != nil {
		w.Fatal(err)
	}
	return res
}

func (w *world) windowsOf(state store.State) int {
	w.Helper()
	all, err := w.vault.Windows(w.Context(), source, state)
	if err != nil {
		w.Fatal(err)
	}
	return len(all)
}

var activityList = catalog.Ask{Op: catalog.Cursor, Path: "/1/user/-/activities/list.json", Days: 36500,
	Root: "activities", DateKey: "startTime", PageSize: 2}

// TestAListOfTheLegacyAPI walks the pages of a list, each as it was told, at the service that
// was configured.
func TestAListOfTheLegacyAPI(t *testing.T) {
	const first = "afterDate=2026-10-31&sort=asc&offset=0&limit=2"
	const second = "offset=2&limit=2&sort=asc&afterDate=2026-10-31"
	for name, tt := range map[string]struct {
		pages  []string
		asked  []string // queries
		failed string   // what the failure says; "" for none
		state  store.State
	}{
		"no element": {[]string{`{}`}, []string{first}, "", store.Complete},
		"two pages, an element before the window and one on both": {
			[]string{leaf(listAddress+second, "1 2026-10-31", "2 2026-11-03"), leaf("", "2 2026-11-03", "3 2026-11-20")}, []string{first, second}, "", store.Complete},
		"its end behind the window": {[]string{leaf(listAddress+second, "1 2026-11-03", "2 2026-11-21")}, []string{first}, "", store.Complete},
		"another host": {[]string{leaf("https://evil.example/1/user/-/activities/list.json?"+second, "1 2026-11-03")},
			[]string{first}, "evil.example", store.Unread},
		"the page itself":  {[]string{leaf(listAddress+first, "1 2026-11-03")}, []string{first}, "the page itself", store.Unread},
		"a page once more": {[]string{leaf(listAddress+second, "1 2026-11-03"), leaf(listAddress+second, "2 2026-11-03")}, []string{first, second}, "the page itself", store.Unread},
		"a circle": {[]string{leaf(listAddress+second, "1 2026-11-03"), leaf(listAddress+"offset=4", "2 2026-11-03"), leaf(listAddress+second, "3 2026-11-03")},
			[]string{first, second, "offset=4"}, "circle", store.Unread},
		"nothing new": {[]string{leaf(listAddress+second, "1 2026-11-03", "2 2026-11-03"), leaf(listAddress+"offset=4", "1 2026-11-03", "2 2026-11-03")},
			[]string{first, second}, "page 2 holds nothing", store.Unread},
		"empty pages": {[]string{leaf(listAddress + second)}, []string{first}, "page 1 holds nothing", store.Unread},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 3}, func(w *world) {
				span := catalog.Span{From: day("2026-11-01"), To: day("2026-11-21")}
				l := &leaves{answer: func(n int, _ *http.Request) (int, string) { return http.StatusOK, tt.pages[min(n, len(tt.pages))-1] }}
				res := w.ask(l, activityList, span)
				var want []string
				for _, q := range tt.asked {
					want = append(want, "api.example/1/user/-/activities/list.json?"+q)
				}
				if !slices.Equal(l.asked, want) {
					w.Errorf("asked %q, want %q", l.asked, want)
				}
				if got := fmt.Sprint(res.Failures); (tt.failed == "") != (len(res.Failures) == 0) || !strings.Contains(got, tt.failed) {
					w.Errorf("failures %s, want one with %q", got, tt.failed)
				}
				if n := w.windowsOf(tt.state); n != 1 {
					w.Errorf("%d windows are %v", n, tt.state)
				}
			})
		})
	}
}

// TestAListThatBecameEmpty is not believed at once, though elements before the window are left,
// and though the service is reached by another address now.
func TestAListThatBecameEmpty(t *testing.T) {
	live(t, emulator.Options{Days: 3}, func(w *world) {
		span := catalog.Span{From: day("2026-11-01"), To: day("2026-11-21")}
		const proxy = "https://proxy.example"
		pages := []string{leaf(proxy+"/1/user/-/activities/list.json?offset=2", "1 2026-10-31", "2 2026-11-03"), leaf("", "3 2026-11-03")}
		l := &leaves{proxy: proxy, answer: func(n int, _ *http.Request) (int, string) { return http.StatusOK, pages[n-1] }}
		if res := w.ask(l, activityList, span); len(res.Failures) > 0 || len(l.asked) != 2 {
			w.Fatalf("failures %v, asked %q", res.Failures, l.asked)
		}
		time.Sleep(time.Hour)
		pages, l.proxy = []string{leaf("", "1 2026-10-31")}, ""
		if res := w.ask(l, activityList, span); len(res.Failures) > 0 || w.windowsOf(store.Doubtful) != 1 {
			w.Errorf("failures %v, %d windows are doubtful", res.Failures, w.windowsOf(store.Doubtful))
		}
	})
}

// TestSamplesWithoutTheRight is about an app that may not read intraday: its one answer is no
// day without a pulse.
func TestSamplesWithoutTheRight(t *testing.T) {
	ask := catalog.Ask{Op: catalog.Samples, Path: "/1/user/-/activities/heart/date/{from}/1d/1sec.json", Days: 1,
		Root: "activities-heart", DateKey: "dateTime"}
	span := catalog.Span{From: day("2026-11-20"), To: day("2026-11-21")}
	total := `{"activities-heart":[{"dateTime":"2026-11-20","value":{}}]`
	for name, tt := range map[string]struct {
		status int
		body   string
		denied bool
	}{
		"the total alone": {http.StatusOK, total + `}`, true},
		"403":             {http.StatusForbidden, `{"errors":[{"errorType":"insufficient_permissions","message":"no"}],"success":false}`, true},
		"no data":         {http.StatusOK, total + `,"activities-heart-intraday":{"dataset":[]}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 3}, func(w *world) {
				l := &leaves{answer: func(int, *http.Request) (int, string) { return tt.status, tt.body }}
				res := w.ask(l, ask, span)
				off, err := w.vault.Unavailable(w.Context(), source)
				if err != nil {
					w.Fatal(err)
				}
				u, marked := off["listed"]
				if marked != tt.denied || (len(res.Failures) == 1) != tt.denied || (w.windowsOf(store.Complete) == 0) != tt.denied || len(l.asked) != 1 {
					w.Fatalf("unavailable %+v, failures %v, %d complete, asked %q", off, res.Failures, w.windowsOf(store.Complete), l.asked)
				}
				if tt.denied && (u.Kind != store.Denied || !strings.Contains(u.Reason, "type Personal") || u.Retry.Sub(u.Since) != fetch.RetryDenied) {
					w.Errorf("unavailable %+v", u)
				}
			})
		})
	}
}

// TestADayThatLostItsSamples is asked for twice before that is believed.
func TestADayThatLostItsSamples(t *testing.T) {
	ask := catalog.Ask{Op: catalog.Samples, Path: "/1/user/-/activities/heart/date/{from}/1d/1sec.json", Days: 1,
		Root: "activities-heart", DateKey: "dateTime"}
	span := catalog.Span{From: day("2026-11-20"), To: day("2026-11-21")}
	live(t, emulator.Options{Days: 3}, func(w *world) {
		dataset := `{"time":"00:00:05","value":60}`
		l := &leaves{answer: func(int, *http.Request) (int, string) {
			return http.StatusOK, `{"activities-heart":[],"activities-heart-intraday":{"dataset":[` + dataset + `]}}`
		}}
		w.ask(l, ask, span)
		time.Sleep(time.Hour)
		dataset = ""
		w.ask(l, ask, span)
		if w.windowsOf(store.Complete) != 1 || w.windowsOf(store.Doubtful) != 1 {
			w.Errorf("%d windows are complete, %d doubtful", w.windowsOf(store.Complete), w.windowsOf(store.Doubtful))
		}
	})
}
