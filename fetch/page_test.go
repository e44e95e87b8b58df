package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fitvault/fetch"
	"fitvault/store"
	"fitvault/store/catalog"
)

// pages answers a walk: each token is the number of the page before it.
func pages(all ...page) func(c call) (page, error) {
	return func(c call) (page, error) {
		n := 0
		if c.Token != "" {
			fmt.Sscan(c.Token, &n)
		}
		p := all[n]
		if n+1 < len(all) {
			p.Next = fmt.Sprint(n + 1)
		}
		return p, nil
	}
}

const only = "2026-11-20" // the day of a single window

func TestAWindowIsWalkedToItsEnd(t *testing.T) {
	d := []catalog.Day{day(only)}
	for name, tt := range map[string]struct {
		pages  []page
		tokens string
		want   string
	}{
		"one page":            {[]page{{Days: d, Count: 7}}, `""`, only + ": 1 pages, 7 elements"},
		"none in one page":    {[]page{{}}, `""`, only + ": 1 pages, 0 elements"},
		"a cap of the source": {[]page{{Days: d, Count: 5000}, {Days: d, Count: 5000}, {Days: d, Count: 1}}, `"" "1" "2"`, only + ": 3 pages, 10001 elements"},
		"an empty first page": {[]page{{}, {Days: d, Count: 6025}}, `"" "1"`, only + ": 2 pages, 6025 elements"},
		"empty pages":         {[]page{{}, {}, {Days: d, Count: 3}, {}}, `"" "1" "2" "3"`, only + ": 4 pages, 3 elements"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				walk := pages(tt.pages...)
				s.answer = func(c call) (page, error) {
					if got := s.covered("scripted"); got != "" {
						s.Errorf("before the last page %s is claimed", got)
					}
					return walk(c)
				}
				res := s.mustFetch(s.windows(1))
				if s.tokens() != tt.tokens || s.covered("scripted") != only {
					s.Errorf("tokens %s, want %s; covered %s", s.tokens(), tt.tokens, s.covered("scripted"))
				}
				s.wantStates(store.Complete, tt.want)
				s.wantStates(store.Partial)
				if res.Windows != 1 || res.Pages != len(tt.pages) || res.Requests != len(tt.pages) {
					s.Errorf("result %+v", res)
				}
				for _, c := range s.calls {
					if !c.Zones.Known() || c.Page != 0 {
						s.Errorf("question %+v", c.Question)
					}
				}
			})
		})
	}
}

func TestAWalkThatHasNoEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		next  func(n int) string
		calls int
	}{
		"the same token":         {func(int) string { return "again" }, 2},
		"tokens in a circle":     {func(n int) string { return fmt.Sprint(n % 3) }, 4},
		"always another one":     {func(n int) string { return fmt.Sprint(n) }, 1000},
		"a stray day on page 3":  {func(n int) string { return fmt.Sprint(n) }, 3},
		"garbage after one page": {func(n int) string { return fmt.Sprint(n) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.pace = alone
				s.answer = func(c call) (page, error) {
					p := page{Next: tt.next(c.n)}
					if c.n == 3 && strings.HasPrefix(name, "a stray") {
						p.Days, p.Count = []catalog.Day{day(only) - 1}, 1
					}
					if c.n == 2 && strings.HasPrefix(name, "garbage") {
						return p, &fetch.ShapeError{Err: errors.New("not what is documented")}
					}
					return p, nil
				}
				res, err := s.fetch(s.windows(1))
				var shape *fetch.ShapeError
				if err != nil || len(res.Failures) != 1 || !errors.As(res.Failures[0].Err, &shape) || len(s.calls) != tt.calls {
					s.Fatalf("%d calls, %v, failures %v", len(s.calls), err, res.Failures)
				}
				rejects, err := s.vault.Rejects(s.Context())
				if err != nil || len(rejects) != 1 || s.covered("scripted") != "" || len(s.states(store.Unread)) != 1 {
					s.Errorf("rejects %v (%v), covered %q", rejects, err, s.covered("scripted"))
				}
				s.answer = func(c call) (page, error) { return full(c), nil }
				s.mustFetch(s.windows(1))
				if rejects, err = s.vault.Rejects(s.Context()); err != nil || len(rejects) != 0 {
					s.Errorf("rejects %v (%v) after the window was answered", rejects, err)
				}
			})
		})
	}
}

