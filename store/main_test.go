package store_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/store"
)

// childMode makes the test binary play another process: TestMain runs one of the
// children instead of the tests.
const childMode = "FITVAULT_TEST_CHILD"

var children = map[string]func(ctx context.Context, s *store.Store, args []string) error{
	"open":    func(context.Context, *store.Store, []string) error { return nil },
	"lock":    lockChild,
	"stage":   stageChild,
	"refresh": refreshChild,
}

func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := runChild(children[mode], os.Args[1], os.Args[2:]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// runChild says that it is ready, waits for a line, opens the vault, names its account
// and does the child's deed.
func runChild(deed func(context.Context, *store.Store, []string) error, path string, args []string) error {
	fmt.Println("ready")
	fmt.Scanln()
	s, err := store.Open(context.Background(), path, store.Options{Create: true, Account: "child"})
	if err != nil {
		return err
	}
	fmt.Println("account", s.Account())
	if err := deed(context.Background(), s, args); err != nil {
		return err
	}
	return s.Close()
}

// lockChild takes the locks that are named, says so, and holds them until its input ends.
func lockChild(ctx context.Context, s *store.Store, args []string) error {
	for _, name := range args {
		var err error
		if target, ok := strings.CutPrefix(name, "export-"); ok {
			id, _ := strconv.ParseInt(target, 10, 64)
			_, err = s.LockExport(ctx, id)
		} else {
			_, err = s.LockFetch(ctx)
		}
		if err != nil {
			return err
		}
	}
	fmt.Println("locked")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// stageChild stages windows of one to three pages for ever, and names each page once its
// Stage has returned.
func stageChild(ctx context.Context, s *store.Store, args []string) error {
	seed, err := strconv.ParseUint(args[0], 10, 64)
	if err != nil {
		return err
	}
	run, err := s.BeginRun(ctx, "fetch", "test")
	if err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(seed, 0))
	for {
		from := rnd.IntN(100)
		p := newPage(run, "steps", day(from), day(from+1+rnd.IntN(20)), "")
		for last := rnd.IntN(3); p.Number <= last; p.Number++ {
			if p.Window.State = store.Partial; p.Number == last {
				p.Window.State = store.Complete
			}
			p.Body = randomBody(rnd)
			if p.Window.ID, err = s.Stage(ctx, p); err != nil {
				return err
			}
			fmt.Printf("staged %d %d %x\n", p.Window.ID, p.Number, sha256.Sum256(p.Body))
		}
	}
}

// refreshChild spends tokens that work once, and names each.
func refreshChild(ctx context.Context, s *store.Store, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for range n {
		var spent string
		if _, err := s.ReplaceToken(ctx, "fitbit", spend(&spent)); err != nil {
			return err
		}
		fmt.Println("spent", spent)
	}
	return nil
}

// spend trades the refresh token n for n+1.
func spend(spent *string) func(store.Token, bool) (store.Token, error) {
	return func(now store.Token, ok bool) (store.Token, error) {
		n, err := strconv.Atoi(now.Refresh)
		if !ok || err != nil {
			return now, fmt.Errorf("token %q, %t: %w", now.Refresh, ok, err)
		}
		*spent = now.Refresh
		return store.Token{Access: "access", Refresh: strconv.Itoa(n + 1)}, nil
	}
}

// child is a process that plays one of the children.
type child struct {
	tb    testing.TB
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Scanner
}

// MustSpawn starts a child and waits until it is ready.
func MustSpawn(tb testing.TB, mode, path string, args ...string) *child {
	tb.Helper()
	return mustStart(tb, exec.Command(os.Args[0], append([]string{path}, args...)...), mode)
}

func mustStart(tb testing.TB, cmd *exec.Cmd, mode string) *child {
	tb.Helper()
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	c := &child{tb: tb, cmd: cmd}
	var err error
	if c.stdin, err = cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.kill)
	c.expect("ready")
	return c
}

// release lets the child open the vault.
func (c *child) release() {
	c.tb.Helper()
	if _, err := io.WriteString(c.stdin, "\n"); err != nil {
		c.tb.Fatal(err)
	}
}

