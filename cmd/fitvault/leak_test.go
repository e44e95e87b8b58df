package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// TestNothingLeaks lets everything happen at debug level that can go right and wrong, and
// looks for every secret in all that was printed and in all that the vault keeps as text.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	const user, password = "owner", "influx-password-0123456789"
	db := influxtest.Start(t, influxtest.WithAuth(user, password))
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t, append(influxEnv(db.URL(), db.Database()), "DB_USER="+user, "DB_PASSWORD="+password, "FITVAULT_LOG_LEVEL=debug")...)
	said := eventful(h, s)
	holdsNone(t, said, h.vault, append(s.Secrets(), password, basic(user, password)))
	s.strict(t)
}

// holdsNone requires that no secret is in what was said or in what the vault keeps as text.
func holdsNone(t *testing.T, said map[string]string, vault string, secrets []string) {
	t.Helper()
	for what, text := range said {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows secret %.12s…:\n%s", what, secret, text)
			}
		}
	}
	for table, text := range keeps(t, vault) {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("table %s holds secret %.12s…", table, secret)
			}
		}
	}
}

// TestNothingLeaksFromGoogle is the same for the other source, whose client comes from a
// file.
func TestNothingLeaksFromGoogle(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5, GoogleTesting: true})
	id, secret := s.GoogleClient()
	file := filepath.Join(t.TempDir(), "client.json")
	const web = `{"web": {"client_id": %q, "client_secret": %q, "redirect_uris": ["http://localhost:8080/"]}}`
	if err := os.WriteFile(file, fmt.Appendf(nil, web, id, secret), 0o600); err != nil {
		t.Fatal(err)
	}
	h := s.atGoogle(t, "GOOGLE_CLIENT_ID=", "GOOGLE_CLIENT_SECRET=", "GOOGLE_CLIENT_FILE="+file, "FITVAULT_LOG_LEVEL=debug")
	const wrongSecret, wrongToken = "GOCSPX-a-wrong-client-secret", "1//0e-a-wrong-refresh-token"
	holdsNone(t, eventfulGoogle(h, s, wrongSecret, wrongToken), h.vault, append(s.Secrets(), secret, wrongSecret, wrongToken))
	s.strict(t)
}

// eventfulGoogle does and suffers at Google all there is, and returns what each command
// printed.
func eventfulGoogle(h *home, s *service, wrongSecret, wrongToken string) map[string]string {
	h.t.Helper()
	said := map[string]string{}
	keep := func(p *process) {
		text := p.out.String() + p.err.String()
		if page := address.FindString(text); page != "" {
			text = strings.ReplaceAll(text, page, "") // the person needs the address of the page
		}
		said[fmt.Sprintf("%d %s", len(said), strings.Join(p.cmd.Args[1:], " "))] = text
	}
	keep(pasteGoogle(h, allow))
	keep(pasteGoogle(h, deny))
	keep(pasteGoogle(h, without("https://www.googleapis.com/auth/googlehealth.sleep.readonly")))
	keep(h.pasting(func(string) string { return "http://localhost:8080/?code=4/0A" + strings.Repeat("ab", 20) }))
	s.Set(func(m *emulator.Modes) { m.GoogleUnlinked = true })
	keep(pasteGoogle(h, allow))
	keep(h.exits(exitSignIn, "fetch"))
	s.Set(func(m *emulator.Modes) { m.GoogleUnlinked = false })
	keep(pasteGoogle(h, allow))
	keep(h.exits(exitDone, "fetch"))
	s.GoogleExpireAccess()
	keep(h.exits(exitDone, "fetch"))
	s.GoogleExpireAccess()
	change(h.t, h.vault, "UPDATE tokens SET expires_at = 1")
	keep(h.with("GOOGLE_CLIENT_SECRET="+wrongSecret).exits(exitSignIn, "fetch"))
	for _, command := range []string{"status", "status --json", "raw list --json", "verify"} {
		keep(h.exits(exitDone, strings.Fields(command)...))
	}
	s.GoogleRevoke()
	keep(h.exits(exitSignIn, "fetch"))
	keep(h.with("GOOGLE_REFRESH_TOKEN="+wrongToken).exits(exitSignIn, "fetch"))
	pasteGoogle(h, allow).wants(exitDone)
	keep(h.exits(exitDone, "logout"))
	return said
}

