package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"fitvault/store"
)

func (a *app) verify() *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "check hashes, coverage, foreign keys and the file itself",
		Action: a.onVault(false, func(ctx context.Context, c *cli.Command, st *store.Store) error {
			check, err := st.Verify(ctx)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				check.Problems = append([]string{}, check.Problems...) // [] when there is none
				if err := a.printJSON(check); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(a.out, "%s: %d windows, %d bodies (%s, %d superseded and dropped), %d problems\n",
					st.Path(), check.Windows, check.Bodies, bytesText(check.Bytes), check.Dropped, len(check.Problems))
			}
			if len(check.Problems) > 0 {
				return fmt.Errorf("the vault is damaged:\n  %s", strings.Join(check.Problems, "\n  "))
			}
			return nil
		}),
	}
}
