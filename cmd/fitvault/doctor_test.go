package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx"
	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
	"fitvault/store"
)

// examined runs doctor --json to its end, which must be this exit code. Nothing that it
// says may be a secret, and nothing wrong may go without a remedy.
func (h *home) examined(s *service, code int, args ...string) []finding {
	h.t.Helper()
	p := h.exits(code, append([]string{"doctor", "--json"}, args...)...)
	var list []finding
	if err := json.Unmarshal([]byte(p.out.String()), &list); err != nil {
		h.t.Fatalf("doctor --json: %v\n%s", err, p.out.String())
	}
	for _, f := range list {
		if bad := f.Verdict == warning || f.Verdict == faulty; bad != (f.Remedy != "") || f.Found == "" || f.Check == "" {
			h.t.Errorf("a finding without its remedy, or a remedy without a fault: %+v", f)
		}
	}
	for _, secret := range s.Secrets() {
		if strings.Contains(p.out.String()+p.err.String(), secret) {
			h.t.Errorf("doctor told a secret:\n%s\n%s", p.out.String(), p.err.String())
		}
	}
	return list
}

// finds requires a finding of a check with a verdict whose found, fact or remedy hold the
// texts.
func finds(t *testing.T, list []finding, check string, v verdict, texts ...string) {
	t.Helper()
	for _, f := range list {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(f.Found+"\n"+f.Fact+"\n"+f.Remedy, text)
		}
		if f.Check == check && f.Verdict == v && all {
			return
		}
	}
	t.Errorf("no %s of %s with %q in:\n%s", v, check, texts, told(list))
}

func told(list []finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s %s: %s | %s | %s\n", f.Verdict, f.Check, f.Found, f.Fact, f.Remedy)
	}
	return b.String()
}

