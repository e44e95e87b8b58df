package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

const (
	opList = 1 << iota
	opGet
	opReconcile
	opRollUp
	opDaily
)

// kindRow is a row of Google sheet 6.1, written down a second time.
type kindRow struct {
	id     string
	ops    int
	cap    int
	scope  string
	member string // what filters may name
}

func kindTable() (all []kindRow) {
	members := map[string]string{
		"interval": ".interval.start_time", "sample": ".sample_time.physical_time", "daily": ".date",
		"session": ".interval.civil_start_time", "sleep": ".interval.civil_end_time", "ecg": ".interval.start_time",
	}
	letters := map[rune]int{'L': opList, 'G': opGet, 'R': opReconcile, 'U': opRollUp, 'D': opDaily}
	for _, line := range strings.Split(strings.TrimSpace(kindLines), "\n") {
		var k kindRow
		var ops, category string
		fmt.Sscan(line, &k.id, &category, &ops, &k.cap, &k.scope)
		for _, l := range ops {
			k.ops |= letters[l]
		}
		if m := members[category]; m != "" {
			k.member = stemOf(k.id) + m
		}
		k.scope = "https://www.googleapis.com/auth/googlehealth." + map[string]string{
			"AF": "activity_and_fitness", "HM": "health_metrics_and_measurements", "SL": "sleep", "NU": "nutrition",
			"ecg": "ecg", "irn": "irn",
		}[k.scope] + ".readonly"
		all = append(all, k)
	}
	return all
}

var allKinds = kindTable()

const kindLines = `
steps interval LRUD 90 AF
distance interval LRUD 90 AF
floors interval RUD 90 AF
altitude interval LRUD 90 AF
active-energy-burned interval LRUD 90 AF
basal-energy-burned interval LR 0 AF
total-calories - UD 14 AF
calories-in-heart-rate-zone - UD 14 AF
active-minutes interval LRUD 14 AF
active-zone-minutes interval LRUD 90 AF
activity-level interval LR 0 AF
sedentary-period interval LRUD 90 AF
time-in-heart-rate-zone interval LRUD 90 AF
swim-lengths-data interval LRUD 90 AF
exercise session LGR 0 AF
vo2-max sample LR 0 AF
run-vo2-max sample LRUD 90 AF
daily-vo2-max daily LR 0 AF
heart-rate sample LRUD 14 HM
heart-rate-variability sample LR 0 HM
daily-resting-heart-rate daily LR 0 HM
daily-heart-rate-variability daily LR 0 HM
daily-heart-rate-zones daily LR 0 HM
oxygen-saturation sample LR 0 HM
daily-oxygen-saturation daily LR 0 HM
daily-respiratory-rate daily LR 0 HM
respiratory-rate-sleep-summary sample LR 0 HM
daily-sleep-temperature-derivations daily LR 0 HM
core-body-temperature sample LGRUD 90 HM
blood-glucose sample LGRUD 90 HM
weight sample LGRUD 90 HM
body-fat sample LGRUD 90 HM
height sample LGR 0 HM
sleep sleep LGR 0 SL
hydration-log session LGRUD 90 NU
nutrition-log session LGRUD 90 NU
food - LG 0 NU
food-measurement-unit - LG 0 NU
electrocardiogram ecg L 0 ecg
irregular-rhythm-notification session L 0 irn
`

const (
	rollDay = `{"range":{"startTime":"2025-10-20T00:00:00Z","endTime":"2025-10-21T00:00:00Z"},"windowSize":"86400s"}`
	oneDay  = `{"range":{"start":{"date":{"year":2025,"month":10,"day":20}},"end":{"date":{"year":2025,"month":10,"day":21}}}}`
)

// try asks for one operation.
func (g *gbench) try(kind string, op int) reply {
	switch op {
	case opList:
		return g.get(dataPath(kind, "list", "pageSize", "5"))
	case opReconcile:
		return g.get(dataPath(kind, "reconcile", "pageSize", "5"))
	case opRollUp:
		return g.postJSON(dataPath(kind, "rollUp"), rollDay)
	case opDaily:
		return g.postJSON(dataPath(kind, "dailyRollUp"), oneDay)
	}
	return g.get(dataPath(kind, "list") + "/1")
}

