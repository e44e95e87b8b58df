package catalog

import (
	"encoding/json"
	"fmt"
	"time"
)

// googleProfileAnswer reads the profile. A live account was seen to tell its age alone, and
// then the first day stays unknown (google-health-api.md section 5.9).
func googleProfileAnswer(body []byte) (Profile, error) {
	var answer struct {
		Since *googleDate `json:"membershipStartDate"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", plain(err))
	}
	if answer.Since == nil {
		return Profile{}, nil
	}
	since, err := answer.Since.day("membershipStartDate")
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	return Profile{MemberSince: since}, nil
}

// googleSettingsAnswer reads the zone that the person's app is set to.
func googleSettingsAnswer(body []byte) (Profile, error) {
	var answer struct {
		Zone string `json:"timeZone"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Profile{}, fmt.Errorf("read settings: %w", plain(err))
	}
	return Profile{Zone: answer.Zone}, nil
}

// googleIdentityAnswer reads the person's ids: the one of this API, and the one that the
// legacy Web API knew.
func googleIdentityAnswer(body []byte) (Profile, error) {
	var answer struct {
		ID     string `json:"healthUserId"`
		Legacy string `json:"legacyUserId"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Profile{}, fmt.Errorf("read identity: %w", plain(err))
	}
	return Profile{UserID: answer.ID, LegacyID: answer.Legacy}, nil
}

// googleDevice is an element of the list of paired devices.
type googleDevice struct {
	Version      string `json:"deviceVersion"` // the product's name
	Type         string `json:"deviceType"`    // TRACKER or SCALE
	Battery      string `json:"batteryStatus"` // High, Medium, Low or Empty
	BatteryLevel number `json:"batteryLevel"`  // percent
	LastSync     string `json:"lastSyncTime"`  // "" when it never synced, or is not told
}

// googleDevices lists the devices that tell when they synced, each with that instant.
func googleDevices(b Body, each func(googleDevice, time.Time) error) error {
	devices, err := decodeList[googleDevice](b.JSON, "pairedDevices", "lastSyncTime")
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.LastSync == "" {
			continue
		}
		at, err := readInstant("lastSyncTime", d.LastSync)
		if err == nil {
			err = each(d, at)
		}
		if err != nil {
			return fmt.Errorf("device %q: %w", d.Version, err)
		}
	}
	return nil
}

// googleBatteries reads the battery of each device at its last sync.
func googleBatteries(b Body) ([]Point, error) {
	var points []Point
	err := googleDevices(b, func(d googleDevice, at time.Time) error {
		p, some, err := batteryPoint(d.Version, d.Type, d.Battery, d.BatteryLevel)
		if err == nil && some {
			p.Time, p.Day = at, b.Zones.Today(at)
			points = append(points, p)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return points, nil
}

// googleSynced reads the newest sync of a device that is not a scale.
func googleSynced(b Body) (newest time.Time, found bool, err error) {
	err = googleDevices(b, func(d googleDevice, at time.Time) error {
		if d.Type != "SCALE" && (!found || at.After(newest)) {
			newest, found = at, true
		}
		return nil
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read devices: %w", err)
	}
	return newest, found, nil
}
