package emulator

import (
	"time"
)

// accountRoutes are those of the person and the devices (sheet 5.5).
var accountRoutes = []route{
	{"1", "profile", "profile", nil, 0, false, (*call).profile},
	{"1", "devices", "settings", nil, 0, false, (*call).devices},
	{"1", "badges", "profile", nil, 0, false, (*call).badges},
}

// profile is P1. Units in it follow Accept-Language, its …Unit members do not
// (sheet 4.1).
func (c *call) profile() (any, *refusal) {
	p := c.person
	now := p.Wall(c.now)
	weight := p.Bodies(c.today, c.today, c.now)[0].Weight.KG
	walk, run := p.strideKM(false)*1e5, p.strideKM(true)*1e5
	user := map[string]any{
		"age": p.age(c.today), "ambassador": false, "autoStrideEnabled": true,
		"avatar": "https://example.invalid/a_100.jpg", "averageDailySteps": c.averageSteps(),
		"challengesBeta": true, "clockTimeDisplayFormat": "24hour", "corporate": false,
		"corporateAdmin": false, "dateOfBirth": p.born.String(), "displayName": "Alex T.",
		"distanceUnit": "METRIC", "encodedId": p.id, "features": map[string]any{"exerciseGoal": true},
		"foodsLocale": "en_GB", "fullName": "Alex Testperson", "gender": "NA", "glucoseUnit": "METRIC",
		"height": number(c.units.length(p.heightCM)), "heightUnit": "METRIC", "languageLocale": "en_GB",
		"legalTermsAcceptRequired": false, "locale": "en_GB", "memberSince": p.first.String(),
		"mfaEnabled": false, "offsetFromUTCMillis": offsetOf(now) * 1000, "sdkDeveloper": false,
		"sleepTracking": "Normal", "startDayOfWeek": "MONDAY",
		"strideLengthRunning": number(c.units.length(run)), "strideLengthRunningType": "auto",
		"strideLengthWalking": number(c.units.length(walk)), "strideLengthWalkingType": "auto",
		"swimUnit": "METRIC", "temperatureUnit": "METRIC", "timezone": now.Location().String(),
		"topBadges": []any{}, "waterUnit": "METRIC", "waterUnitName": "ml",
		"weight": number(c.units.weight(weight)), "weightUnit": "METRIC",
	}
	return map[string]any{"user": user}, nil
}

func (c *call) averageSteps() int {
	sum, days := 0, 0
	for d := max(c.person.first, c.today-30); d < c.today; d++ {
		sum += c.view(d).Steps
		days++
	}
	return sum / max(1, days)
}

// device is an element of P2, a bare array.
type device struct {
	Battery       string   `json:"battery"`
	BatteryLevel  int      `json:"batteryLevel"`
	DeviceVersion string   `json:"deviceVersion"`
	Features      []string `json:"features"`
	ID            string   `json:"id"`
	LastSyncTime  string   `json:"lastSyncTime"` // wall clock without offset
	MAC           string   `json:"mac"`
	Type          string   `json:"type"`

	at time.Time // LastSyncTime as an instant
}

// devices is P2: the watch, the scale, and by mode a watch no longer in use.
func (c *call) devices() (any, *refusal) {
	all := []device{}
	if !c.modes.NoTracker {
		level := c.batteryLevel()
		all = append(all, c.device("Charge 6", "TRACKER", 17, level, c.synced))
	}
	if c.modes.OldTracker {
		all = append(all, c.device("Charge 4", "TRACKER", 11, 3, c.person.DayStart(c.person.first).Add(8*time.Hour)))
	}
	if at, ok := c.lastOnScale(); ok && !c.modes.NoScale {
		all = append(all, c.device("Aria Air", "SCALE", 18, 100, at))
	}
	if c.empty {
		all = []device{}
	}
	return all, nil
}

func (c *call) device(version, kind string, number, level int, synced time.Time) device {
	digits := []byte{'0' + byte(number/10), '0' + byte(number%10)}
	return device{
		Battery: batteryWord(level), BatteryLevel: level, DeviceVersion: version, Features: []string{},
		ID: "22000000" + string(digits), LastSyncTime: c.person.Wall(synced).Format(wallForm),
		MAC: "AABBCCDDEE" + string(digits), Type: kind, at: synced,
	}
}

// batteryLevel falls over five days and starts again.
func (c *call) batteryLevel() int {
	const cycle = 5 * 24 * 3600
	return 100 - int(c.synced.Unix()%cycle*88/cycle)
}

func batteryWord(level int) string {
	switch {
	case level >= 60:
		return "High"
	case level >= 25:
		return "Medium"
	case level >= 10:
		return "Low"
	}
	return "Empty"
}

func (c *call) lastOnScale() (time.Time, bool) {
	for d := c.today; d >= c.person.first; d-- {
		for _, w := range c.person.Weights(d) {
			if w.Source == scaleSource && !w.At.After(c.now) {
				return w.At, true
			}
		}
	}
	return time.Time{}, false
}

// badges is P3: one, for the days with many steps.
func (c *call) badges() (any, *refusal) {
	const many = 10_000
	times, last := 0, c.person.first
	for d := c.person.first; d <= c.today; d++ {
		if c.view(d).Steps >= many {
			times, last = times+1, d
		}
	}
	all := []any{}
	if times > 0 && !c.empty {
		all = append(all, map[string]any{
			"badgeGradientEndColor": "B0DF2A", "badgeGradientStartColor": "00A550", "badgeType": "DAILY_STEPS", "category": "Daily Steps",
			"cheers": []any{}, "dateTime": last.String(), "description": "10,000 steps in a day", "earnedMessage": "Well walked",
			"encodedId": "22AAAA", "image100px": "https://example.invalid/b.png", "marketingDescription": "Walked far", "mobileDescription": "Walked far",
			"name": "Sneakers", "shareText": "Walked far", "shortDescription": "10,000 steps", "shortName": "10,000 steps",
			"timesAchieved": times, "value": many,
		})
	}
	return map[string]any{"badges": all}, nil
}
