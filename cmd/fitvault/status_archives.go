package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"fitvault/store"
	"fitvault/store/catalog"
)

// reportArchives tells what archives gave, by the families that their members are staged
// under: those of the types picked, or all, also what no type is read from.
func reportArchives(ctx context.Context, st *store.Store, picked []catalog.Type, all bool) (sourceStatus, error) {
	out := sourceStatus{Source: string(catalog.Takeout), Types: []typeStatus{}}
	stats, err := st.Stats(ctx)
	if err != nil {
		return out, err
	}
	coverage, err := st.Coverage(ctx, out.Source)
	if err != nil {
		return out, err
	}
	for _, x := range stats {
		read := func(t catalog.Type) bool {
			return slices.ContainsFunc(t.Takeout, func(o *catalog.Origin) bool { return t.StagedAs(o) == x.Type })
		}
		if x.Source != out.Source || !all && !slices.ContainsFunc(picked, read) {
			continue
		}
		one := typeStatus{Type: x.Type, Responses: x.Responses, Bytes: x.Bytes}
		if err := one.cover(coverage[x.Type], true); err != nil {
			return out, err
		}
		out.Types = append(out.Types, one)
	}
	return out, nil
}

// printArchives prints what archives gave.
func (a *app) printArchives(s sourceStatus) error {
	if len(s.Types) == 0 {
		_, err := fmt.Fprintf(a.out, "\n%s: nothing is imported yet (fitvault import PATH)\n", s.Source)
		return err
	}
	fmt.Fprintf(a.out, "\n%s: imported from archives\n", s.Source)
	var rows [][]string
	for _, t := range s.Types {
		rows = append(rows, []string{t.Type, t.From, t.To, t.SettledUntil, strconv.Itoa(t.Responses), bytesText(t.Bytes)})
	}
	return a.printTable([]string{"FAMILY", "FROM", "TO", "SETTLED UNTIL", "FILES", "SIZE"}, rows)
}