func TestPagesThatAreTooLarge(t *testing.T) {
	var sizes []int
	answer := func(limit, count int) func(c call) (page, error) {
		walk := pages(slices.Repeat([]page{{Days: []catalog.Day{day(only)}, Count: count}}, 3)...)
		return func(c call) (page, error) {
			sizes = append(sizes, c.Page)
			if size := max(c.Page, c.Ask.PageSize*(1-min(c.Page, 1))); size > limit && (limit != 3000 || c.Token == "1") {
				return page{}, failed(http.StatusGatewayTimeout)
			}
			return walk(c)
		}
	}
	play(t, func(s *scene) {
		s.pace = alone
		sizes, s.answer = nil, answer(1250, 4)
		s.mustFetch(s.windows(1))
		s.mustFetch(s.windows(1))
		if want := []int{0, 5000, 2500, 1250, 1250, 1250}; !slices.Equal(sizes, slices.Repeat(want, 2)) {
			s.Errorf("sizes %v, want %v in each run", sizes, want)
		}
		if gaps := s.gaps(); slices.Max(gaps) > 0 {
			s.Errorf("it waited %v before it asked for less", gaps)
		}
	})
	play(t, func(s *scene) { // on the second page
		s.pace = alone
		sizes, s.answer = nil, answer(3000, 4)
		s.mustFetch(s.windows(2)[:1])
		if want := `"" "1" "" "1" "" "1" "2"`; s.tokens() != want {
			s.Errorf("tokens %s, want %s", s.tokens(), want)
		}
		s.wantStates(store.Partial, only+": 1 pages, 4 elements", only+": 1 pages, 4 elements")
		s.wantStates(store.Complete, only+": 3 pages, 12 elements")
	})
	play(t, func(s *scene) { // another window goes on with the size that was found
		s.pace = alone
		s.answer = func(c call) (page, error) {
			if c.Page == 0 {
				return page{}, failed(http.StatusGatewayTimeout)
			}
			return full(c), nil
		}
		s.mustFetch(s.windows(3))
		if len(s.calls) != 4 {
			s.Errorf("%d calls for three windows, want one more", len(s.calls))
		}
	})
	play(t, func(s *scene) { // whatever the size
		sizes, s.answer = nil, answer(0, 4)
		s.pace = alone
		res, err := s.fetch(s.windows(1))
		want := []int{0, 5000, 2500, 1250, 625, 312, 156, 156, 156, 156, 156}
		if err != nil || len(res.Failures) != 1 || !slices.Equal(sizes, want) {
			s.Errorf("%v, failures %v, sizes %v, want %v", err, res.Failures, sizes, want)
		}
	})
	play(t, func(s *scene) { // of sessions, which are few from the start
		sizes, s.answer = nil, answer(6, 4)
		s.ask.PageSize, s.pace = 25, alone
		s.mustFetch(s.windows(1))
		if want := []int{0, 12, 6, 6, 6}; !slices.Equal(sizes, want) {
			s.Errorf("sizes %v, want %v", sizes, want)
		}
	})
	play(t, func(s *scene) { // a rollup has no size
		sizes, s.answer = nil, answer(-1, 4)
		s.ask.PageSize, s.pace = 0, alone
		if res, err := s.fetch(s.windows(1)); err != nil || len(res.Failures) != 1 || !slices.Equal(sizes, []int{0, 0, 0, 0, 0}) {
			s.Errorf("%v, failures %v, sizes %v", err, res.Failures, sizes)
		}
	})
}

