package emulator_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

// quotaOf reads the three headers.
func quotaOf(t *testing.T, r reply) (limit, remaining, reset int) {
	t.Helper()
	var n [3]int
	for i, name := range []string{"Limit", "Remaining", "Reset"} {
		v, err := strconv.Atoi(r.header.Get("Fitbit-Rate-Limit-" + name))
		if err != nil {
			t.Fatalf("%s: %v in %v", name, err, r.header)
		}
		n[i] = v
	}
	return n[0], n[1], n[2]
}

func limited(n int) func(*emulator.Options) {
	return func(o *emulator.Options) { o.Limit = n }
}

func TestQuotaWindow(t *testing.T) {
	b := start(t, limited(5))
	for i := 4; i >= 0; i-- {
		limit, remaining, reset := quotaOf(t, b.get(devicesPath))
		if limit != 5 || remaining != i || reset != 53*60 {
			t.Fatalf("got %d, %d, %d; want 5, %d, 3180", limit, remaining, reset, i)
		}
	}
	r := b.get(devicesPath)
	r.wants(t, "the sixth call", 429, "system")
	sameShape(t, r.body, "error_429_current")
	if r.header.Get("Retry-After") != "" {
		t.Error("Retry-After although the mode is off")
	}
	b.clock.Set(time.Date(2025, 11, 2, 13, 59, 58, 500e6, time.UTC))
	r = b.get(devicesPath)
	r.wants(t, "a second and a half before the hour", 429, "system")
	if _, _, reset := quotaOf(t, r); reset != 2 {
		t.Errorf("reset %d a second and a half before the hour", reset)
	}
	b.clock.Set(time.Date(2025, 11, 2, 14, 0, 0, 0, time.UTC))
	if _, remaining, reset := quotaOf(t, b.get(devicesPath)); remaining != 4 || reset != 3600 {
		t.Errorf("at the hour: remaining %d, reset %d", remaining, reset)
	}
}

// Failed calls count, token calls do not, and the headers are on every answer.
func TestQuotaCounts(t *testing.T) {
	b := start(t, limited(10))
	_, seed, _ := b.SeedTokens()
	b.refresh(seed)
	b.get("/1/user/-/nowhere.json")
	b.get(activity("steps", "2025-10-02", "2025-10-01"))
	b.do("POST", devicesPath)
	good := b.token
	b.token = "no-such-token-1234"
	b.get(devicesPath)
	b.token = good
	b.Inject(emulator.Fault{Kind: emulator.FaultHTML})
	b.get(devicesPath)
	if _, remaining, _ := quotaOf(t, b.get(devicesPath)); remaining != 4 {
		t.Errorf("remaining %d after six calls of ten", remaining)
	}
	b.Spend(3)
	if _, remaining, _ := quotaOf(t, b.get(devicesPath)); remaining != 0 {
		t.Errorf("remaining %d after Spend", remaining)
	}
	b.Set(func(m *emulator.Modes) { m.Limit = 20 })
	if limit, remaining, _ := quotaOf(t, b.get(devicesPath)); limit != 20 || remaining != 9 {
		t.Errorf("after a new limit: %d of %d", remaining, limit)
	}
}

func TestQuotaSkew(t *testing.T) {
	b := start(t, limited(1))
	b.Set(func(m *emulator.Modes) { m.Skew = 55 * time.Minute })
	r := b.get(devicesPath)
	if _, _, reset := quotaOf(t, r); reset != 58*60 {
		t.Errorf("reset %d by a clock that shows 14:02", reset)
	}
	if got := r.header.Get("Date"); got != "Sun, 02 Nov 2025 14:02:00 GMT" {
		t.Errorf("Date %q", got)
	}
	b.clock.Set(time.Date(2025, 11, 2, 14, 0, 0, 0, time.UTC))
	b.get(devicesPath).wants(t, "client's full hour", 429, "system")
	b.clock.Set(time.Date(2025, 11, 2, 14, 5, 0, 0, time.UTC))
	b.ok(devicesPath)
}