// basic is a user and password as they go over the wire.
func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// eventful does and suffers all there is, and returns what each command printed.
func eventful(h *home, s *service) map[string]string {
	h.t.Helper()
	said := map[string]string{}
	keep := func(what string, p *process) *process {
		said[fmt.Sprintf("%d %s", len(said), what)] = p.out.String() + p.err.String()
		return p
	}
	login := pasteLogin(h, s, allow)
	page := address.FindString(login.err.String())
	keep("login", login)
	said["login"] = strings.ReplaceAll(said["0 login"], page, "") // the person needs the address of the page
	delete(said, "0 login")
	for name, paste := range map[string]string{"denied": "error=access_denied&state=x", "junk": "?code=" + strings.Repeat("ab", 20)} {
		p := h.pasting(func(page string) string { u, _ := url.Parse(page); return u.Query().Get("redirect_uri") + "?" + paste }, "--source", "fitbit")
		said["login "+name] = strings.ReplaceAll(p.out.String()+p.err.String(), address.FindString(p.err.String()), "")
	}
	keep("fetch", h.exits(exitDone, "fetch"))
	keep("run", h.exits(exitDone, "run", "--once"))
	keep("export", h.exits(exitDone, "export", "--rebuild"))
	s.ExpireAccess()
	keep("a 401", h.exits(exitDone, "fetch"))
	s.ExpireAccess()
	s.Set(func(m *emulator.Modes) { m.DropRotated = 1 })
	keep("a lost refresh", h.exits(exitDone, "fetch"))
	s.ExpireAccess()
	s.Set(func(m *emulator.Modes) { m.TokenStatus, m.TokenStatusLeft = 503, 1 })
	keep("a token endpoint that fails", h.exits(exitDone, "fetch"))
	keep("wrong influx password", h.with("DB_PASSWORD=wrong-password-9876").exits(exitFailed, "export"))
	keep("influx unreachable", h.with("INFLUX_URL=http://owner:influx-password-0123456789@"+closedPort(h.t), "FITVAULT_RETRY_FOR=200ms").exits(exitFailed, "export"))
	keep("influx address", h.with("INFLUX_URL=http://owner:influx-password-0123456789@").exits(exitUsage, "export"))
	keep("status", h.exits(exitDone, "status"))
	keep("status --json", h.exits(exitDone, "status", "--json"))
	keep("raw list --json", h.exits(exitDone, "raw", "list", "--json"))
	keep("verify", h.exits(exitDone, "verify"))
	s.Revoke()
	keep("a revoked sign-in", h.with("REFRESH_TOKEN=").exits(exitSignIn, "fetch"))
	keep("a dead sign-in", h.exits(exitSignIn, "run", "--once"))
	fresh := newHome(h.t, append(s.env(), "FITVAULT_LOG_LEVEL=debug")...)
	keep("wrong token", fresh.with("REFRESH_TOKEN="+strings.Repeat("f", 64)).exits(exitSignIn, "fetch"))
	keep("wrong access token", fresh.with("REFRESH_TOKEN=", "ACCESS_TOKEN=ey.aaaaaaaa.bbbbbbbb.cccccccc", "FITVAULT_VAULT="+fresh.dir+"/2.db").exits(exitSignIn, "fetch"))
	keep("wrong client", h.with("CLIENT_SECRET=a-wrong-client-secret-77").exits(exitSignIn, "fetch"))
	keep("logout", h.exits(exitDone, "logout"))
	return said
}

// keeps returns all that a vault keeps but tokens, by table: numbers, text and blobs.
func keeps(t *testing.T, vault string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range rows(t, vault, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		if table != "tokens" {
			out[table] = strings.Join(rows(t, vault, `SELECT * FROM "`+table+`"`), "\n")
		}
	}
	return out
}

// TestSealedTokens: with FITVAULT_KEY no file of the vault holds a token, nor did one in
// any moment that a file still remembers.
func TestSealedTokens(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t, "FITVAULT_KEY=correct horse battery staple")
	came, release := s.holdAt(t, 10)
	p := h.start("fetch")
	arrives(t, came) // the log beside the vault is not merged yet
	searchFiles(t, h.dir, s.Secrets())
	release()
	p.wants(exitDone)
	s.ExpireAccess()
	h.exits(exitDone, "fetch")
	searchFiles(t, h.dir, s.Secrets())
	h.exits(exitDone, "logout")

	plain := newHome(t, s.env()...) // the search would find them
	pasteLogin(plain, s, allow).wants(exitDone)
	body, err := os.ReadFile(plain.vault)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), refreshOf(s)) {
		t.Error("the token of an unsealed vault was not found: the search is of no use")
	}
	plain.exits(exitDone, "logout")
	searchFiles(t, plain.dir, s.Secrets()) // what is deleted is overwritten
}

// searchFiles requires that no file below a folder holds a secret.
func searchFiles(t *testing.T, dir string, secrets []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		for _, secret := range secrets {
			if strings.Contains(string(body), secret) {
				t.Errorf("%s holds secret %.12s…", filepath.Base(path), secret)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestModes: the vault and the files beside it are the owner's alone, at any moment.
func TestModes(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t)
	came, release := s.holdAt(t, 10)
	p := h.start("fetch")
	arrives(t, came)
	files, err := filepath.Glob(h.vault + "*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(file), info.Mode())
		}
	}
	release()
	p.within(time.Minute)
}
