package fetch_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store/catalog"
)

func TestARoundWithNothingNew(t *testing.T) {
	live(t, emulator.Options{Days: 20}, func(w *world) {
		w.mustFetch()
		time.Sleep(2 * time.Minute) // the watch has not synced
		r := w.mustFetch()
		r.wantCalls(1)
		time.Sleep(24 * time.Hour)
		w.mustFetch()
		held := time.Now()
		w.set(func(m *emulator.Modes) { m.HoldSync = held })
		time.Sleep(25 * time.Hour)
		if w.mustFetch().wantCalls(2); w.Failed() { // the profile is due too
			w.Fatal("a round costs more than two calls though no tracker has synced")
		}
	})
}

func TestOnlyUnsettledDaysAreAskedAgain(t *testing.T) {
	live(t, emulator.Options{Days: 90}, func(w *world) {
		w.mustFetch()
		time.Sleep(4 * time.Hour)
		r := w.mustFetch()
		today := w.today()
		for path, first := range map[string]catalog.Day{
			"/activities/steps/":    today - 1,
			"/activities/heart/":    today - 1,
			"/sleep/":               today - 2,
			"/body/log/weight/":     today - 7,
			"/foods/log/caloriesIn": today - 7,
		} {
			calls := r.calls(path)
			if want := "/date/" + first.String() + "/" + today.String() + ".json"; len(calls) != 1 || !strings.HasSuffix(calls[0].Path, want) {
				w.Errorf("%s: want one call for %s:\n%s", path, want, listing(calls))
			}
		}
		if n := len(r.calls()); n > len(asked(w.types()))+2 {
			w.Errorf("%d calls", n)
		}
		w.wantAllCovered()
	})
}