// TestDoctorSources has each way in which a source can be at fault found, told apart, and
// ended with its exit code.
func TestDoctorSources(t *testing.T) {
	t.Parallel()
	two := []string{"sleep.readonly", "settings.readonly"}
	for i, s := range two {
		two[i] = "https://www.googleapis.com/auth/googlehealth." + s
	}
	google := func(change func(*emulator.Modes)) func(*service) { return func(s *service) { s.Set(change) } }
	for _, tt := range []struct {
		name    string
		options emulator.Options
		before  func(*service) // doctor, after a first call that signs in
		env     []string
		code    int
		check   string
		verdict verdict
		texts   []string
	}{
		{name: "well", check: "google API", verdict: allRight, texts: []string{"identity is answered"}},
		{name: "well, the other", check: "fitbit API", verdict: allRight, texts: []string{"devices.json is answered"}},
		{name: "all scopes", check: "google scopes", verdict: allRight},
		{name: "wrong account", before: google(func(m *emulator.Modes) { m.GoogleUnlinked = true }), code: exitSignIn,
			check: "google API", verdict: faulty, texts: []string{"ACCOUNT_NOT_LINKED", "Google Health app"}},
		{name: "service disabled", before: google(func(m *emulator.Modes) { m.GoogleDisabled = true }), code: exitFailed,
			check: "google API", verdict: faulty, texts: []string{"SERVICE_DISABLED", "enable it in the Google Cloud console"}},
		{name: "broken grant", before: google(func(m *emulator.Modes) { m.GoogleForbidden = true }), code: exitSignIn,
			check: "google API", verdict: faulty, texts: []string{"myaccount.google.com/connections"}},
		{name: "legacy login", before: google(func(m *emulator.Modes) { m.GoogleLegacyAccount = true }), code: exitSignIn,
			check: "google API", verdict: faulty, texts: []string{"legacy Fitbit login"}},
		{name: "profile not ready", before: google(func(m *emulator.Modes) { m.GoogleNotReady = true }), code: exitFailed,
			check: "google API", verdict: faulty, texts: []string{"412", "finish the set-up"}},
		{name: "another address", env: []string{"GOOGLE_HEALTH_API_URL={url}/nowhere"}, code: exitUsage,
			check: "google API", verdict: faulty, texts: []string{"--google-health-api-url"}},
		{name: "no address", env: []string{"GOOGLE_HEALTH_API_URL=http://127.0.0.1:1"}, code: exitFailed,
			check: "google API", verdict: faulty, texts: []string{"connection refused", "check the network"}},
		{name: "testing", options: emulator.Options{GoogleTesting: true},
			check: "google testing", verdict: warning, texts: []string{time.Now().Add(7 * 24 * time.Hour).UTC().Format(time.DateOnly), "Publish app"}},
		{name: "revoked", before: func(s *service) { s.GoogleRevoke() }, code: exitSignIn,
			check: "google sign-in", verdict: faulty, texts: []string{"fitvault login"}},
		{name: "partial consent", options: emulator.Options{GoogleScopes: two},
			check: "google scopes", verdict: warning, texts: []string{"nutrition (", "hydration", "leave every box ticked"}},
		{name: "revoked, the other", before: func(s *service) { s.Revoke() }, code: exitSignIn,
			check: "fitbit sign-in", verdict: faulty, texts: []string{"fitvault login --source fitbit"}},
		{name: "retired", before: google(func(m *emulator.Modes) { m.RetiredFrom = time.Unix(0, 0) }), code: exitRetired,
			check: "fitbit API", verdict: faulty, texts: []string{"410", "fitvault login"}},
		{name: "budget used up", before: func(s *service) { s.Spend(100_000) },
			check: "fitbit API", verdict: warning, texts: []string{"429", "wait"}},
		{name: "clock off", before: google(func(m *emulator.Modes) { m.Skew = 3 * time.Minute }), env: []string{"GOOGLE_HEALTH_API_URL=http://127.0.0.1:1"}, code: exitFailed,
			check: "clock", verdict: warning, texts: []string{"behind that of fitbit", "NTP"}},
		{name: "clock far off", before: google(func(m *emulator.Modes) { m.Skew = -time.Hour }), env: []string{"FITVAULT_SOURCE=fitbit"}, code: exitFailed,
			check: "clock", verdict: faulty, texts: []string{"ahead of that of fitbit"}},
		{name: "sealed", env: []string{"FITVAULT_KEY=another"}, code: exitSignIn,
			check: "google sign-in", verdict: faulty, texts: []string{"FITVAULT_KEY"}},
		{name: "no app", env: []string{"GOOGLE_CLIENT_ID="}, code: exitSignIn,
			check: "google app", verdict: faulty, texts: []string{"--client-file"}},
		{name: "no secret", env: []string{"GOOGLE_CLIENT_SECRET="}, code: exitSignIn,
			check: "google app", verdict: faulty, texts: []string{"without its secret"}},
		{name: "two apps", env: []string{"GOOGLE_CLIENT_FILE={dir}/client.json"},
			check: "google app", verdict: warning, texts: []string{"different apps", "keep one"}},
		{name: "foreign redirect", env: []string{"CALLBACK_URL=https://example.org/back"},
			check: "fitbit app", verdict: warning, texts: []string{"not on this machine", "--no-browser"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tt.options)
			h := s.home(t, append(s.googleEnv(), "FITVAULT_KEY=right")...)
			other := `{"installed":{"client_id":"2-other.apps.googleusercontent.com","client_secret":"GOCSPX-other-0123456789","redirect_uris":["http://localhost"]}}`
			if err := os.WriteFile(filepath.Join(h.dir, "client.json"), []byte(other), 0o600); err != nil {
				t.Fatal(err)
			}
			makeVault(t, h)
			h.examined(s, exitDone)
			if tt.before != nil {
				tt.before(s)
			}
			var env []string
			for _, v := range tt.env {
				env = append(env, strings.NewReplacer("{url}", s.url, "{dir}", h.dir).Replace(v))
			}
			finds(t, h.with(env...).examined(s, tt.code), tt.check, tt.verdict, tt.texts...)
			s.strict(t)
		})
	}
}

