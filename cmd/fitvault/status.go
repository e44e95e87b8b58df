package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// The status report. Members are only ever added.
type (
	statusReport struct {
		Vault   string         `json:"vault"`
		Account string         `json:"account"`
		Zone    string         `json:"zone"`
		Sources []sourceStatus `json:"sources"`
		Quota   []quotaStatus  `json:"quota"`
		Targets []targetStatus `json:"targets"`
		Rejects []rejectStatus `json:"rejects"`
	}
	sourceStatus struct {
		Source     string       `json:"source"`
		SignedIn   bool         `json:"signed_in"`
		Dead       bool         `json:"sign_in_dead"` // it was refused for good
		Expires    *time.Time   `json:"expires"`      // of the access token, which renews itself
		SignInEnds *time.Time   `json:"sign_in_ends"` // however it is used; null: it has no end that is known
		Types      []typeStatus `json:"types"`
		Left       int          `json:"left"`    // calls still to be made, by what is known now
		DoneBy     *time.Time   `json:"done_by"` // when a fetch begun now would end, if the budget of calls is all that limits it
	}
	typeStatus struct {
		Type           string `json:"type"`
		From           string `json:"from"`          // first day staged; "" when none is
		To             string `json:"to"`            // last day staged
		SettledUntil   string `json:"settled_until"` // last day of the unbroken range from From that can no longer change
		Responses      int    `json:"responses"`
		Bytes          int64  `json:"bytes"`
		PendingWindows int    `json:"pending_windows"` // still to be asked, by what is known now
		Unavailable    string `json:"unavailable"`     // why; "" when it is available
	}
	quotaStatus struct {
		Source string     `json:"source"`
		Limit  int        `json:"limit"`
		Used   int        `json:"used"`
		Reset  *time.Time `json:"reset"`
	}
	rejectStatus struct {
		Stage string    `json:"stage"`
		Type  string    `json:"type"`
		Error string    `json:"error"`
		Tries int       `json:"tries"`
		Since time.Time `json:"since"`
	}
)

func (a *app) status() *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "what is staged, how complete, what is left; where each target stands",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "days", Usage: "which source each day comes from, and why"},
			&cli.BoolFlag{Name: "live", Usage: "only ask the daemon at --listen whether it is well (exit 0 or 1)", Sources: env("live")},
			listenFlag(), preferFlag(), deviceFlag(), typeFlag(),
			&cli.StringSliceFlag{Name: "source", Usage: "only what is staged from this source", Sources: env("source"), DefaultText: "all"},
		}, rangeFlags()...),
		Action: func(ctx context.Context, c *cli.Command) error {
			switch {
			case c.Bool("live"):
				return live(ctx, c.String("listen"))
			case c.Bool("days"):
				return a.onVault(false, a.showDays)(ctx, c)
			case given(c, "since") || given(c, "until"):
				return &usageError{"--since and --until are for status --days"}
			}
			return a.onVault(false, a.showStatus)(ctx, c)
		},
	}
}

func (a *app) showStatus(ctx context.Context, c *cli.Command, st *store.Store) error {
	picked, err := types(c)
	if err != nil {
		return err
	}
	order, err := prefer(c)
	if err != nil {
		return err
	}
	r, err := report(ctx, c, st, picked)
	if err != nil {
		return err
	}
	if r.Targets, err = reportTargets(ctx, st, order, c.String("device")); err != nil {
		return err
	}
	if c.Bool("json") {
		return a.printJSON(r)
	}
	return a.printStatus(r)
}

// live asks a daemon on this machine how it is.
func live(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return &usageError{fmt.Sprintf("--listen: %v", err)}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // where one that listens everywhere is found
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return &usageError{fmt.Sprintf("--listen: %v", err)}
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return fmt.Errorf("no daemon answers at %s: %w", address, err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(io.LimitReader(res.Body, 1000)); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("the daemon at %s is not well: %s", address, body)
	}
	return nil
}