// expect reads the next line and returns what follows the prefix.
func (c *child) expect(prefix string) string {
	c.tb.Helper()
	if !c.out.Scan() {
		c.tb.Fatalf("the child ended before %q: %v", prefix, c.out.Err())
	}
	rest, ok := strings.CutPrefix(c.out.Text(), prefix)
	if !ok {
		c.tb.Fatalf("the child said %q, want %q", c.out.Text(), prefix)
	}
	return strings.TrimSpace(rest)
}

// rest returns the lines up to the end of the child.
func (c *child) rest() []string {
	var lines []string
	for c.out.Scan() {
		lines = append(lines, c.out.Text())
	}
	return lines
}

// wait demands that the child ends well.
func (c *child) wait() {
	c.tb.Helper()
	c.stdin.Close()
	if err := c.cmd.Wait(); err != nil {
		c.tb.Fatalf("the child: %v", err)
	}
}

func (c *child) kill() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}

// MustOpen makes a vault in a temporary folder and closes it when the test ends.
func MustOpen(tb testing.TB) *store.Store {
	tb.Helper()
	return MustOpenPath(tb, filepath.Join(tb.TempDir(), "vault.db"), store.Options{Create: true})
}

// MustOpenPath opens a vault and closes it when the test ends.
func MustOpenPath(tb testing.TB, path string, o store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// MustRun opens a row of the audit log.
func MustRun(tb testing.TB, s *store.Store) int64 {
	tb.Helper()
	run, err := s.BeginRun(tb.Context(), "fetch", "test")
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// MustStage stages a page and returns its window.
func MustStage(tb testing.TB, s *store.Store, p store.Page) int64 {
	tb.Helper()
	id, err := s.Stage(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// MustVerify demands a vault without a problem.
func MustVerify(tb testing.TB, s *store.Store) store.Check {
	tb.Helper()
	c, err := s.Verify(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if len(c.Problems) > 0 {
		tb.Fatalf("verify: %s", strings.Join(c.Problems, "\n"))
	}
	return c
}

// MustExec runs statements on a connection of its own that enforces nothing.
func MustExec(tb testing.TB, path string, queries ...string) {
	tb.Helper()
	db := mustRaw(tb, path)
	defer db.Close()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			tb.Fatalf("%s: %v", q, err)
		}
	}
}

func mustRaw(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// dump returns every row of every table as text.
func dump(tb testing.TB, path string) map[string][]string {
	tb.Helper()
	db := mustRaw(tb, path)
	defer db.Close()
	out := map[string][]string{}
	for _, table := range column(tb, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		columns := column(tb, db, "SELECT group_concat('quote(' || name || ')', '||'',''||') FROM pragma_table_info('"+table+"')")
		out[table] = column(tb, db, "SELECT "+columns[0]+" FROM "+table+" ORDER BY 1")
	}
	return out
}

func column(tb testing.TB, db *sql.DB, query string) []string {
	tb.Helper()
	rows, err := db.Query(query)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			tb.Fatal(err)
		}
		out = append(out, text)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

// day is the n-th date of the tests.
func day(n int) string { return time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }

// noon is an instant as the vault keeps it.
var noon = time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)

// newPage is the only page of a complete window.
func newPage(run int64, typ, from, to, body string) store.Page {
	return store.Page{
		Window: store.Window{
			Source: "fitbit", Type: typ, From: from, To: to, State: store.Complete,
			AskVersion: 1, Elements: 1, Asked: noon, SettledTo: from,
		},
		Run: run, Method: "GET", Path: "/1/user/-/" + typ + ".json", Status: 200,
		Header: map[string]string{"Date": "Sat, 01 Jun 2024 12:00:00 GMT"}, Fetched: noon, Zone: "Europe/Berlin",
		Body: []byte(body),
	}
}

// randomBody is small and dense, or long and easily compressed.
func randomBody(rnd *rand.Rand) []byte {
	if rnd.IntN(2) == 0 {
		b := make([]byte, rnd.IntN(40))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		return b
	}
	return bytes.Repeat([]byte(strconv.Itoa(rnd.IntN(1000))), 1+rnd.IntN(5000))
}

func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func exists(tb testing.TB, path string) bool {
	tb.Helper()
	_, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		tb.Fatal(err)
	}
	return err == nil
}