// makeVault makes an empty vault.
func makeVault(t *testing.T, h *home) {
	t.Helper()
	st, err := store.Open(t.Context(), h.vault, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDoctorRenews: an access token that ended is renewed, and the new pair kept; nothing
// else in the vault changes.
func TestDoctorRenews(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t)
	h.exits(exitDone, "fetch", "--source", "fitbit", "--type", "weight")
	before := everything(t, h.vault)
	finds(t, h.examined(s, exitDone), "fitbit sign-in", allRight, "can be renewed")
	if now := everything(t, h.vault); now != before {
		t.Errorf("doctor changed the vault:\n%s\nwas:\n%s", now, before)
	}
	pair := rows(t, h.vault, "SELECT hex(refresh) FROM tokens")
	s.ExpireAccess()
	finds(t, h.examined(s, exitDone), "fitbit API", allRight)
	if now := rows(t, h.vault, "SELECT hex(refresh) FROM tokens"); now[0] == pair[0] {
		t.Error("the new pair was not kept")
	}
	if now := everything(t, h.vault); now != before {
		t.Errorf("doctor changed the vault:\n%s\nwas:\n%s", now, before)
	}
	h.exits(exitDone, "fetch", "--source", "fitbit", "--type", "weight")
}

// everything is what a vault holds but for the tokens.
func everything(t *testing.T, vault string) string {
	t.Helper()
	var out []string
	for _, table := range rows(t, vault, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'tokens' ORDER BY 1") {
		out = append(append(out, table), rows(t, vault, "SELECT * FROM \""+table+"\"")...)
	}
	return strings.Join(out, "\n")
}

// TestDoctorProbes runs the probes of a live sign-in to Google, and not without one.
func TestDoctorProbes(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 40})
	h := s.home(t, append(s.googleEnv(), "GOOGLE_REFRESH_TOKEN=")...)
	finds(t, h.examined(s, exitSignIn, "--source", "google"), "google sign-in", faulty, "not signed in", "fitvault login")
	makeVault(t, h)
	finds(t, h.examined(s, exitSignIn, "--source", "google"), "google sign-in", faulty, "not signed in", "fitvault login")
	h = h.with("GOOGLE_REFRESH_TOKEN=" + s.GoogleSeedToken())
	s.Set(func(m *emulator.Modes) {
		m.GoogleUnverified, m.GoogleEndInclusive, m.RetiredFrom = true, true, time.Unix(0, 0)
	})
	list := h.examined(s, exitDone, "--source", "google")
	finds(t, list, "google probe 3", noted, "the end date is inclusive")
	finds(t, list, "google probe 9", noted, "of the burst met a 429", "RATE_LIMIT_EXCEEDED")
	finds(t, list, "google probe 10", noted, "it is switched off", "HTTP 410")
	if n := strings.Count(told(list), "note google probe"); n != 14 {
		t.Errorf("%d findings of probes:\n%s", n, told(list))
	}
	if list := h.examined(s, exitRetired); strings.Contains(told(list), "probe") {
		t.Errorf("probes without being asked for:\n%s", told(list))
	}
	s.Set(func(m *emulator.Modes) { m.GoogleUnverified, m.GoogleUnlinked = false, true })
	if list := h.examined(s, exitSignIn, "--source", "google"); strings.Contains(told(list), "probe") {
		t.Errorf("probes of an account that is refused:\n%s", told(list))
	}
	s.strict(t)
}

// TestDoctorTarget looks at targets in each state, and makes nothing there.
func TestDoctorTarget(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 30})
	h := s.home(t)
	h.exits(exitDone, "fetch", "--source", "fitbit", "--type", "activity_daily.steps")
	db := influxtest.Shared(t)
	name := db.Database()
	h = h.with(influxEnv(db.URL(), name)...)
	for range 2 { // the first makes nothing
		finds(t, h.examined(s, exitDone), "target", allRight, "is not there yet")
	}
	h.exits(exitDone, "export", "--type", "activity_daily")
	finds(t, h.examined(s, exitDone), "target", allRight, "keeps all days of the vault")
	db.Query("", `ALTER RETENTION POLICY "autogen" ON "`+name+`" DURATION 7d SHARD DURATION 1d`)
	finds(t, h.examined(s, exitFailed), "target", faulty, "would silently drop", "ALTER RETENTION POLICY")
	soon := time.Now().Format(time.DateOnly)
	finds(t, h.examined(s, exitDone, "--since", soon), "target", allRight)
	finds(t, h.with("DB_PORT=1").examined(s, exitFailed), "target", faulty, "connection refused", "check the address")
	db.Query("", `ALTER RETENTION POLICY "autogen" ON "`+name+`" DURATION INF`)
	db.Query(name, `DROP MEASUREMENT "activity_daily"`)
	db.Write(name, `steps count="many"`)
	finds(t, h.examined(s, exitFailed), "target", faulty, `field "count" of measurement "steps"`, "DROP MEASUREMENT")
}

