package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/fetch/emulator"
	"fitvault/store"
	"fitvault/store/catalog"
)

func TestABackfillHoldsTheRate(t *testing.T) {
	const n = 300
	play(t, func(s *scene) {
		s.takes = 300 * time.Millisecond
		began := time.Now().Add(10 * time.Second)
		s.mustFetch(s.windows(n))
		took, limit := time.Since(began), n*time.Second*100/250*100/95
		s.Logf("%d calls in %v, %d at once", n, took, s.most)
		if len(s.calls) != n || took > limit {
			s.Errorf("%d calls in %v, want %d in at most %v", len(s.calls), took, n, limit)
		}
		for i := 150; i < len(s.calls); i++ { // 2.5 a second
			if d := s.calls[i].at.Sub(s.calls[i-150].at); d < time.Minute {
				s.Fatalf("call %d comes %v after the 150th before it", i+1, d)
			}
		}
	})
}

func TestWindowsSideBySide(t *testing.T) {
	for _, inFlight := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(inFlight), func(t *testing.T) {
			play(t, func(s *scene) {
				s.pace.InFlight, s.takes = inFlight, 3*time.Second
				windows := s.windows(20)
				s.mustFetch(windows)
				if s.most != inFlight {
					s.Errorf("%d calls at once, want %d", s.most, inFlight)
				}
				for i, c := range s.calls { // those that begin at one instant come in any order
					at := slices.IndexFunc(windows, func(w fetch.Window) bool { return w.Span == c.Span })
					if at-i >= inFlight || i-at >= inFlight {
						s.Errorf("call %d is for window %d of the plan", i, at)
					}
				}
				last := fetch.Progress{}
				for _, p := range s.progress {
					if p.Done < last.Done || p.Total < last.Total || p.Requests < last.Requests || p.Bytes < last.Bytes || p.Calls > 20-p.Done {
						s.Errorf("progress %+v after %+v", p, last)
					}
					last = p
				}
				if len(s.progress) != 20 || last.Done != 20 || last.Total != 20 || last.Calls != 0 || last.Requests != 20 {
					s.Errorf("%d reports, the last %+v", len(s.progress), last)
				}
			})
		})
	}
}

// The hour's budget is not this source's: nothing of it is kept, and the end is foreseen by
// the rate.
func TestASteadyRateHasNoBudget(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = 300 * time.Millisecond
		s.mustFetch(s.windows(200))
		if q, err := s.vault.Quota(s.Context(), "google"); err != nil || q != (store.Quota{}) {
			s.Errorf("quota %+v (%v)", q, err)
		}
		p := s.progress[50]
		if left := p.DoneBy.Sub(s.calls[0].at); p.Calls < 145 || left < 70*time.Second || left > 90*time.Second {
			s.Errorf("with %d calls left it is to be done %v after the beginning", p.Calls, left)
		}
	})
}

func TestPaceDoneBy(t *testing.T) {
	now := time.Now()
	hour := now.Truncate(time.Hour).Add(time.Hour)
	for _, tt := range []struct {
		pace  fetch.Pace
		calls int
		q     store.Quota
		want  time.Time
	}{
		{fetch.Pace{Rate: 2.5}, 0, store.Quota{}, time.Time{}},
		{fetch.Pace{Rate: 2.5}, 150, store.Quota{}, now.Add(time.Minute)},
		{fetch.Pace{Rate: 2.5}, 5, store.Quota{Limit: 150, Used: 150, Reset: hour}, now.Add(2 * time.Second)},
		{fetch.Pace{Hourly: 150}, 5, store.Quota{Limit: 150, Used: 150, Reset: hour}, hour},
	} {
		if got := tt.pace.DoneBy(tt.calls, tt.q, now); !got.Equal(tt.want) {
			t.Errorf("%+v, %d calls: %v, want %v", tt.pace, tt.calls, got, tt.want)
		}
	}
}

