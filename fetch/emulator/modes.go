package emulator

import "time"

// Modes are the switches of the emulator. The zero value is the service on an
// ordinary day; every field may be changed at any time through Server.Set.
type Modes struct {
	// OAuth (sheet 1).

	App             AppType // how the client must authenticate at the token endpoint
	DropRotated     int     // the next so many refreshes rotate, then break the connection
	TokenStatus     int     // the token endpoint answers this status (429, 503, 410 …) and does nothing
	TokenStatusLeft int     // so many times; 0: until TokenStatus is changed
	RedirectHash    bool    // append "#_=_" to the redirect

	// Quota (sheet 2).

	Limit         int           // calls an hour; 0: Options.Limit
	Skew          time.Duration // the server's clock is ahead by this; quota windows follow it
	ResetLate     time.Duration // a new window opens this much later than announced
	QuotaHeaders  HeaderStyle   // how the three quota headers look
	RemainingLag  int           // Remaining is so many calls behind
	RetryAfter    RetryAfter    // whether a 429 carries Retry-After
	Legacy429     bool          // the older body of a 429
	Strict        bool          // requests within an announced wait are violations
	NoRepeats     bool          // identical data requests after a complete answer are violations; profile and devices excepted
	RequireLocale bool          // data requests without Accept-Language or Accept-Locale are violations

	// Ranges (sheet 5, 11).

	LenientRange   bool   // allow end-start <= N instead of at most N days inclusive
	TruncateRange  bool   // cut ranges of more than N days to N instead of refusing them
	TruncateTo     int    // cut ranges to so many days, silently, although documented longer; 0: off
	TruncatePath   string // only for paths containing this
	TruncateOldest bool   // a cut keeps the oldest days instead of the newest
	ZerosBefore    bool   // dense series have zero days before the first log instead of starting there

	// Data (sheet 5).

	NoData              []string      // paths containing one of these have no data at all
	Empty               EmptyForm     // how an answer without data looks
	PendingFirst        int           // so many first answers to each sleep path are "pending"
	NullLevels          bool          // every sleep has levels null
	ZonesWithoutMinutes bool          // heart zones lack minutes and caloriesOut
	HoldSync            time.Time     // the watch syncs nothing after this instant; zero: it syncs
	SyncEvery           time.Duration // of the watch's schedule; 0: 15 min
	NoTracker           bool          // devices lists no tracker
	NoScale             bool          // devices lists no scale
	OldTracker          bool          // devices lists a retired tracker too

	// Night metrics (sheet 5.2).

	MetricDelay time.Duration // they are ready so long after the sync that brought the night (sheet 8: 15 min to 1 h)
	NoValue     bool          // days without SpO2 are elements without value, not left out
	OxygenRange int           // longest range of the SpO2 summary in days; 0: none, as documented

	// Intraday (sheet 4.2, 5.4).

	Intraday           IntradayRight // whether the person may read it
	MissingTotal       bool          // the daily total beside the rows is []
	ZoneMinutesDataset bool          // active zone minutes have the form of the other resources
	SpringZeros        bool          // the hour that the clock skips is zero rows of dense resources, not absent
	AutumnFolded       bool          // the hour that the clock repeats is there once: amounts added, pulses averaged

	// Lists (sheet 5.7).

	NextHost           string // of the addresses of pages: "" is api.fitbit.com, "self" the host that was asked, else a foreign one
	NextLoop           bool   // the next page is the same one again
	InsertBetweenPages bool   // something comes in front between two pages, so that an element is told twice
	NoActivitiesKey    bool   // a page without elements lacks the list
	AfterDateExclusive bool   // afterDate leaves out its own day
	SnakeCaseFood      bool   // a food is logged_food, as seen in 2025
	NumericSampling    bool   // samplingFrequencyHz of an ECG is a number
	TrackRestarts      bool   // the distance of a track falls back to 0 halfway

	// Google Health API: what goes wrong with every call (Google sheet 7).

	GoogleUnlinked      bool // 400 ACCOUNT_NOT_LINKED
	GoogleForbidden     bool // 403 RESOURCE_PERMISSION_DENIED
	GoogleDisabled      bool // 403 SERVICE_DISABLED
	GoogleLegacyAccount bool // 403, the account is a legacy login
	GoogleNotReady      bool // 412
	GoogleTokenStatus   int  // the token endpoint answers this status and does nothing

	// Google Health API: limits (Google sheet 3). RetryAfter holds for it too.

	GoogleUnverified   bool // 2.5 calls a second with bursts of 10 beside the limit by the minute
	GooglePageCap      int  // pages hold at most so many points, whatever was asked; 0: off
	GoogleDefaultPage  int  // page size when none is asked for, sleep and exercise excepted; 0: 1440
	GoogleTimeoutAbove int  // 504 for larger pages of list and reconcile; 0: never

	// Google Health API: what the documents leave open. Zero values follow the
	// discovery document.

	GoogleEmptyFirst      bool      // the first page of every walk is empty and has a token
	GoogleEmptyToken      bool      // the last page says nextPageToken ""
	GoogleAscending       bool      // reconcile is oldest first
	GoogleStepNames       bool      // reconcile names steps too
	GoogleEndInclusive    bool      // the end date of dailyRollUp belongs to the range
	GooglePersonalRanges  bool      // dailyRollUp of the two personal ranges is offered
	GoogleGenericScope    bool      // a missing scope is ACCESS_TOKEN_SCOPE_INSUFFICIENT
	GoogleBareProfile     bool      // profile holds the age only
	GoogleNoSyncTimes     bool      // pairedDevices tells no lastSyncTime
	GoogleUnknown         bool      // every fifth minute's points have unknown enum values and members
	GoogleUnprocessedFrom time.Time // sleeps created from this instant on stay unprocessed; zero: none

	// Failures.

	NoGzip      bool      // never compress
	RetiredFrom time.Time // 410 for everything from this instant on; zero: never
}

// AppType is the application type registered for the client id (sheet 1.2).
type AppType int

// Application types. A personal app may authenticate like a server or like a
// client app.
const (
	PersonalApp AppType = iota
	ServerApp
	ClientApp
)

// HeaderStyle is how the quota headers look (sheet 2).
type HeaderStyle int

// Quota header styles.
const (
	HeadersPlain    HeaderStyle = iota
	HeadersOddCase              // Fitbit-rate-limit-limit, as seen in April 2026
	HeadersMissing              // none
	HeadersWords                // not numbers
	HeadersNegative             // -1
)

// RetryAfter is whether and how a 429 carries Retry-After.
type RetryAfter int

// Retry-After variants (sheet 2: sent historically, absent or wrong of late).
const (
	RetryAfterAbsent RetryAfter = iota
	RetryAfterRight
	RetryAfterWrong // always "1"
)

// EmptyForm is the form of an answer that has no data (sheet 5, 11).
type EmptyForm int

// Empty forms.
const (
	EmptyArray  EmptyForm = iota // the root key with an empty array
	MissingRoot                  // an object with other keys but without the root key
	EmptyObject                  // {}
	BareArray                    // []
)

// Set changes modes under the server's lock.
func (s *Server) Set(change func(*Modes)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.modes)
	switch {
	case !s.modes.NoRepeats:
		s.answered = nil
	case s.answered == nil:
		s.answered = map[string]bool{}
	}
}
