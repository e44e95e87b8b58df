package catalog

import (
	"strings"
	"time"
	"unicode"
)

// The scopes of the Google Health API (google-health-api.md section 2.2).
const (
	googlePrefix    = "https://www.googleapis.com/auth/googlehealth."
	googleActivity  = googlePrefix + "activity_and_fitness.readonly"
	googleMetrics   = googlePrefix + "health_metrics_and_measurements.readonly"
	googleSleep     = googlePrefix + "sleep.readonly"
	googleNutrition = googlePrefix + "nutrition.readonly"
	googleSettings  = googlePrefix + "settings.readonly"
	googleProfile   = googlePrefix + "profile.readonly"
	googleLocation  = googlePrefix + "location.readonly"
	googleECG       = googlePrefix + "ecg.readonly"
	googleIRN       = googlePrefix + "irn.readonly"
)

// The sizes of a page: always sent, for the defaults differ from the documents (section 3.2).
const (
	googlePage        = 10_000
	googleSessionPage = 25 // of exercise and sleep
)

// The longest ranges of a rollup, in days (section 5.6), less the day by which the end may
// be meant to be included (section 5.5).
const (
	googleRollUpDays      = 89
	googleShortRollUpDays = 13 // of calories-in-heart-rate-zone, heart-rate, active-minutes, total-calories
)

// googleAsk asks for a data type, whose name has three spellings: kebab case in the path,
// snake case in the filter, camel case in the answer (section 8, item 4).
func googleAsk(op Op, id, member, dateKey, scope string, days int) Ask {
	a := Ask{Op: op, Path: "/v4/users/me/dataTypes/" + id + "/dataPoints", Scope: scope, Days: days,
		Root: "dataPoints", Value: camelCase(id), DateKey: dateKey}
	if member != "" {
		a.Filter, a.PageSize = strings.ReplaceAll(id, "-", "_")+"."+member, googlePage
	}
	return a
}

// googleIntervals asks for records with a start and an end, by the civil time of the start.
func googleIntervals(op Op, id, scope string, days int) Ask {
	return googleAsk(op, id, "interval.civil_start_time", "interval.startTime", scope, days)
}

// googleSamples asks for records of an instant, by its civil time.
func googleSamples(op Op, id, scope string, days int) Ask {
	return googleAsk(op, id, "sample_time.civil_time", "sampleTime.physicalTime", scope, days)
}

// googleDates asks for records of a date.
func googleDates(id, scope string, days int) Ask {
	return googleAsk(Reconcile, id, "date", "date", scope, days)
}

// googleDailySums asks for the sums of civil days.
func googleDailySums(id, scope string, days int) Ask {
	a := googleAsk(DailyRollUp, id, "", "civilStartTime", scope, days)
	a.Root = "rollupDataPoints"
	return a
}

// googleSums asks for sums over windows that begin at midnight.
func googleSums(id, scope string, every time.Duration, days int) Ask {
	a := googleAsk(RollUp, id, "", "startTime", scope, days)
	a.Root, a.Every = "rollupDataPoints", every
	return a
}

// googleResource asks for a resource that is not a data type (section 5.9).
func googleResource(name, root, scope string) Ask {
	return Ask{Path: "/v4/users/me/" + name, Root: root, Scope: scope}
}

// camelCase spells a name in kebab case as a JSON member.
func camelCase(kebab string) string {
	words := strings.Split(kebab, "-")
	for i, w := range words[1:] {
		words[i+1] = string(unicode.ToUpper(rune(w[0]))) + w[1:]
	}
	return strings.Join(words, "")
}
