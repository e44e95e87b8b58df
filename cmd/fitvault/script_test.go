package main

import (
	"database/sql"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"fitvault/fetch/emulator"
)

// TestScripts runs testdata/script/*.txtar. In them fitvault is this test binary, and
// $EMULATOR_URL an emulator of their own, for a person of 30 days.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts := testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               surroundings,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"damage": damage,
			"sqlite": statement,
		},
	}
	if raced { // the scripts of the whole way suffice for it
		scripts.Dir, scripts.Files = "", []string{"testdata/script/original.txtar", "testdata/script/google.txtar"}
	}
	testscript.Run(t, scripts)
}

// surroundings gives a script its own home and emulator.
func surroundings(e *testscript.Env) error {
	srv, err := emulator.New(emulator.Options{Days: 30, Limit: 100_000, Zone: daytime()})
	if err != nil {
		return err
	}
	web := httptest.NewServer(srv)
	e.Defer(web.Close)
	id, secret := srv.Client()
	access, refresh, _ := srv.SeedTokens()
	googleID, googleSecret := srv.GoogleClient()
	home := filepath.Join(e.WorkDir, "home")
	for _, v := range [][2]string{
		{"PATH", doubles + string(filepath.ListSeparator) + os.Getenv("PATH")},
		{"HOME", home}, {"XDG_DATA_HOME", filepath.Join(e.WorkDir, "data")}, {"TMPDIR", home},
		{"EMULATOR_ID", id}, {"EMULATOR_SECRET", secret}, {"EMULATOR_ACCESS", access}, {"EMULATOR_REFRESH", refresh},
		{"EMULATOR_GOOGLE_ID", googleID}, {"EMULATOR_GOOGLE_SECRET", googleSecret}, {"EMULATOR_GOOGLE_REFRESH", srv.GoogleSeedToken()},
		{"FITBIT_API_URL", web.URL}, {"FITBIT_AUTH_URL", web.URL},
		{"GOOGLE_HEALTH_API_URL", web.URL}, {"GOOGLE_AUTH_URL", web.URL + "/o/oauth2/v2/auth"}, {"GOOGLE_TOKEN_URL", web.URL + "/token"},
	} {
		e.Setenv(v[0], v[1])
	}
	return os.Mkdir(home, 0o700)
}

// exits runs a program that must end with a code: exits CODE PROGRAM [ARG...].
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// damage overwrites a stretch of a file from an offset on: damage FILE OFFSET BYTES.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	at, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	junk := make([]byte, n)
	for i := range junk {
		junk[i] = byte(i * 7)
	}
	_, err = f.WriteAt(junk, at)
	ts.Check(errors.Join(err, f.Close()))
}

// statement changes a vault as no command would: sqlite FILE SQL.
func statement(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}
