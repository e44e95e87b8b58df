package fetch

import "time"

// NoFamily is noFamily.
var NoFamily = noFamily

// SetPatience sets how long a sign-in waits for the person.
func (c *Consent) SetPatience(d time.Duration) { c.patience = d }
