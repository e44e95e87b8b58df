package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"fitvault/fetch"
	"fitvault/store"
)

// typeForecast is a row of the forecast; its dates are local, both included.
type typeForecast struct {
	Type    string `json:"type"`
	Windows int    `json:"windows"`
	Calls   int    `json:"calls"`
	Exact   bool   `json:"exact"` // false: at least so many calls
	From    string `json:"from"`
	To      string `json:"to"`
}

// forecast prints what a fetch would ask, and when it would be done.
func (a *app) forecast(ctx context.Context, c *cli.Command, r *fetch.Runner) (store.Tally, error) {
	r.NoWait = true
	f, res, err := r.Forecast(ctx)
	var quota *fetch.QuotaError
	if err != nil && !errors.As(err, &quota) {
		return res.Tally, err
	}
	rows := make([]typeForecast, 0, len(f.Types))
	for _, t := range f.Types {
		rows = append(rows, typeForecast{t.Type, t.Windows, t.Calls, t.Exact, t.Span.From.String(), (t.Span.To - 1).String()})
	}
	source := string(r.Provider.Source())
	if c.Bool("json") {
		var done any // null
		if !f.DoneBy.IsZero() {
			done = f.DoneBy.UTC().Truncate(time.Second)
		}
		err := a.printJSON(map[string]any{"source": source, "types": rows, "calls": f.Calls, "exact": f.Exact, "hours": f.Lasts.Hours(),
			"done_by": done, "requests": res.Requests, "failures": failures(res.Failures)})
		return res.Tally, errors.Join(err, partly(err, "not everything is known", failures(res.Failures)))
	}
	cells := make([][]string, 0, len(rows)+1)
	for _, t := range rows {
		cells = append(cells, []string{t.Type, strconv.Itoa(t.Windows), atLeast(t.Calls, t.Exact), t.From, t.To})
	}
	cells = append(cells, []string{"all", "", atLeast(f.Calls, f.Exact), "", ""})
	if err := a.printTable([]string{"TYPE", "WINDOWS", "CALLS", "FROM", "TO"}, cells); err != nil {
		return res.Tally, err
	}
	a.tellForecast(c, source, f, res.Requests)
	if quota != nil && !c.Bool("quiet") {
		fmt.Fprintf(a.err, "%v: what depends on the answers that are missing is not counted; ask again then\n", quota)
	}
	return res.Tally, partly(nil, "not everything is known", failures(res.Failures))
}

func atLeast(n int, exact bool) string {
	if exact {
		return strconv.Itoa(n)
	}
	return "at least " + strconv.Itoa(n)
}

// tellForecast says in a sentence how long a fetch would take.
func (a *app) tellForecast(c *cli.Command, source string, f fetch.Forecast, made int) {
	if c.Bool("quiet") {
		return
	}
	fmt.Fprintf(a.err, "%s: %s to find out; ", source, count(made, "call"))
	calls := count(f.Calls, "call")
	if !f.Exact {
		calls = "at least " + calls
	}
	switch {
	case f.Calls == 0:
		fmt.Fprintln(a.err, "a fetch would ask nothing now")
	case f.Lasts == 0:
		fmt.Fprintf(a.err, "a fetch would make %s at once\n", calls)
	default:
		fmt.Fprintf(a.err, "a fetch would make %s in %.1f hours, until %s\n", calls, f.Lasts.Hours(), f.DoneBy.Local().Format(clock))
	}
}