func TestQuotaResetLate(t *testing.T) {
	b := start(t, limited(1))
	b.Set(func(m *emulator.Modes) { m.ResetLate = 90 * time.Second })
	b.ok(devicesPath)
	if _, _, reset := quotaOf(t, b.get(devicesPath)); reset != 53*60 {
		t.Errorf("announced reset %d is not the full hour", reset)
	}
	b.clock.Set(time.Date(2025, 11, 2, 14, 1, 29, 0, time.UTC))
	b.get(devicesPath).wants(t, "89 s late", 429, "system")
	b.clock.Add(time.Second)
	b.ok(devicesPath)
}

func TestQuotaHeaderModes(t *testing.T) {
	b := start(t, limited(10))
	b.Set(func(m *emulator.Modes) { m.RemainingLag = 3 })
	for _, want := range []int{10, 10, 10, 9} {
		if _, remaining, _ := quotaOf(t, b.get(devicesPath)); remaining != want {
			t.Errorf("lagging remaining %d, want %d", remaining, want)
		}
	}
	names := func(style emulator.HeaderStyle) []string {
		b.Set(func(m *emulator.Modes) { m.QuotaHeaders = style })
		rec := record(b.Server, b.token, devicesPath)
		var found []string
		for name, values := range rec.Header() {
			if strings.HasPrefix(strings.ToLower(name), "fitbit-rate") {
				found = append(found, name+"="+values[0])
			}
		}
		return found
	}
	for _, n := range names(emulator.HeadersOddCase) {
		if !strings.HasPrefix(n, "Fitbit-rate-limit-") {
			t.Errorf("odd case: %s", n)
		}
	}
	if n := names(emulator.HeadersMissing); len(n) != 0 {
		t.Errorf("missing: %q", n)
	}
	for _, n := range names(emulator.HeadersNegative) {
		if !strings.HasSuffix(n, "=-1") {
			t.Errorf("negative: %s", n)
		}
	}
	for _, n := range names(emulator.HeadersWords) {
		if _, value, _ := strings.Cut(n, "="); strings.ContainsAny(value, "0123456789") {
			t.Errorf("words: %s", n)
		}
	}
	if n := names(emulator.HeadersWords); len(n) != 3 {
		t.Errorf("words: %q", n)
	}
}

func TestTooManyModes(t *testing.T) {
	b := start(t, limited(1))
	b.ok(devicesPath)
	b.Set(func(m *emulator.Modes) { m.Legacy429, m.RetryAfter = true, emulator.RetryAfterRight })
	r := b.get(devicesPath)
	r.wants(t, "legacy body", 429, "request")
	sameShape(t, r.body, "error_429_legacy")
	if got := r.header.Get("Retry-After"); got != "3180" {
		t.Errorf("Retry-After %q", got)
	}
	b.Set(func(m *emulator.Modes) { m.RetryAfter = emulator.RetryAfterWrong })
	if got := b.get(devicesPath).header.Get("Retry-After"); got != "1" {
		t.Errorf("wrong Retry-After is %q", got)
	}
}

func TestStrictWait(t *testing.T) {
	b := start(t)
	b.Set(func(m *emulator.Modes) { m.Strict = true })
	b.Inject(emulator.Fault{Kind: emulator.FaultTooMany, Reset: 90 * time.Second})
	r := b.get(devicesPath)
	if _, _, reset := quotaOf(t, r); r.status != 429 || reset != 90 {
		t.Fatalf("scripted 429: %d, reset %d", r.status, reset)
	}
	b.clock.Add(89 * time.Second)
	b.ok(devicesPath)
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0], "before the announced reset") {
		t.Errorf("a call within the wait: %q", v)
	}
	b.clock.Add(time.Second)
	b.ok(devicesPath)
	if v := b.Violations(); len(v) != 1 {
		t.Errorf("a call after the wait: %q", v)
	}
}