// A walk that is cut after any page leaves nothing that counts, and is begun anew.
func TestAWalkThatIsCut(t *testing.T) {
	d := []catalog.Day{day(only)}
	walk := pages(page{Days: d, Count: 1}, page{}, page{Days: d, Count: 2}, page{Days: d, Count: 3})
	for cut := 1; cut <= 4; cut++ {
		for _, killed := range []bool{true, false} {
			t.Run(fmt.Sprintf("at page %d killed %v", cut, killed), func(t *testing.T) {
				play(t, func(s *scene) {
					ctx, kill := context.WithCancel(s.Context())
					defer kill()
					s.answer = func(c call) (page, error) {
						switch {
						case c.n < cut:
							return walk(c)
						case killed:
							kill()
							return page{}, ctx.Err()
						}
						return page{}, failed(http.StatusBadGateway)
					}
					res, err := s.runner().AskAll(ctx, s.state, s.windows(1))
					if killed != errors.Is(err, context.Canceled) || killed != (len(res.Failures) == 0) {
						s.Fatalf("%v, failures %v", err, res.Failures)
					}
					if n := len(s.states(store.Partial)); n != min(1, cut-1) || s.covered("scripted") != "" {
						s.Errorf("%d partial windows, covered %q", n, s.covered("scripted"))
					}
					check, err := s.vault.Verify(s.Context())
					if err != nil || len(check.Problems) > 0 {
						s.Errorf("verify: %v %q", err, check.Problems)
					}
					s.answer = walk
					s.mustFetch(s.windows(1))
					if s.tokens() != `"" "1" "2" "3"` || s.covered("scripted") != only {
						s.Errorf("tokens %s, covered %q", s.tokens(), s.covered("scripted"))
					}
					s.wantStates(store.Complete, only+": 4 pages, 6 elements")
				})
			})
		}
	}
}

// The token of a page may grow too old. That says nothing about the question.
func TestALaterPageIsRefused(t *testing.T) {
	play(t, func(s *scene) {
		s.answer = func(c call) (page, error) {
			if c.Token != "" {
				return page{}, failed(http.StatusBadRequest)
			}
			return page{Next: "1"}, nil
		}
		res, err := s.fetch(s.windows(1))
		off, offErr := s.vault.Unavailable(s.Context(), "google")
		if err != nil || len(res.Failures) != 1 || len(off) != 0 || offErr != nil {
			s.Fatalf("%v, failures %v, unavailable %v (%v)", err, res.Failures, off, offErr)
		}
		s.answer = pages(page{}, page{Days: []catalog.Day{day(only)}, Count: 2})
		s.mustFetch(s.windows(1))
		if s.covered("scripted") != only {
			s.Errorf("covered %q", s.covered("scripted"))
		}
	})
}

func TestElementsThatAreAskedOneByOne(t *testing.T) {
	for name, tt := range map[string]struct {
		gone string
		want string
		size []int // of the bodies; 1 for any
	}{
		"all there":   {"", only + ": 3 pages, 3 elements", []int{1, 1, 1}},
		"one is gone": {"b", only + ": 3 pages, 2 elements", []int{1, 0, 1}},
		"the last is": {"c", only + ": 3 pages, 2 elements", []int{1, 1, 0}},
		"all gone":    {"abc", only + ": 3 pages, 0 elements", []int{0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.answer = func(c call) (page, error) {
					if strings.Contains(tt.gone, c.ID) {
						return page{}, failed(http.StatusNotFound)
					}
					return page{Count: 1}, nil
				}
				w := s.windows(1)
				w[0].IDs = []string{"a", "b", "c"}
				for range 2 { // the second time there was something before
					s.mustFetch(w)
				}
				if ids := s.calls[0].ID + s.calls[1].ID + s.calls[2].ID; len(s.calls) != 3 || ids != "abc" || s.tokens() != `"" "" ""` {
					s.Errorf("asked for %q, tokens %s", ids, s.tokens())
				}
				s.wantStates(store.Complete, tt.want, tt.want)
				all, err := s.vault.Snapshots(s.Context(), "google", "scripted")
				if err != nil {
					s.Fatal(err)
				}
				bodies, err := s.vault.Bodies(s.Context(), all[0].Window.ID)
				for i, b := range bodies {
					if min(len(b.Data), 1) != tt.size[i] || !strings.HasSuffix(b.Path, "&id="+string("abc"[i])) {
						s.Errorf("page %d (%s) holds %q (%v)", i, b.Path, b.Data, err)
					}
				}
				if off, err := s.vault.Unavailable(s.Context(), "google"); len(off) > 0 || err != nil {
					s.Errorf("unavailable %v (%v)", off, err)
				}
			})
		})
	}
}

