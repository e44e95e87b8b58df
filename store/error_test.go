package store_test

import (
	"errors"
	"strings"
	"testing"

	"fitvault/store"
)

// TestErrorsSayWhatFailed: what cannot be read is named, with the cause below it.
func TestErrorsSayWhatFailed(t *testing.T) {
	t.Parallel()
	s := MustOpen(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	bare := func() error { _, err := s.Exported(ctx, 1); return err }()
	for errors.Unwrap(bare) != nil {
		bare = errors.Unwrap(bare)
	}
	for want, read := range map[string]func() error{
		"list runs":                       func() error { _, err := s.Runs(ctx, 1); return err },
		"list doubtful windows of fitbit": func() error { _, err := s.Windows(ctx, "fitbit", store.Doubtful); return err },
		"list snapshots of device":        func() error { _, err := s.Snapshots(ctx, "fitbit", "device"); return err },
		"list rejects":                    func() error { _, err := s.Rejects(ctx); return err },
		"read zones":                      func() error { _, err := s.Zones(ctx); return err },
		"sum up responses":                func() error { _, err := s.Stats(ctx); return err },
		"find the newest response":        func() error { _, err := s.NewestResponse(ctx); return err },
		"list targets":                    func() error { _, err := s.Targets(ctx); return err },
		"read export memory":              func() error { _, err := s.Exported(ctx, 1); return err },
		"list responses":                  func() error { _, err := s.Responses(ctx, store.Filter{}); return err },
		"read coverage":                   func() error { _, err := s.Coverage(ctx, "fitbit"); return err },
		"read window 1":                   func() error { _, err := s.Bodies(ctx, 1); return err },
		"read what fitbit does not give":  func() error { _, err := s.Unavailable(ctx, "fitbit"); return err },
		"verify: check the file":          func() error { _, err := s.Verify(ctx); return err },
	} {
		if err := read(); err == nil || !strings.HasPrefix(err.Error(), want+": ") || !errors.Is(err, bare) {
			t.Errorf("error %v, want %q and the cause", err, want)
		}
	}
}
