package catalog

import "slices"

// The person's account and devices.
var (
	device = &Series{"device", []string{"device", "kind"}, slices.Concat(ints("battery_pct"), texts("battery")), ByDay}
)

var accountTypes = []Type{
	{Name: "profile", Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/profile.json", Scope: "profile"}, Profile: fitbitProfile}},
	{Name: "device", Series: device, Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/devices.json", Scope: "settings"}, Read: fitbitDevices, Synced: fitbitSynced}},
}
