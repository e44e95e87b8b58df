package fetch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fitvault/fetch/emulator"
)

// proofs names, for each mode and each kind of fault of the emulator, a test that runs the client
// against it and fails without the client's handling of it. The comment says what that is, or, for
// a mode that must change nothing, by which mistake the test fails.
var proofs = map[string]string{
	// OAuth.
	"App":             "fetch/fitbit.TestAppsWithAndWithoutASecret", // Basic with a secret, the id in the body without
	"DropRotated":     "fetch.TestTheAnswerOfARefreshIsLost",        // asked for again with the same token
	"TokenStatus":     "fetch.TestTheTokenEndpointIsOutOfOrder",     // retried with a growing pause, the sign-in is kept
	"TokenStatusLeft": "fetch.TestTheTokenEndpointIsOutOfOrder",

	"RedirectHash": "fetch.TestTheRedirectsMark", // what stands behind # is no part of the code

	// Quota.
	"Limit":         "fetch.TestALimitThatIsLowered",    // what the headers tell is the budget
	"Skew":          "fetch.TestTheServersClockDiffers", // a reset is counted from the answer, not from the clock
	"ResetLate":     "fetch.TestA429RightAfterTheReset", // the margin doubles
	"QuotaHeaders":  "fetch.TestA429InTheMiddle",        // any case; what is no number says nothing
	"RemainingLag":  "fetch.TestHeadersThatLag",         // the client counts for itself too
	"RetryAfter":    "fetch.TestA429InTheMiddle",        // read only where there is no reset
	"Legacy429":     "fetch.TestA429InTheMiddle",        // the status decides, not the body
	"Strict":        "fetch.TestA429InTheMiddle",        // no call within an announced wait
	"NoRepeats":     "fetch.TestFiveYearsCostFewCalls",  // what was answered is not asked again
	"RequireLocale": "fetch.TestFiveYearsCostFewCalls",  // every call has Accept-Language

	// Ranges.
	"LenientRange":   "fetch.TestServicesThatDifferInNothing", // red where N+1 days are asked: only this service allows it
	"TruncateRange":  "fetch.TestServicesThatDifferInNothing", // red where N+1 days are asked: here they are cut, not refused
	"OxygenRange":    "fetch.TestServicesThatDifferInNothing", // SpO2 is asked by 30 days, though no limit is documented
	"ZerosBefore":    "cmd/fitvault.TestValuesInEveryForm",    // a body of 0 kg is none
	"TruncatePath":   "fetch.TestASilentCutOfOneSeries",       // a cut is known by its type
	"TruncateTo":     "fetch.TestASilentCutIsNoticed",         // the days that are missing are asked for
	"TruncateOldest": "fetch.TestASilentCutIsNoticed",

	// Data.
	"NoData":       "fetch.TestAnEmptyAnswerWhereThereWasData", // believed when it is told twice
	"Empty":        "fetch.TestAnEmptyAnswerWhereThereWasData", // each form is no data, not a wrong shape
	"PendingFirst": "fetch.TestAPendingNight",                  // asked again, and never taken for complete
	"HoldSync":     "fetch.TestAWatchThatStaysAway",            // days after the last sync are not asked for
	"NoTracker":    "fetch.TestNoDeviceAtAll",                  // the last days are read in each round

	"SyncEvery":           "fetch.TestAWatchThatSyncsSeldom",        // nothing is asked again before the next sync
	"NoScale":             "fetch.TestNoDeviceAtAll",                // an empty list of devices is an answer
	"OldTracker":          "fetch.TestARetiredTracker",              // the newest sync counts
	"NullLevels":          "cmd/fitvault.TestValuesInEveryForm",     // a night without stages, not without values
	"ZonesWithoutMinutes": "cmd/fitvault.TestValuesInEveryForm",     // absent, not zero
	"MetricDelay":         "fetch.TestANightMetricThatIsReadyLater", // a night is read again until it is settled
	"NoValue":             "cmd/fitvault.TestValuesInEveryForm",     // no point

	// Within the day.
	"Intraday":           "fetch.TestNoRightToIntraday",        // both forms are a missing right, not a day without data
	"MissingTotal":       "cmd/fitvault.TestValuesInEveryForm", // the request tells the date
	"ZoneMinutesDataset": "cmd/fitvault.TestValuesInEveryForm", // both forms are read
	"SpringZeros":        "cmd/fitvault.TestValuesInEveryForm", // rows of no time do not hide those of the hour behind
	"AutumnFolded":       "cmd/fitvault.TestValuesInEveryForm", // the first occurrence, unless the rows step back

	// Lists.
	"NextHost":           "fetch.TestAddressesOfPages",         // its query is asked of the host that is configured
	"NextLoop":           "fetch.TestAListThatLeadsInACircle",  // noticed, told, and nothing is taken for complete
	"InsertBetweenPages": "fetch.TestAnElementOnTwoPages",      // an element that is told twice ends no walk
	"NoActivitiesKey":    "fetch.TestAPageWithoutItsList",      // no data, not a wrong shape
	"AfterDateExclusive": "fetch.TestTheFirstDayOfAList",       // it is asked after the day before
	"TrackRestarts":      "cmd/fitvault.TestValuesInEveryForm", // no negative speed
	"SnakeCaseFood":      "cmd/fitvault.TestValuesInEveryForm", // both names are read
	"NumericSampling":    "cmd/fitvault.TestValuesInEveryForm", // a number as a string or as it is

	// Google Health API.
	"GoogleUnlinked":        "fetch/google.TestFaultsOfTheAccount",        // what each is, and the way out
	"GoogleForbidden":       "fetch/google.TestFaultsOfTheAccount",        // …
	"GoogleDisabled":        "fetch/google.TestFaultsOfTheAccount",        // …
	"GoogleLegacyAccount":   "fetch/google.TestFaultsOfTheAccount",        // …
	"GoogleNotReady":        "fetch/google.TestFaultsOfTheAccount",        // …
	"GoogleTokenStatus":     "fetch.TestGooglesTokenEndpointIsOutOfOrder", // the sign-in is kept
	"GoogleUnverified":      "fetch.TestAnAppThatIsNotVerified",           // 2.5 calls a second, no 429
	"GooglePageCap":         "fetch.TestEveryElementOfGoogleIsStaged",     // the token tells that there is more, not the length
	"GoogleTimeoutAbove":    "fetch.TestEveryElementOfGoogleIsStaged",     // smaller pages are asked for
	"GoogleEmptyFirst":      "fetch.TestEveryElementOfGoogleIsStaged",     // an empty page with a token is no end
	"GoogleEmptyToken":      "fetch.TestEveryElementOfGoogleIsStaged",     // an empty token is none
	"GoogleAscending":       "fetch.TestEveryElementOfGoogleIsStaged",     // nothing depends on the order of a walk
	"GoogleEndInclusive":    "fetch.TestEveryElementOfGoogleIsStaged",     // a day behind the window is not counted
	"GoogleGenericScope":    "fetch/google.TestAScopeThatWasNotGranted",   // both reasons are the same fault
	"GoogleBareProfile":     "fetch.TestAHalfKnownAccount",                // the zone is asked of settings
	"GoogleNoSyncTimes":     "fetch.TestNoDeviceTellsItsSync",             // the newest sample tells it
	"GoogleDefaultPage":     "fetch/google.TestProbeFindsOut",             // found out by the probe
	"GooglePersonalRanges":  "fetch/google.TestProbeFindsOut",
	"GoogleStepNames":       "cmd/fitvault.TestValuesInEveryForm", // a name is no part of a step
	"GoogleUnknown":         "cmd/fitvault.TestValuesInEveryForm", // an unknown name is data, an unknown member nothing
	"GoogleUnprocessedFrom": "cmd/fitvault.TestGoogleSleepIsProcessedLate",

	// Failures.
	"NoGzip":      "fetch.TestServicesThatDifferInNothing", // red where an answer must be compressed
	"RetiredFrom": "fetch.TestTheServiceIsSwitchedOff",     // no retry, and the way out

	"FaultError":        "fetch.TestAQuestionThatIsRefused",                   // permanent, for this question only
	"FaultForbidden":    "fetch.TestTheFrontEndsRefusalIsTriedAgainNextRound", // no want of a right
	"FaultHTML":         "fetch.TestFaultsThatPass",                           // garbled, whatever the status
	"FaultEmpty":        "fetch.TestFaultsThatPass",
	"FaultTruncated":    "fetch.TestFaultsThatPass",
	"FaultCut":          "fetch.TestFaultsThatPass",
	"FaultShape":        "fetch.TestAnAnswerThatStaysGarbled", // a reject, the other types go on
	"FaultBody":         "fetch.TestAnAnswerThatStaysGarbled",
	"FaultSlow":         "fetch.TestASlowAnswerIsWaitedFor",
	"FaultReset":        "fetch.TestFaultsThatPass",
	"FaultResetHeaders": "fetch.TestFaultsThatPass",
	"FaultGone":         "cmd/fitvault.TestRetired",
	"FaultTooMany":      "fetch.TestABurstOf429sFromGoogle",
}

