package main

import (
	"context"
	"fmt"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/google"
	"fitvault/store"
	"fitvault/store/catalog"
)

// probe tells what the probes of a live sign-in to Google find out.
func (d *checkup) probe(ctx context.Context, p provider, access string, t store.Token) {
	zones, err := fetch.Zones(ctx, d.st)
	today := zones.Today(time.Now())
	if loc, zerr := zone(d.c); !zones.Known() && zerr == nil && loc != nil {
		today = catalog.DayOf(time.Now().In(loc))
	}
	if err == nil {
		err = p.(*google.Provider).Probe(ctx, access, google.Probing{Scopes: t.Scopes, Today: today, Legacy: d.c.String("fitbit-api-url")},
			func(f google.Finding) {
				d.add(finding{Check: fmt.Sprintf("google probe %d", f.Probe), Verdict: noted, Found: f.Asked + ": " + f.Found, Fact: f.Fact})
			})
	}
	if err != nil && ctx.Err() == nil {
		d.add(d.judge(ctx, "google probes", catalog.Google, err))
	}
}
