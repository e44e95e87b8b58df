package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far a command is: a bar on a terminal, a log line every half minute
// elsewhere.
type progress struct {
	bar   *progressbar.ProgressBar // nil: not on a terminal
	log   *slog.Logger
	what  string
	last  time.Time
	began time.Time
}

const logEvery = 30 * time.Second

// newProgress returns a display on a stream; nil shows nothing but the log lines.
func newProgress(stream *os.File, log *slog.Logger, what string) *progress {
	p := &progress{log: log, what: what, last: time.Now(), began: time.Now()}
	if stream != nil && terminal(stream) {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(stream), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth())
	}
	return p
}

// set says that done of total parts are done, and at what it is. The end is foreseen by
// the pace so far, or later where a budget decides: by, which is zero where none does.
func (p *progress) set(done, total int, at string, by time.Time) {
	end := by
	if done > 0 {
		left := time.Since(p.began) / time.Duration(done) * time.Duration(total-done)
		if pace := time.Now().Add(left); pace.After(end) {
			end = pace
		}
	}
	if p.bar != nil {
		p.bar.ChangeMax(max(total, 1))
		text := p.what + " " + at
		if time.Until(end) > time.Minute {
			text += ", done by about " + end.Local().Format("Mon 15:04")
		}
		p.bar.Describe(text)
		p.bar.Set(done)
		return
	}
	if time.Since(p.last) < logEvery {
		return
	}
	p.last = time.Now()
	p.log.Info(p.what, "done", done, "total", total, "at", at, "until", end.Format(time.DateTime))
}

// note replaces what the bar says until the next set.
func (p *progress) note(text string) {
	if p.bar != nil {
		p.bar.Describe(text)
	}
}

// finish takes the bar off the screen.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