func report(ctx context.Context, c *cli.Command, st *store.Store, picked []catalog.Type) (statusReport, error) {
	r := statusReport{Vault: st.Path(), Account: st.Account(), Sources: []sourceStatus{}, Quota: []quotaStatus{},
		Targets: []targetStatus{}, Rejects: []rejectStatus{}}
	zones, err := fetch.Zones(ctx, st)
	if err != nil {
		return r, err
	}
	if zones.Known() {
		r.Zone = zones.On(zones.Today(time.Now())).String()
	}
	for _, s := range catalog.Sources() {
		if only := words(c, "source"); len(only) > 0 && !slices.Contains(only, string(s)) {
			continue
		}
		q, err := st.Quota(ctx, string(s))
		if err != nil {
			return r, err
		}
		if q.Limit > 0 {
			used := q.Used
			if time.Now().After(q.Reset) {
				used = 0
			}
			r.Quota = append(r.Quota, quotaStatus{string(s), q.Limit, used, known(q.Reset)})
		}
		if s == catalog.Takeout {
			one, err := reportArchives(ctx, st, picked, len(words(c, "type")) == 0)
			if err != nil {
				return r, err
			}
			r.Sources = append(r.Sources, one)
			continue
		}
		one, err := reportSource(ctx, st, s, picked)
		if err != nil {
			return r, err
		}
		one.DoneBy = known(newProvider(c, environment{source: s}).Pace().DoneBy(one.Left, q, time.Now()))
		r.Sources = append(r.Sources, one)
	}
	rejects, err := st.Rejects(ctx)
	for _, j := range rejects {
		r.Rejects = append(r.Rejects, rejectStatus{j.Stage, j.Type, j.Error, j.Tries, j.First})
	}
	return r, err
}

// known returns an instant for JSON: null when it is not known.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func reportSource(ctx context.Context, st *store.Store, s catalog.Source, picked []catalog.Type) (sourceStatus, error) {
	out := sourceStatus{Source: string(s), Types: []typeStatus{}}
	t, ok, err := st.Token(ctx, string(s))
	if err != nil && !errors.Is(err, store.ErrSealed) {
		return out, err
	}
	out.SignedIn, out.Dead, out.Expires, out.SignInEnds = err != nil || ok && !t.Dead, t.Dead, known(t.Expires), known(t.RefreshExpires)
	stats, err := st.Stats(ctx)
	if err != nil {
		return out, err
	}
	coverage, err := st.Coverage(ctx, string(s))
	if err != nil {
		return out, err
	}
	off, err := st.Unavailable(ctx, string(s))
	if err != nil {
		return out, err
	}
	left, err := fetch.Left(ctx, st, s)
	if err != nil {
		return out, err
	}
	calls := 0.0
	for name, n := range left {
		each := 1.0 // call for a window, unless those before it had more pages
		if i := slices.IndexFunc(stats, func(x store.TypeStats) bool { return x.Source == string(s) && x.Type == name }); i >= 0 && stats[i].Windows > 0 {
			each = max(each, float64(stats[i].Responses)/float64(stats[i].Windows))
		}
		calls += float64(n) * each
	}
	out.Left = int(math.Ceil(calls))
	for _, t := range catalog.Asked(s) {
		if !slices.ContainsFunc(picked, func(p catalog.Type) bool { return p.Staged(s) == t.Name }) {
			continue
		}
		one := typeStatus{Type: t.Name, Unavailable: off[t.Name].Reason, PendingWindows: left[t.Name]}
		if i := slices.IndexFunc(stats, func(x store.TypeStats) bool { return x.Source == string(s) && x.Type == t.Name }); i >= 0 {
			one.Responses, one.Bytes = stats[i].Responses, stats[i].Bytes
		}
		if err := one.cover(coverage[t.Name], false); err != nil {
			return out, err
		}
		out.Types = append(out.Types, one)
	}
	return out, nil
}