// limited answers 429 to calls that come before an instant, and announces a wait.
func (s *scene) limited(until time.Time, after time.Duration) {
	s.answer = func(c call) (page, error) {
		if c.at.Before(until) {
			err := failed(http.StatusTooManyRequests)
			err.After = after
			return page{}, err
		}
		return full(c), nil
	}
}

func TestA429ThatAnnouncesItsWait(t *testing.T) {
	for name, tt := range map[string]struct{ after, wait time.Duration }{
		"seconds":           {7 * time.Second, 7 * time.Second},
		"more than an hour": {5 * time.Hour, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.takes = 300 * time.Millisecond
				s.limited(time.Now().Add(12*time.Second), tt.after)
				s.mustFetch(s.windows(20))
				first := s.calls[0].at.Add(s.takes)
				if n := s.before(first.Add(tt.wait)); n != 4 {
					s.Errorf("%d calls before the wait was over, want those in flight", n)
				}
				if got := s.calls[4].at.Sub(first); got != tt.wait {
					s.Errorf("it went on after %v, want %v", got, tt.wait)
				}
				s.wantAnnounced(first.Add(tt.wait))
			})
		})
	}
}

// before counts the calls before an instant.
func (s *scene) before(at time.Time) (n int) {
	for _, c := range s.calls {
		if c.at.Before(at) {
			n++
		}
	}
	return n
}

// wantAnnounced fails unless these waits were told, each once.
func (s *scene) wantAnnounced(want ...time.Time) {
	s.Helper()
	var got []time.Time
	for _, p := range s.progress {
		if !p.Until.IsZero() {
			got = append(got, p.Until)
			if p.Calls == 0 || p.DoneBy.Before(p.Until) {
				s.Errorf("progress %+v", p)
			}
		}
	}
	if !slices.EqualFunc(got, want, time.Time.Equal) || strings.Count(s.log.String(), "until=") != len(want) {
		s.Errorf("waits until %v were told, want %v; log:\n%s", got, want, s.log)
	}
}

// about reports whether a pause is what it should be, with its jitter.
func about(got, want time.Duration) bool {
	return got >= want*8/10 && got <= want*12/10+time.Second // and the rate's wait
}

func TestA429ThatSaysNothing(t *testing.T) {
	play(t, func(s *scene) {
		s.pace.InFlight = 1
		s.limited(time.Now().Add(5*time.Minute), 0)
		s.mustFetch(s.windows(3))
		gaps := s.gaps()
		for i, want := range []time.Duration{2, 4, 8, 16, 32, 60, 60, 60} {
			if !about(gaps[i], want*time.Second) {
				s.Fatalf("pauses %v, of which number %d is to be %v s", gaps, i+1, int(want))
			}
		}
		calls := len(s.calls) // an answer came, so that it begins anew
		s.limited(time.Now().Add(11*time.Second), 0)
		s.fetch(s.windows(2))
		if gap := s.gaps()[0]; calls == 0 || !about(gap, 2*time.Second) {
			s.Errorf("after an answer the pause is %v", gap)
		}
	})
}

// Of several windows that meet a 429 at once only one lengthens the pause, and an answer
// that was on its way does not end it.
func TestOnePauseForAllWindows(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = 100 * time.Millisecond
		end := time.Now().Add(25 * time.Second)
		s.answer = func(c call) (page, error) {
			if c.n%4 != 0 && c.at.Before(end) {
				return page{}, failed(http.StatusTooManyRequests)
			}
			return full(c), nil
		}
		s.mustFetch(s.windows(30))
		var pauses []time.Duration
		for _, g := range s.gaps() {
			if g > time.Second {
				pauses = append(pauses, g)
			}
		}
		if len(pauses) < 2 || !about(pauses[0], 2*time.Second) || s.before(s.calls[0].at.Add(1600*time.Millisecond)) != 4 {
			s.Errorf("pauses %v, %d calls before the first was over", pauses, s.before(s.calls[0].at.Add(1600*time.Millisecond)))
		}
		if s.covered("scripted") == "" || s.most > 4 {
			s.Errorf("covered %q", s.covered("scripted"))
		}
	})
}

