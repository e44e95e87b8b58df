package export

import "time"

// SetClock makes an export happen at an instant.
func (e *Exporter) SetClock(at time.Time) { e.now = func() time.Time { return at } }