// The watch stays away for three days. What it recorded arrives when it syncs, and the
// days it has not sent are not asked for.
func TestAWatchThatStaysAway(t *testing.T) {
	live(t, emulator.Options{Days: 30}, func(w *world) {
		w.words = []string{"activity_daily.steps", "sleep", "weight"}
		w.mustFetch()
		left := w.today()
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		time.Sleep(72 * time.Hour)
		r := w.mustFetch()
		if n := len(r.paths()); n != 0 {
			w.Errorf("days after the last sync are asked for:\n%s", listing(r.calls()))
		}
		w.wantCovered("activity_daily.steps", w.first(), left)
		before := w.inForce("activity_daily.steps", left)

		w.set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
		r = w.mustFetch()
		w.wantAllCovered()
		if body := w.inForce("activity_daily.steps", left); body == before {
			w.Error("the day on which it left still reads as it did then")
		}
		if n := len(r.calls("/activities/steps/")); n != 1 {
			w.Errorf("%d calls for steps, want 1", n)
		}
		time.Sleep(2 * time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

func TestTheFirstFetchStopsAtTheLastSync(t *testing.T) {
	live(t, emulator.Options{Days: 30}, func(w *world) {
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now().Add(-72 * time.Hour) })
		w.mustFetch()
		for _, typ := range asked(w.types()) {
			w.wantCovered(typ.Name, w.first(), w.today()-3)
		}
	})
}

func TestOnceAWeekTheLast30DaysAreReadAgain(t *testing.T) {
	live(t, emulator.Options{Days: 90}, func(w *world) {
		w.words = []string{"activity_daily.steps", "weight"}
		w.mustFetch()
		w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
		time.Sleep(7*24*time.Hour - time.Minute)
		if r := w.mustFetch(); len(r.paths()) != 0 {
			w.Errorf("before the week is over:\n%s", listing(r.calls()))
		}
		old := w.today() - 25
		w.emu.AddWeight(w.emu.Person().DayStart(emulator.Date(old)).Add(8*time.Hour), 71.5, 0, "API")
		time.Sleep(time.Minute)
		r := w.mustFetch()
		if n := len(r.paths()); n != 2 {
			w.Errorf("%d calls, want one for each type:\n%s", n, listing(r.calls()))
		}
		w.wantAllCovered()
		if !strings.Contains(w.inForce("weight", old), "71.5") {
			w.Error("what was entered for an old day is missing")
		}
		time.Sleep(time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

// Where no device tells when it synced, each round reads the last days again.
func TestNoTrackerTellsItsSync(t *testing.T) {
	live(t, emulator.Options{Days: 60}, func(w *world) {
		w.words = []string{"activity_daily.steps", "sleep"}
		w.set(func(m *emulator.Modes) { m.NoTracker = true })
		w.mustFetch()
		w.wantAllCovered()
		for range 3 {
			time.Sleep(30 * time.Hour)
			r := w.mustFetch()
			w.wantAllCovered()
			if n := len(r.paths()); n != 2 {
				w.Errorf("%d calls, want one for each type:\n%s", n, listing(r.calls()))
			}
		}
	})
}

// Days are not taken for settled because the list of devices was not answered.
func TestTheLastKnownSyncHoldsWhileTheDevicesAreSilent(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"500":            {Path: "/devices.json", Times: -1},
		"403 of a proxy": {Path: "/devices.json", Times: -1, Kind: emulator.FaultForbidden},
		"wrong shape":    {Path: "/devices.json", Times: -1, Kind: emulator.FaultShape},
		"garbled":        {Path: "/devices.json", Times: -1, Kind: emulator.FaultTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 30}, func(w *world) {
				w.words = []string{"activity_daily.steps"}
				w.mustFetch()
				left := w.today()
				w.set(func(m *emulator.Modes) { m.HoldSync = time.Now() })
				w.emu.Inject(fault)
				time.Sleep(4 * 24 * time.Hour)
				r := w.fetch()
				if r.err != nil || r.failed("device") == nil || len(r.paths()) != 0 {
					w.Errorf("%v, failures %v:\n%s", r.err, r.Failures, listing(r.calls()))
				}
				w.wantCovered("activity_daily.steps", w.first(), left)
				w.emu.ClearFaults()
				w.set(func(m *emulator.Modes) { m.HoldSync = time.Time{} })
				w.mustFetch()
				w.wantAllCovered()
				if got, want := w.inForce("activity_daily.steps", left+1), left.String(); !strings.Contains(got, want) {
					w.Errorf("late days are missing: %s", got)
				}
			})
		})
	}
}

// empties makes a type answer as if it had no data.
func (w *world) empties(part string, form emulator.EmptyForm) {
	w.set(func(m *emulator.Modes) { m.NoData, m.Empty = []string{part}, form })
}

func TestAnEmptyAnswerWhereThereWasData(t *testing.T) {
	for name, form := range map[string]emulator.EmptyForm{
		"empty array": emulator.EmptyArray, "missing root": emulator.MissingRoot, "empty object": emulator.EmptyObject, "bare array": emulator.BareArray,
	} {
		t.Run(name, func(t *testing.T) {
			live(t, emulator.Options{Days: 40}, func(w *world) {
				w.words = []string{"sleep"}
				w.mustFetch()
				yesterday := w.today() - 1
				good := w.inForce("sleep", yesterday)
				w.empties("/sleep/", form)
				time.Sleep(4 * time.Hour)
				w.mustFetch()
				if w.inForce("sleep", yesterday) != good {
					w.Fatal("one empty answer is believed")
				}
				time.Sleep(50 * time.Minute)
				if n := len(w.mustFetch().paths()); n != 0 || w.inForce("sleep", yesterday) != good {
					w.Fatalf("within the hour: %d calls", n)
				}
				time.Sleep(11 * time.Minute)
				w.mustFetch()
				if w.inForce("sleep", yesterday) == good {
					w.Error("a second empty answer an hour later is not believed")
				}
				w.wantAllCovered()
				time.Sleep(time.Minute)
				w.mustFetch().wantCalls(1)
			})
		})
	}
}

func TestAnEmptyAnswerThatTheNextOneContradicts(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{"sleep"}
		w.mustFetch()
		w.empties("/sleep/", emulator.EmptyArray)
		time.Sleep(4 * time.Hour)
		w.mustFetch()
		w.set(func(m *emulator.Modes) { m.NoData = nil })
		time.Sleep(2 * time.Hour)
		r := w.mustFetch()
		if len(r.paths()) != 1 || !strings.Contains(w.inForce("sleep", w.today()-1), (w.today()-1).String()) {
			w.Errorf("%s", listing(r.calls()))
		}
		w.wantAllCovered()
		time.Sleep(2 * time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

// A vault that is brought up to date once a day asks for another range each time.
func TestADailyRoundBelievesAnEmptyAnswerToo(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{"sleep"}
		w.mustFetch()
		yesterday := w.today() - 1
		good := w.inForce("sleep", yesterday)
		w.empties("/sleep/", emulator.EmptyArray)
		for range 2 {
			time.Sleep(24 * time.Hour)
			w.mustFetch()
		}
		if w.inForce("sleep", yesterday) == good {
			w.Error("two empty answers, a day apart, are not believed")
		}
		w.wantAllCovered()
	})
}

func TestATypeThatNeverHadData(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.empties("/", emulator.EmptyObject)
		w.words = []string{"sleep", "weight", "heart_rate_daily"}
		w.set(func(m *emulator.Modes) { m.NoData = []string{"/sleep/", "/body/", "/heart/"} })
		w.mustFetch()
		w.wantAllCovered()
		time.Sleep(time.Minute)
		w.mustFetch().wantCalls(1)
	})
}