// TestDoctorIndex: an index in memory is a warning where the server tells of it, as InfluxDB 1.8
// does and 1.6 does not.
func TestDoctorIndex(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	db := influxtest.Shared(t)
	name := db.Database()
	db.Query("", `CREATE DATABASE "`+name+`"`)
	db.Write(name, "other v=1 1")
	for index, warned := range map[string]bool{"": false, "tsi1": false, "inmem": true} {
		target, err := url.Parse(db.URL())
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding") // packed, the answer could not be changed
		}}
		proxy.ModifyResponse = func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if index != "" {
				body = bytes.ReplaceAll(body, []byte(`"engine":"tsm1"`), []byte(`"engine":"tsm1","indexType":"`+index+`"`))
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		}
		srv := httptest.NewServer(proxy)
		t.Cleanup(srv.Close)
		h := s.home(t, influxEnv(srv.URL, name)...)
		makeVault(t, h)
		list := h.examined(s, exitDone)
		finds(t, list, "target", allRight, "keeps all days")
		if warned {
			finds(t, list, "target index", warning, "inmem", `index-version = "tsi1"`, "influx_inspect buildtsi")
		} else if strings.Contains(told(list), "target index") {
			t.Errorf("index %q: a warning:\n%s", index, told(list))
		}
	}
}

func TestJudgeSpace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		free, vault int64
		want        verdict
	}{
		{50 << 30, 0, allRight}, {50 << 30, 20 << 30, allRight}, {50 << 30, 26 << 30, warning},
		{1 << 30, 0, allRight}, {1<<30 - 1, 0, warning}, {100 << 20, 0, warning}, {100<<20 - 1, 0, faulty}, {0, 0, faulty},
	} {
		f := judgeSpace("/somewhere", tt.free, tt.vault)
		if f.Verdict != tt.want || (f.Remedy == "") != (tt.want == allRight) || !strings.Contains(f.Found, "/somewhere") {
			t.Errorf("%d bytes free, a vault of %d: %+v", tt.free, tt.vault, f)
		}
	}
}

func TestJudgeDrift(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		ours time.Duration // ahead
		want verdict
		text string
	}{
		{0, allRight, "to 1s"}, {900 * time.Millisecond, allRight, "to 1s"}, {30 * time.Second, allRight, "to 30s"}, {-30 * time.Second, allRight, "to 30s"},
		{31 * time.Second, warning, "31s ahead of that of it"}, {-31 * time.Second, warning, "31s behind that of it"},
		{5 * time.Minute, warning, "5m0s ahead"}, {301 * time.Second, faulty, "5m1s ahead"}, {-time.Hour, faulty, "1h0m0s behind"},
	} {
		f := drift{"it", at.Add(tt.ours), at}.judge()
		if f.Verdict != tt.want || !strings.Contains(f.Found, tt.text) || (f.Remedy == "") != (tt.want == allRight) {
			t.Errorf("%v ahead: %+v", tt.ours, f)
		}
	}
}

func TestJudgeTarget(t *testing.T) {
	t.Parallel()
	refused := &influx.Error{Op: "list the databases", URL: "http://db:8086", Database: "x", Status: 401, Message: "unable to parse; credentials"}
	f := judgeTarget(false, refused, "it")
	if f.Verdict != faulty || f.Remedy != "the server wants a user name and password" || !strings.HasSuffix(f.Found, "unable to parse; credentials") {
		t.Errorf("%+v", f)
	}
	if f := judgeTarget(false, errors.New("odd"), "it"); f.Verdict != faulty || f.Found != "odd" || f.Remedy == "" {
		t.Errorf("%+v", f)
	}
}