// cover fills in what the ranges of a type say, which are ordered by date. gaps says that a
// day between them was looked at, too, and holds nothing.
func (t *typeStatus) cover(rows []store.Covered, gaps bool) error {
	unbroken := true
	for i, c := range rows {
		span, err := catalog.ParseSpan(c.From, c.To)
		if err != nil {
			return err
		}
		settled, err := catalog.ParseDay(c.Window.SettledTo)
		if err != nil {
			return err
		}
		if i == 0 {
			t.From = c.From
		}
		t.To = (span.To - 1).String()
		unbroken = unbroken && (gaps || i == 0 || rows[i-1].To == c.From)
		if unbroken && settled > span.From {
			t.SettledUntil = (min(settled, span.To) - 1).String()
		}
		unbroken = unbroken && settled >= span.To
	}
	return nil
}

// byWhen says when the last call will be made, where that is not at once.
func byWhen(t *time.Time) string {
	if t == nil || time.Until(*t) < time.Minute {
		return ""
	}
	return ", done by about " + t.Local().Format(clock)
}

const notIn = "not signed in"

// signIn says how a sign-in stands.
func (s sourceStatus) signIn() string {
	switch {
	case s.Dead:
		return "the sign-in is dead (sign in again: fitvault login --source " + s.Source + ")"
	case s.SignedIn && s.SignInEnds != nil && s.SignInEnds.Before(time.Now()):
		return "the sign-in has ended (sign in again: fitvault login --source " + s.Source + ")"
	case s.SignedIn:
		return "signed in"
	}
	return notIn
}

func (a *app) printStatus(r statusReport) error {
	fmt.Fprintf(a.out, "vault    %s\naccount  %s\nzone     %s\n", r.Vault, r.Account, orElse(r.Zone, "not known yet"))
	for _, s := range r.Sources {
		staged := slices.ContainsFunc(s.Types, func(t typeStatus) bool { return t.Responses > 0 })
		what := "nothing is staged yet"
		if staged {
			what = fmt.Sprintf("%s to make%s", count(s.Left, "call"), byWhen(s.DoneBy))
		}
		if s.Source == string(catalog.Takeout) {
			if err := a.printArchives(s); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.out, "\n%s: %s, %s\n", s.Source, s.signIn(), what)
		if s.SignInEnds != nil && !s.Dead {
			fmt.Fprintf(a.out, "sign-in ends on %s: %s\n", s.SignInEnds.Local().Format(clock), publish)
		}
		if !staged && s.signIn() == notIn {
			continue
		}
		var rows [][]string
		for _, t := range s.Types {
			rows = append(rows, []string{t.Type, t.From, t.To, t.SettledUntil, strconv.Itoa(t.Responses), bytesText(t.Bytes),
				strconv.Itoa(t.PendingWindows), t.Unavailable})
		}
		if err := a.printTable([]string{"TYPE", "FROM", "TO", "SETTLED UNTIL", "ANSWERS", "SIZE", "LEFT", "UNAVAILABLE"}, rows); err != nil {
			return err
		}
	}
	for _, q := range r.Quota {
		fmt.Fprintf(a.out, "\nbudget of %s: %d of %d calls used", q.Source, q.Used, q.Limit)
		if q.Reset != nil && q.Reset.After(time.Now()) {
			fmt.Fprintf(a.out, ", whole again at %s", q.Reset.Local().Format("15:04:05"))
		}
		fmt.Fprintln(a.out)
	}
	for _, t := range r.Targets {
		last := "never finished"
		if t.LastExport != nil {
			last = t.LastExport.Local().Format(time.DateTime)
		}
		fmt.Fprintf(a.out, "\ntarget %s (%s): %d points in %d units, %d behind, last export %s\n", t.Target, t.Schema, t.Points, t.Units, t.Behind, last)
	}
	for _, j := range r.Rejects {
		fmt.Fprintf(a.out, "\nrejected (%s) %s: %s (%d tries since %s)\n", j.Stage, j.Type, j.Error, j.Tries, j.Since.Local().Format(time.DateTime))
	}
	return nil
}