// An answer to a call from before the pause says nothing of what comes after it.
func TestALateAnswerEndsNoPause(t *testing.T) {
	play(t, func(s *scene) {
		s.pace.InFlight = 2
		windows := s.windows(2)
		end := time.Now().Add(24 * time.Second)
		s.answer = func(c call) (page, error) {
			switch {
			case c.Span == windows[0].Span:
				time.Sleep(5 * time.Second)
			case c.at.Before(end):
				return page{}, failed(http.StatusTooManyRequests)
			}
			return full(c), nil
		}
		s.mustFetch(windows)
		gaps := s.gaps()
		if len(gaps) < 4 || !about(gaps[1], 2*time.Second) || !about(gaps[2], 4*time.Second) || !about(gaps[3], 8*time.Second) {
			s.Errorf("pauses %v", gaps)
		}
	})
}

func TestNoWaitEndsAfterA429(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = 300 * time.Millisecond
		s.limited(time.Now().Add(time.Hour), 7*time.Second)
		res, err := s.fetch(s.windows(20), noWait)
		var quota *fetch.QuotaError
		if !errors.As(err, &quota) || quota.Source != "google" || !quota.Until.Equal(s.calls[0].at.Add(s.takes+7*time.Second)) || len(s.calls) != 4 || len(res.Failures) > 0 {
			s.Errorf("%d calls, %v, %v", len(s.calls), err, res.Failures)
		}
	})
}

// A daemon waits out what passes within minutes, and ends the round with the rest.
func TestEndWithBudget(t *testing.T) {
	daemon := func(r *fetch.Runner) { r.EndWithBudget = true }
	for name, tt := range map[string]struct {
		lasts, after time.Duration
		ends         bool
	}{
		"a burst":              {30 * time.Second, 0, false},
		"seconds announced":    {30 * time.Second, 10 * time.Second, false},
		"an hour announced":    {time.Hour, time.Hour, true},
		"it goes on and on":    {time.Hour, 0, true},
		"a minute, over again": {time.Hour, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.limited(time.Now().Add(10*time.Second+tt.lasts), tt.after)
				_, err := s.fetch(s.windows(6), daemon)
				var quota *fetch.QuotaError
				if tt.ends != errors.As(err, &quota) || !tt.ends && err != nil {
					s.Fatalf("%v", err)
				}
				if d := time.Since(s.calls[0].at); d > 5*time.Minute+2*time.Second { // and the rate's wait for each in flight
					s.Errorf("the round took %v", d)
				}
			})
		})
	}
	live(t, emulator.Options{Days: 40}, func(w *world) {
		w.spent(140)
		r := w.fetch(daemon)
		var quota *fetch.QuotaError
		if !errors.As(r.err, &quota) || len(r.calls()) > 10 {
			w.Errorf("of an hour's budget: %v after %d calls", r.err, len(r.calls()))
		}
	})
}

// The token endpoint may have enough of us too: its wait holds for every window, and is
// not forgotten.
func TestA429OfTheTokenEndpoint(t *testing.T) {
	play(t, func(s *scene) {
		end := time.Now().Add(20 * time.Minute)
		s.refresh = func() (store.Token, error) {
			if time.Now().Before(end) {
				return store.Token{}, &fetch.APIError{Source: "google", Op: "refresh", Status: http.StatusTooManyRequests, After: 20 * time.Minute}
			}
			return store.Token{Access: "access new", Expires: time.Now().Add(time.Hour)}, nil
		}
		s.answer = func(c call) (page, error) {
			if c.access != "access new" {
				return page{}, failed(http.StatusUnauthorized)
			}
			return full(c), nil
		}
		var quota *fetch.QuotaError
		if _, err := s.fetch(s.windows(8), noWait); !errors.As(err, &quota) {
			s.Fatalf("%v", err)
		}
		asked := s.refreshes
		if _, err := s.fetch(s.windows(8), noWait); !errors.As(err, &quota) || s.refreshes != asked || len(s.calls) > 0 {
			s.Fatalf("%v after %d calls and %d refreshes", err, len(s.calls), s.refreshes)
		}
		s.mustFetch(s.windows(8))
		if s.refreshes != asked+1 {
			s.Errorf("%d refreshes, then %d", asked, s.refreshes)
		}
		if q, err := s.vault.Quota(s.Context(), "google"); err != nil || q != (store.Quota{}) {
			s.Errorf("it is kept after tokens are given again: %+v (%v)", q, err)
		}
	})
}