// TestEveryModeIsProven holds the table of proofs to the emulator and to the tests.
func TestEveryModeIsProven(t *testing.T) {
	modes := faultKinds(t)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[emulator.Modes]()) {
		modes = append(modes, f.Name)
	}
	packages := map[string]testPackage{}
	for _, mode := range slices.Sorted(maps.Keys(proofs)) {
		if !slices.Contains(modes, mode) {
			t.Errorf("%s is no mode of the emulator", mode)
		}
		at := strings.LastIndexByte(proofs[mode], '.')
		dir, test := proofs[mode][:at], proofs[mode][at+1:]
		if packages[dir] == nil {
			packages[dir] = readTests(t, filepath.Join("..", dir))
		}
		switch p := packages[dir]; {
		case p[test] == nil || !strings.HasPrefix(test, "Test"):
			t.Errorf("%s: there is no %s in %s", mode, test, dir)
		case !p.sets(test, mode):
			t.Errorf("%s: %s in %s does not set it", mode, test, dir)
		}
	}
	for _, mode := range modes {
		if proofs[mode] == "" {
			t.Errorf("no test proves how the client handles %s", mode)
		}
	}
}

// faultKinds are the constants of the type FaultKind.
func faultKinds(t *testing.T) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("emulator", "faults.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		if first, ok := group.Specs[0].(*ast.ValueSpec).Type.(*ast.Ident); !ok || first.Name != "FaultKind" {
			continue
		}
		for _, s := range group.Specs {
			names = append(names, s.(*ast.ValueSpec).Names[0].Name)
		}
	}
	if len(names) == 0 {
		t.Fatal("faults.go has no kinds of faults")
	}
	return names
}

