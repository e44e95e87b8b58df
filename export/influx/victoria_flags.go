package influx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// checkFlags returns an error when VictoriaMetrics was started so that it would drop points,
// keep them twice or call them otherwise. Where its flags are hidden, the log says so.
func (s victoria) checkFlags(ctx context.Context, oldest time.Time) error {
	flags, err := s.flags(ctx)
	if e, ok := errors.AsType[*Error](err); ok && e.answered() && !e.Temporary() {
		s.log.Warn("VictoriaMetrics: its flags are hidden, so nobody checks -retentionPeriod and -dedup.minScrapeInterval", "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, n := range naming {
		if v := orDefault(flags[n.flag], n.usual); v != n.usual {
			return s.misconfigured(fmt.Sprintf("its flag -%s=%s %s", n.flag, v, n.effect), "start it without")
		}
	}
	period := orDefault(flags["retentionPeriod"], "1")
	keeps, ok := victoriaPeriod(period)
	if !ok {
		return s.misconfigured(fmt.Sprintf("its flag -retentionPeriod=%s does not read", period), "start it with -retentionPeriod=100y")
	}
	if err := s.retains(keeps, oldest, "its flag -retentionPeriod="+period, "victoria-metrics -retentionPeriod=100y"); err != nil {
		return err
	}
	return s.checkDuplicates(orDefault(flags["dedup.minScrapeInterval"], "0s"))
}

// naming are flags that change how series are called, so that nobody could find them again.
var naming = []struct{ flag, usual, effect string }{
	{"influxDBLabel", "db", "calls the label of the database otherwise than db"},
	{"influxMeasurementFieldSeparator", "_", "puts something else than _ between a measurement and its fields"},
	{"influxSkipMeasurement", "false", "mixes fields of different measurements"},
	{"influxSkipSingleField", "false", "leaves out the name of a field that stands alone"},
}

// checkDuplicates returns an error when a point that is written twice would be there twice,
// as a repeated request and each new export of a day make it, or when points of one series
// that are seconds apart would be taken for the same.
func (s victoria) checkDuplicates(interval string) error {
	const remedy = "start it with -dedup.minScrapeInterval=1ms"
	d, err := time.ParseDuration(interval)
	switch {
	case err != nil:
		return s.misconfigured(fmt.Sprintf("its flag -dedup.minScrapeInterval=%s does not read", interval), remedy)
	case d <= 0:
		return s.misconfigured("it keeps every copy of a point that is written twice, so that sums would be wrong", remedy)
	case d > time.Second:
		return s.misconfigured(fmt.Sprintf("its flag -dedup.minScrapeInterval=%s drops all but one point of that time", interval), remedy)
	}
	return nil
}

func (s victoria) misconfigured(fault, remedy string) error {
	e := s.failure(readFlags, nil)
	e.Message, e.remedy = fault, remedy
	return e
}

const readFlags = "read its flags"

// flags reads those that the server was started with; others may be left out.
func (s victoria) flags(ctx context.Context) (map[string]string, error) {
	flags := map[string]string{}
	err := s.do(ctx, request{op: readFlags, method: http.MethodGet, path: "flags", read: func(resp *http.Response) (string, error) {
		page, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		for _, m := range flagLine.FindAllSubmatch(page, -1) {
			flags[string(m[1])] = string(m[2])
		}
		return "", err
	}})
	return flags, err
}

var (
	flagLine = regexp.MustCompile(`(?m)^-+([\w.]+)="?([^"\n]*)"?`)
	period   = regexp.MustCompile(`^(\d+(?:\.\d+)?)([hdwy]?)$`)
)

// victoriaPeriod reads a -retentionPeriod: of months of 31 days where it has no unit, at
// least a day.
func victoriaPeriod(v string) (time.Duration, bool) {
	m := period.FindStringSubmatch(v)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	days := n * map[string]float64{"h": 1. / 24, "d": 1, "w": 7, "y": 365, "": 31}[m[2]]
	const longest = 106_000 // days in a time.Duration
	return time.Duration(min(max(days, 1), longest) * float64(24*time.Hour)), err == nil
}