// What was gone before is no data that an empty answer could take away.
func TestElementsThatGoLater(t *testing.T) {
	play(t, func(s *scene) {
		gone := "b"
		s.answer = func(c call) (page, error) {
			if strings.Contains(gone, c.ID) {
				return page{}, failed(http.StatusNotFound)
			}
			return page{Count: 1}, nil
		}
		w := s.windows(1)
		w[0].IDs = []string{"a", "b"}
		s.mustFetch(w)
		gone = "ab"
		s.mustFetch(w)
		s.wantStates(store.Complete, only+": 2 pages, 1 elements", only+": 2 pages, 0 elements")
	})
}

// One element that is refused is no reason to ask for no other, ever.
func TestAnElementThatIsRefused(t *testing.T) {
	play(t, func(s *scene) {
		s.answer = func(c call) (page, error) {
			if c.ID == "odd" {
				return page{}, failed(http.StatusBadRequest)
			}
			return page{Count: 1}, nil
		}
		w := s.windows(2)
		w[0].IDs, w[1].IDs = []string{"odd"}, []string{"good"}
		res, err := s.fetch(w)
		off, offErr := s.vault.Unavailable(s.Context(), "google")
		if err != nil || len(res.Failures) != 1 || len(off) > 0 || offErr != nil || s.covered("scripted") != "2026-11-19" {
			s.Errorf("%v, failures %v, unavailable %v, covered %q", err, res.Failures, off, s.covered("scripted"))
		}
	})
}

func TestAnswersThatSpill(t *testing.T) {
	d := day(only)
	daily := catalog.Ask{Op: catalog.DailyRollUp, Path: "/scripted", Days: 14}
	open := catalog.Ask{Op: catalog.List, Path: "/scripted", Days: 14, OpenEnd: true}
	for name, tt := range map[string]struct {
		ask  catalog.Ask
		days []catalog.Day
		ok   bool
	}{
		"a day after, of daily sums":      {daily, []catalog.Day{d, d + 1}, true},
		"days after, without an end":      {open, []catalog.Day{d, d + 1, d + 30}, true},
		"only days after":                 {open, []catalog.Day{d + 2, d + 3}, true},
		"a day before":                    {open, []catalog.Day{d - 1, d}, false},
		"a day after, of what has an end": {catalog.Ask{Op: catalog.List, Path: "/scripted", Days: 14}, []catalog.Day{d, d + 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.ask = tt.ask
				s.answer = func(call) (page, error) { return page{Days: tt.days, Count: len(tt.days)}, nil }
				res, err := s.fetch(s.windows(1))
				if err != nil || tt.ok != (len(res.Failures) == 0) || tt.ok != (s.covered("scripted") == only) {
					s.Errorf("%v, failures %v, covered %q", err, res.Failures, s.covered("scripted"))
				}
			})
		})
	}
}

// What there was may stand on any page, and what spills over is not of the window.
func TestAnEmptyWalkIsDoubted(t *testing.T) {
	d := day(only)
	play(t, func(s *scene) {
		s.ask.OpenEnd = true
		s.answer = pages(page{}, page{Days: []catalog.Day{d}, Count: 2}, page{})
		s.mustFetch(s.windows(1))
		s.answer = pages(page{}, page{Days: []catalog.Day{d + 5}, Count: 2})
		s.mustFetch(s.windows(1))
		s.wantStates(store.Doubtful, only+": 2 pages, 2 elements")
		s.state.Doubtful = map[string][]fetch.Covered{"scripted": {{Span: catalog.Span{From: d, To: d + 1}, Answered: time.Now()}}}
		time.Sleep(time.Hour)
		s.mustFetch(s.windows(1))
		s.wantStates(store.Complete, only+": 3 pages, 2 elements", only+": 2 pages, 2 elements")
	})
}