// testPackage holds what the tests of a folder declare, by name: functions and methods, and variables.
type testPackage map[string][]ast.Node

func readTests(t *testing.T, dir string) testPackage {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	p := testPackage{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				p[d.Name.Name] = append(p[d.Name.Name], d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok {
						for _, n := range v.Names {
							p[n.Name] = append(p[n.Name], v)
						}
					}
				}
			}
		}
	}
	return p
}

// sets reports whether a test, or what it uses of its package, sets a mode or injects a kind of
// fault.
func (p testPackage) sets(test, mode string) (found bool) {
	seen := map[string]bool{test: true}
	for queue := []string{test}; len(queue) > 0 && !found; queue = queue[1:] {
		for _, declared := range p[queue[0]] {
			ast.Inspect(declared, func(n ast.Node) bool {
				found = found || setsMode(n, mode)
				if name, ok := n.(*ast.Ident); ok && p[name.Name] != nil && !seen[name.Name] {
					seen[name.Name] = true
					queue = append(queue, name.Name)
				}
				return !found
			})
		}
	}
	return found
}

// setsMode recognises m.Mode = …, the kind of a fault, and a fault without a kind, which is an
// error with a status.
func setsMode(n ast.Node, mode string) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool {
			field, ok := e.(*ast.SelectorExpr)
			return ok && field.Sel.Name == mode
		})
	case *ast.SelectorExpr:
		return strings.HasPrefix(mode, "Fault") && n.Sel.Name == mode
	case *ast.CompositeLit:
		return mode == "FaultError" && hasKey(n, "Status") && !hasKey(n, "Kind")
	}
	return false
}

func hasKey(literal *ast.CompositeLit, key string) bool {
	return slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		name, ok := pair.Key.(*ast.Ident)
		return ok && name.Name == key
	})
}