func TestOneRefreshForAllWindows(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = time.Second
		s.answer = func(c call) (page, error) {
			if c.access == "access 0" {
				return page{}, failed(http.StatusUnauthorized)
			}
			return full(c), nil
		}
		s.mustFetch(s.windows(12))
		if refused := len(s.calls) - 12; s.refreshes != 1 || refused != 4 {
			s.Errorf("%d refreshes, %d calls refused", s.refreshes, refused)
		}
	})
}

func TestAFaultOfTheAccount(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = 300 * time.Millisecond
		var good atomic.Int64
		s.answer = func(c call) (page, error) {
			if c.n > 4 {
				return page{}, &fetch.AccountError{Source: "google", Reason: "not linked", Remedy: "link it", Err: failed(http.StatusBadRequest)}
			}
			good.Add(1)
			return full(c), nil
		}
		res, err := s.fetch(s.windows(40))
		var account *fetch.AccountError
		if !errors.As(err, &account) || len(res.Failures) > 0 || len(s.calls) > 8 {
			s.Fatalf("%d calls, %v, failures %v", len(s.calls), err, res.Failures)
		}
		if res.Requests != len(s.calls) || res.Windows != len(s.calls) || res.Pages != res.Windows {
			s.Errorf("of %d calls with %d answers the result tells %+v", len(s.calls), good.Load(), res)
		}
		if kept, err := s.vault.Windows(s.Context(), "google", store.Refused); err != nil || len(kept) != len(s.calls)-int(good.Load()) {
			s.Errorf("%d refusals are kept (%v)", len(kept), err)
		}
		if off, err := s.vault.Unavailable(s.Context(), "google"); len(off) > 0 || err != nil {
			s.Errorf("unavailable %v (%v)", off, err)
		}
		s.answer = func(c call) (page, error) { return full(c), nil }
		s.mustFetch(s.windows(40)) // in the next round it is over
	})
}

// What is in flight when the source stops comes to its end, unless it would have to wait.
func TestTheSourceStopsWithWindowsInFlight(t *testing.T) {
	play(t, func(s *scene) {
		s.pace.InFlight = 3
		windows := s.windows(10)
		s.answer = func(c call) (page, error) {
			switch c.Span {
			case windows[0].Span: // is answered last
				time.Sleep(20 * time.Second)
				return full(c), nil
			case windows[1].Span: // stops the source
				time.Sleep(5 * time.Second)
				return page{}, failed(http.StatusGone)
			}
			err := failed(http.StatusTooManyRequests)
			err.After = time.Hour
			return page{}, err
		}
		res, err := s.fetch(windows)
		var api *fetch.APIError
		if !errors.As(err, &api) || !api.Gone() || len(res.Failures) > 0 || len(s.calls) != 3 {
			s.Errorf("%d calls, %v, failures %v", len(s.calls), err, res.Failures)
		}
		if took := time.Since(s.calls[0].at); took != 20*time.Second || res.Windows != 1 || s.covered("scripted") != only {
			s.Errorf("it took %v, and %+v is staged: %q", took, res, s.covered("scripted"))
		}
	})
}

// One type that is given up by several windows at once is told once.
func TestATypeIsGivenUpOnce(t *testing.T) {
	play(t, func(s *scene) {
		s.takes = 300 * time.Millisecond
		windows := s.windows(30)
		for i := range windows[20:] {
			windows[20+i] = s.window("other", windows[20+i].Span)
		}
		s.answer = func(c call) (page, error) {
			if c.Span.From > windows[20].From {
				err := failed(http.StatusForbidden)
				err.Scope = true
				return page{}, err
			}
			return full(c), nil
		}
		res, err := s.fetch(windows)
		off, offErr := s.vault.Unavailable(s.Context(), "google")
		if err != nil || len(res.Failures) != 1 || len(off) != 1 || offErr != nil || len(s.calls) > 14 {
			s.Errorf("%d calls, %v, failures %v, unavailable %v", len(s.calls), err, res.Failures, off)
		}
		if got := strings.Fields(s.covered("other")); len(got) != 10 {
			s.Errorf("covered %v", got)
		}
	})
}