func TestEditsArrive(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{"sleep"}
		w.mustFetch()
		day := emulator.Date(w.today() - 1)
		logs := w.emu.Person().Sleeps(day)
		if len(logs) == 0 {
			w.Fatal("there was no night")
		}
		id := logs[0].LogID
		edited, ok := w.emu.EditSleep(id)
		if !ok {
			w.Fatal("it cannot be edited")
		}
		time.Sleep(time.Hour)
		w.mustFetch()
		if body := w.inForce("sleep", catalog.Day(day)); strings.Contains(body, logID(id)) || !strings.Contains(body, logID(edited)) {
			w.Error("the edited night still reads as it did")
		}
		if !w.emu.DeleteSleep(edited) {
			w.Fatal("it cannot be deleted")
		}
		time.Sleep(time.Hour)
		w.mustFetch()
		if body := w.inForce("sleep", catalog.Day(day)); strings.Contains(body, logID(edited)) {
			w.Error("the deleted night is still there")
		}
	})
}

func TestAPendingNight(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{"sleep"}
		w.set(func(m *emulator.Modes) { m.PendingFirst = 2 })
		r := w.mustFetch()
		if n := len(r.calls("/sleep/")); n != 3 {
			w.Errorf("%d calls, want 3:\n%s", n, listing(r.calls()))
		}
		w.wantAllCovered()
	})
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = []string{"sleep", "activity_daily.steps"}
		w.set(func(m *emulator.Modes) { m.PendingFirst = 5 })
		r := w.fetch()
		if r.err != nil || r.failed("sleep") == nil || len(r.calls("/sleep/")) > 4 || w.covered("sleep") != "" {
			w.Errorf("%v, failures %v, staged %q:\n%s", r.err, r.Failures, w.covered("sleep"), listing(r.calls()))
		}
		w.wantCovered("activity_daily.steps", w.first(), w.today())
		time.Sleep(time.Minute)
		w.mustFetch()
		w.wantAllCovered()
		if n := len(r.with(http.StatusOK)); n == 0 {
			w.Error("nothing was answered")
		}
	})
}

// The time of a sync is told in a zone that is not told: right after a flight to the east
// it reads as hours ahead, and would settle days that can still change.
func TestASyncIsNotLaterThanItsReading(t *testing.T) {
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.words = short
		w.mustFetch()
		time.Sleep(10 * time.Hour) // 20:17 UTC: the next day in Tokyo
		if err := w.emu.Move(emulator.Date(day("2026-11-23")), "Asia/Tokyo"); err != nil {
			w.Fatal(err)
		}
		time.Sleep(4 * time.Hour) // the watch syncs in the morning
		w.mustFetch()
		for _, typ := range short {
			for _, c := range w.coverage(typ) {
				if c.Window.Synced.After(c.Window.Answered) {
					w.Errorf("%s was answered at %v with a sync of %v", typ, c.Window.Answered, c.Window.Synced)
				}
			}
		}
		left, err := fetch.Left(w.Context(), w.vault, catalog.Fitbit)
		if err != nil || left[steps] != 0 || left["sleep"] != 0 {
			w.Errorf("left %v (%v)", left, err)
		}
		time.Sleep(20 * time.Hour)
		w.mustFetch()
		w.wantAllCovered()
	})
}
