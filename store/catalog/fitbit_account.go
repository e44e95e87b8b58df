package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// fitbitProfile reads the profile [P1].
func fitbitProfile(body []byte) (Profile, error) {
	var answer struct {
		User *struct {
			ID    string `json:"encodedId"`
			Zone  string `json:"timezone"`
			Since string `json:"memberSince"`
		} `json:"user"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", plain(err))
	}
	u := answer.User
	if u == nil {
		return Profile{}, errors.New("read profile: the answer has no user")
	}
	since, err := readDay("memberSince", u.Since)
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	return Profile{UserID: u.ID, Zone: u.Zone, MemberSince: since}, nil
}

// pairedDevice is an element of the list of devices [P2].
type pairedDevice struct {
	Version      string `json:"deviceVersion"`
	Type         string `json:"type"`         // TRACKER or SCALE
	Battery      string `json:"battery"`      // High, Medium, Low or Empty
	BatteryLevel number `json:"batteryLevel"` // percent
	LastSync     string `json:"lastSyncTime"` // wall clock; "" when it never synced
}

// isScale reports whether the device is a scale, whose syncs say nothing about the data of
// trackers.
func (d pairedDevice) isScale() bool { return strings.EqualFold(d.Type, "scale") }

// synced returns the wall-clock time of the last sync, and false when there was none.
func (d pairedDevice) synced() (Wall, bool, error) {
	if d.LastSync == "" {
		return Wall{}, false, nil
	}
	w, err := readWall("lastSyncTime", d.LastSync)
	if err != nil {
		return Wall{}, false, fmt.Errorf("device %q: %w", d.Version, err)
	}
	return w, true, nil
}

// fitbitDevices reads the battery of each device at its last sync. A device that never
// synced is no point.
func fitbitDevices(b Body) ([]Point, error) {
	devices, err := decodeList[pairedDevice](b.JSON, "", "lastSyncTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, d := range devices {
		at, ok, err := d.synced()
		if err != nil {
			return nil, err
		}
		p, some, err := batteryPoint(d.Version, d.Type, d.Battery, d.BatteryLevel)
		if err != nil {
			return nil, fmt.Errorf("device %q synced %s: %w", d.Version, d.LastSync, err)
		}
		if ok && some {
			p.Time, p.Day = b.Zones.At(at), at.Day()
			points = append(points, p)
		}
	}
	return points, nil
}

// batteryPoint makes the point of a device, which has a field when the source tells of the
// battery, in words or in percent. Its time is left to the caller.
func batteryPoint(version, kind, battery string, percent number) (Point, bool, error) {
	var f fieldList
	f.int("battery_pct", "batteryLevel", percent)
	f.str("battery", battery)
	var tags []Tag
	if v := tagValue(version); v != "" {
		tags = append(tags, Tag{"device", v})
	}
	if v := tagValue(strings.ToLower(kind)); v != "" {
		tags = append(tags, Tag{"kind", v})
	}
	return Point{Measurement: device.Measurement, Tags: tags, Fields: f.fields}, len(f.fields) > 0, f.err
}

// fitbitSynced reads the newest sync of a device that is not a scale.
func fitbitSynced(b Body) (time.Time, bool, error) {
	devices, err := decodeList[pairedDevice](b.JSON, "", "lastSyncTime")
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read devices: %w", err)
	}
	var newest time.Time
	found := false
	for _, d := range devices {
		at, ok, err := d.synced()
		if err != nil {
			return time.Time{}, false, fmt.Errorf("read devices: %w", err)
		}
		if t := b.Zones.At(at); ok && !d.isScale() && (!found || t.After(newest)) {
			newest, found = t, true
		}
	}
	return newest, found, nil
}