func TestCancelledInFlight(t *testing.T) {
	for name, prepare := range map[string]func(s *scene){
		"during answers": func(s *scene) { s.takes = time.Hour },
		"during pauses":  func(s *scene) { s.limited(time.Now().Add(2*time.Hour), time.Hour) },
		"between calls":  func(s *scene) {},
		"during a refresh": func(s *scene) {
			s.takes = 500 * time.Millisecond
			s.answer = func(call) (page, error) { return page{}, failed(http.StatusUnauthorized) }
		},
		"during retries": func(s *scene) { s.answer = func(call) (page, error) { return page{}, failed(http.StatusBadGateway) } },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				prepare(s)
				const lasts = 1200 * time.Millisecond
				r := s.runner()
				ctx, cancel := context.WithTimeout(s.Context(), lasts)
				defer cancel()
				began := time.Now()
				_, err := r.AskAll(ctx, s.state, s.windows(200))
				if took := time.Since(began) - lasts; !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
					s.Errorf("%v, %v after it was told to stop", err, took)
				}
				s.takes, s.answer = 0, func(c call) (page, error) { return full(c), nil }
				s.mustFetch(s.windows(8))
				if got := strings.Fields(s.covered("scripted")); len(got) < 8 {
					s.Errorf("covered %v", got)
				}
			})
		})
	}
}

// What a dense answer lacks is asked by itself, also when nothing else is left.
func TestARestInFlight(t *testing.T) {
	play(t, func(s *scene) {
		s.ask.Dense = true
		span := catalog.Span{From: day(only) - 9, To: day(only) + 1}
		s.answer = func(c call) (page, error) {
			days := daysOf(c.Span)
			return page{Days: days[max(0, len(days)-4):], Count: 4}, nil
		}
		s.mustFetch([]fetch.Window{s.window("scripted", span)})
		if got := s.covered("scripted"); got != "2026-11-11..2026-11-12 2026-11-13..2026-11-16 2026-11-17..2026-11-20" {
			s.Errorf("covered %q", got)
		}
	})
}

// How many pages a window has is not known before it is asked: those before it tell.
func TestTheEndIsForeseenByPages(t *testing.T) {
	play(t, func(s *scene) {
		s.pace.InFlight = 1
		s.answer = func(c call) (page, error) {
			p := full(c)
			if n := len(c.Token); n < 2 { // three pages
				p.Next = c.Token + "x"
			}
			return p, nil
		}
		s.mustFetch(s.windows(20))
		for _, p := range s.progress[1:] {
			if want := 3 * (20 - p.Done); p.Calls != want {
				t.Errorf("after %d windows %d calls are foreseen, want %d", p.Done, p.Calls, want)
			}
		}
	})
}

// What one question may meet alone stops only its type, once anything was answered.
func TestAFaultThatMayBeOfOneQuestion(t *testing.T) {
	for _, perhaps := range []bool{true, false} {
		play(t, func(s *scene) {
			s.pace.InFlight = 1
			s.answer = func(c call) (page, error) {
				if c.n == 2 {
					return page{}, &fetch.AccountError{Source: "google", Reason: "no such path", Remedy: "look", Perhaps: perhaps, Err: failed(http.StatusNotFound)}
				}
				return full(c), nil
			}
			res, err := s.fetch(s.windows(5))
			if stopped := err != nil; stopped == perhaps || perhaps && len(res.Failures) != 1 {
				t.Errorf("perhaps %t: %v, failures %v", perhaps, err, res.Failures)
			}
		})
	}
}