// TestGoogleMatrix is rule 7: what section 6.1 does not offer is refused.
func TestGoogleMatrix(t *testing.T) {
	t.Parallel()
	g := startGoogle(t, func(o *emulator.Options) { o.Days = 60 })
	if len(allKinds) != 40 {
		t.Fatalf("%d kinds", len(allKinds))
	}
	for _, k := range allKinds {
		for op := opList; op <= opDaily; op <<= 1 {
			r := g.try(k.id, op)
			what := fmt.Sprintf("%s operation %d", k.id, op)
			switch {
			case k.ops&op == 0:
				r.refused(t, what, 400, "INVALID_ARGUMENT", "UNSUPPORTED_DATA_TYPE_ACTION")
			case op == opGet:
				r.refused(t, what, 404, "NOT_FOUND", "")
			case r.status != 200:
				t.Errorf("%s: %d %s", what, r.status, r.body)
			}
		}
	}
	for _, kind := range []string{"moods", "symptoms", "menstrual-period", "ovulation-test"} {
		g.try(kind, opList).refused(t, kind, 400, "INVALID_ARGUMENT", "UNSUPPORTED_DATA_TYPE_ACTION")
	}
	g.try("heartrate", opList).refused(t, "unknown", 400, "INVALID_ARGUMENT", "INVALID_PARENT_DATA_TYPE_COLLECTION")
	g.try("heart_rate", opList).refused(t, "snake", 400, "INVALID_ARGUMENT", "INVALID_PARENT_DATA_TYPE_COLLECTION_FORMAT")
	sameShape(t, g.try("floors", opList).body, "google/error-400-unsupported-action")
	g.Set(func(m *emulator.Modes) { m.GooglePersonalRanges = true })
	for _, kind := range []string{"daily-resting-heart-rate", "daily-heart-rate-variability"} {
		if r := g.try(kind, opDaily); r.status != 200 || !strings.Contains(r.body, "PersonalRange") {
			t.Errorf("%s with personal ranges: %d %s", kind, r.status, r.body)
		}
		g.try(kind, opRollUp).refused(t, kind, 400, "INVALID_ARGUMENT", "UNSUPPORTED_DATA_TYPE_ACTION")
	}
}

// TestGoogleScopes is rule 5: each type is refused without its scope alone.
func TestGoogleScopes(t *testing.T) {
	t.Parallel()
	for _, missing := range emulator.AllGoogleScopes {
		g := startGoogle(t, func(o *emulator.Options) {
			o.Days, o.GoogleScopes = 20, nil
			for _, s := range emulator.AllGoogleScopes {
				if s != missing {
					o.GoogleScopes = append(o.GoogleScopes, s)
				}
			}
		})
		for _, k := range allKinds {
			op := opList
			if k.ops&opList == 0 {
				op = opDaily
			}
			r := g.try(k.id, op)
			if k.scope == missing {
				r.refused(t, k.id, 403, "PERMISSION_DENIED", "MISSING_OAUTH_SCOPE")
			} else if r.status != 200 {
				t.Errorf("%s without %s: %d %s", k.id, missing, r.status, r.body)
			}
		}
		short := strings.TrimSuffix(strings.TrimPrefix(missing, "https://www.googleapis.com/auth/googlehealth."), ".readonly")
		for path, needs := range map[string]string{
			"profile": "profile", "settings": "settings", "pairedDevices": "settings", "irnProfile": "irn", "identity": "",
		} {
			r := g.get("/v4/users/me/" + path)
			if (r.status == 403) != (needs == short) || r.status != 200 && r.status != 403 {
				t.Errorf("%s without %s: %d", path, short, r.status)
			}
			if path == "profile" && r.status == 200 && strings.Contains(r.body, "StrideLength") == (short == "activity_and_fitness") {
				t.Errorf("profile without %s: %s", short, r.body)
			}
		}
		export := g.get(dataPath("exercise", "list") + "/1:exportExerciseTcx")
		if want := map[bool]int{true: 403, false: 404}[short == "location" || short == "activity_and_fitness"]; export.status != want {
			t.Errorf("TCX without %s: %d", short, export.status)
		}
	}
	g := startGoogle(t, func(o *emulator.Options) { o.GoogleScopes = emulator.AllGoogleScopes[:1] })
	g.Set(func(m *emulator.Modes) { m.GoogleGenericScope = true })
	r := g.try("sleep", opList)
	r.refused(t, "generic", 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
	sameShape(t, r.body, "google/error-403-scope")
}

// TestGoogleIsDeterministic: two servers give the same bytes, in any order of
// questions.
func TestGoogleIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := startGoogle(t), startGoogle(t)
	b.walk("sleep", "list", "filter", `sleep.interval.civil_end_time >= "2025-08-01"`)
	for _, kind := range allKinds {
		if kind.ops&opList == 0 {
			continue
		}
		path := dataPath(kind.id, "list", "pageSize", "300")
		if x, y := a.ok(path), b.ok(path); x != y {
			t.Errorf("%s differs", kind.id)
		}
	}
	c := startGoogle(t, func(o *emulator.Options) { o.Seed = 4 })
	path := dataPath("heart-rate", "list", "pageSize", "10")
	if a.ok(path) == c.ok(path) {
		t.Error("another seed makes the same person")
	}
}
