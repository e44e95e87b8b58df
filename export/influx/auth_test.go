package influx

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"fitvault/export/influx/influxtest"
	"fitvault/store/catalog"
)

const password = `s3cr3t "p'ss\word`

// withUsers starts a server with an admin, a user bob without rights, and carol who owns
// the database "carols".
func withUsers(t *testing.T) *influxtest.Server {
	t.Helper()
	s := influxtest.Start(t, influxtest.WithAuth("admin", "adm1n-pass"))
	for _, user := range []string{"bob", "carol"} {
		s.Query("", fmt.Sprintf(`CREATE USER %s WITH PASSWORD %s`, ident(user), text(password)))
	}
	s.Query("", `CREATE DATABASE "carols"`)
	s.Query("", `GRANT ALL ON "carols" TO "carol"`)
	return s
}

func TestAuthorization(t *testing.T) {
	s := withUsers(t)
	s.Query("", `CREATE DATABASE "hidden"`)
	s.Query("", `GRANT WRITE ON "hidden" TO "bob"`)
	userinfo := strings.Replace(s.URL(), "://", "://"+url.UserPassword("carol", password).String()+"@", 1)
	tests := map[string]struct {
		o      Options
		status int
		says   []string
	}{
		"right":               {Options{URL: s.URL(), Database: "carols", Username: "carol", Password: password}, 0, nil},
		"right, in the URL":   {Options{URL: userinfo, Database: "carols"}, 0, nil},
		"admin creates":       {Options{URL: s.URL(), Database: "new", Username: "admin", Password: "adm1n-pass"}, 0, nil},
		"wrong password":      {Options{URL: s.URL(), Database: "carols", Username: "carol", Password: password + "!"}, 401, []string{`user "carol"`}},
		"unknown user":        {Options{URL: s.URL(), Database: "carols", Username: "dave", Password: password}, 401, []string{`user "dave"`}},
		"no user":             {Options{URL: s.URL(), Database: "carols"}, 401, []string{"user name and password"}},
		"may not create":      {Options{URL: s.URL(), Database: "missing", Username: "carol", Password: password}, 403, []string{`CREATE DATABASE "missing"; GRANT ALL ON "missing" TO "carol"`}},
		"may not see":         {Options{URL: s.URL(), Database: "carols", Username: "bob", Password: password}, 403, []string{`GRANT ALL ON "carols" TO "bob"`}},
		"may write, not read": {Options{URL: s.URL(), Database: "hidden", Username: "bob", Password: password}, 403, []string{`GRANT ALL ON "hidden" TO "bob"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, tt.o)
			began := time.Now()
			_, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon)
			if tt.status == 0 {
				p := batch(t, point("steps", "me", noon, intField("count", 1)))
				if err := errors.Join(err, c.Write(t.Context(), p), c.Delete(t.Context(), "steps", "me", noon, noon)); err != nil {
					t.Error(err)
				}
				return
			}
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Status != tt.status || !e.Unauthorized() || e.Temporary() || e.NotFound() {
				t.Fatalf("Prepare = %v, want status %d", err, tt.status)
			}
			for _, part := range append(tt.says, s.URL(), fmt.Sprintf("%q", tt.o.Database)) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if time.Since(began) > time.Second {
				t.Error("was repeated, which cannot help")
			}
		})
	}
}

// After the admin has run what the error says, the export works.
func TestRemedyOfMissingRightWorks(t *testing.T) {
	s := withUsers(t)
	c := newClient(t, Options{URL: s.URL(), Database: `my "fit's"`, Username: "bob", Password: password})
	_, err := c.Prepare(t.Context(), nil, noon)
	if err == nil {
		t.Fatal("bob may create a database")
	}
	_, remedy, found := strings.Cut(err.Error(), "must run: ")
	if !found {
		t.Fatalf("%q names no remedy", err)
	}
	s.Query("", remedy)
	if held, err := c.Prepare(t.Context(), seriesOf("steps", "count", catalog.Int), noon); err != nil || !held.Fresh {
		t.Errorf("Prepare after the remedy = %v, %v", held, err)
	}
}

func TestRightTakenAwayWhileWriting(t *testing.T) {
	s := withUsers(t)
	c := newClient(t, Options{URL: s.URL(), Database: "carols", Username: "carol", Password: password})
	if _, err := c.Prepare(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	s.Query("", `REVOKE ALL ON "carols" FROM "carol"`)
	p := batch(t, point("steps", "me", noon, intField("count", 1)))
	for op, err := range map[string]error{
		"Write":  c.Write(t.Context(), p),
		"Delete": c.Delete(t.Context(), "steps", "me", noon, noon),
	} {
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.Unauthorized() || e.Refused() || !strings.Contains(err.Error(), `GRANT ALL ON "carols" TO "carol"`) {
			t.Errorf("%s = %v, want unauthorized with the remedy", op, err)
		}
	}
}
