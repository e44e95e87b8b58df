package fetch

import "time"

// SetPatience sets how long a sign-in waits for the person.
func (c *Consent) SetPatience(d time.Duration) { c.patience = d }
