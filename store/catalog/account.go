package catalog

import "time"

// Profile is what a fetch needs to know of a person. What an answer does not tell is zero.
type Profile struct {
	UserID      string
	LegacyID    string // the person's id in the legacy Web API, where another source tells it
	Zone        string // IANA name of the zone now
	MemberSince Day    // the first day worth asking for
}

// ProfileReader reads an answer that tells of the person.
type ProfileReader func(body []byte) (Profile, error)

// SyncReader returns the newest instant at which a device that is not a scale synced. It
// is false when no such device tells it.
type SyncReader func(Body) (time.Time, bool, error)
