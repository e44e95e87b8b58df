package catalog

import "slices"

// The person's account and devices.
var (
	device   = &Series{"device", []string{"device", "kind"}, slices.Concat(ints("battery_pct"), texts("battery")), ByDay}
	lifetime = &Series{"lifetime", []string{"scope"}, slices.Concat(ints("steps"), floats("distance_m"), ints("floors")), ByDay}
)

var accountTypes = []Type{
	{Name: "profile", Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/profile.json", Scope: "profile"}, Profile: fitbitProfile, Owner: true},
		Google: &Origin{Ask: googleResource("profile", "", googleProfile), Profile: googleProfileAnswer}},
	{Name: "settings", Group: Account,
		Google: &Origin{Ask: googleResource("settings", "", googleSettings), Profile: googleSettingsAnswer}},
	{Name: "identity", Group: Account,
		Google: &Origin{Ask: googleResource("identity", "", ""), Profile: googleIdentityAnswer, Owner: true}},
	{Name: "device", Series: device, Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/devices.json", Scope: "settings"}, Read: fitbitDevices, Synced: fitbitSynced},
		Google: &Origin{Ask: googlePairedDevices(), Read: googleBatteries, Synced: googleSynced}},
	{Name: "irn_profile", Group: Account,
		Fitbit: fitbitState("/1/user/-/irn/profile.json", "irregular_rhythm_notifications"),
		Google: &Origin{Ask: googleResource("irnProfile", "", googleIRN)}},

	// The sums of a whole life, what was earned and what is aimed at [D5, P3, D6, W3, N3, L4].
	{Name: "lifetime", Series: lifetime, Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/activities.json", Scope: "activity"}, Read: fitbitLifetime}},
	{Name: "badges", Group: Account, Fitbit: fitbitState("/1/user/-/badges.json", "profile")},
	{Name: "activity_goal", Group: Account, Fitbit: fitbitState("/1/user/-/activities/goals/daily.json", "activity")},
	{Name: "activity_goal_weekly", Group: Account, Fitbit: fitbitState("/1/user/-/activities/goals/weekly.json", "activity")},
	{Name: "weight_goal", Group: Account, Fitbit: fitbitState("/1/user/-/body/log/weight/goal.json", "weight")},
	{Name: "body_fat_goal", Group: Account, Fitbit: fitbitState("/1/user/-/body/log/fat/goal.json", "weight")},
	{Name: "food_goal", Group: Account, Fitbit: fitbitState("/1/user/-/foods/log/goal.json", "nutrition")},
	{Name: "water_goal", Group: Account, Fitbit: fitbitState("/1/user/-/foods/log/water/goal.json", "nutrition")},
	{Name: "sleep_goal", Group: Account, Fitbit: fitbitState("/1.2/user/-/sleep/goal.json", "sleep")},

	// The person's own foods and the units that food is measured in, to which logs refer.
	{Name: "food", Group: Account, Google: &Origin{Ask: googleCatalogue("food")}},
	{Name: "food_unit", Group: Account, Google: &Origin{Ask: googleCatalogue("food-measurement-unit")}},
}

// googlePairedDevices asks for all devices at once: a page holds five unless told otherwise
// (section 3.2).
func googlePairedDevices() Ask {
	a := googleResource("pairedDevices", "pairedDevices", googleSettings)
	a.PageSize = 100
	return a
}

// googleCatalogue asks for a data type whose records have no time.
func googleCatalogue(id string) Ask {
	a := googleAsk(List, id, "", "", googleNutrition, 0)
	a.PageSize = googlePage
	return a
}
