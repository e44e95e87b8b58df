package export

import (
	"time"

	"fitvault/store/catalog"
)

// SetClock makes an export happen at an instant.
func (e *Exporter) SetClock(at time.Time) { e.now = func() time.Time { return at } }

// SetTypes makes an export read answers as a catalogue does that has these types.
func (e *Exporter) SetTypes(types []catalog.Type) { e.types = types }

func init() { fewest = 4 }
