package catalog

import "slices"

// The person's account and devices.
var (
	device = &Series{"device", []string{"device", "kind"}, slices.Concat(ints("battery_pct"), texts("battery")), ByDay}
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
		Google: &Origin{Ask: googleResource("irnProfile", "", googleIRN)}},

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
