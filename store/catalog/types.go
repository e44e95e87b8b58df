package catalog

// types is the catalogue: a row for each type of data.
var types = []Type{
	{Name: "profile", Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/profile.json", Scope: "profile"}}},
	{Name: "device", Series: device, Group: Account,
		Fitbit: &Origin{Ask: Ask{Path: "/1/user/-/devices.json", Scope: "settings"}, Read: nil}},
}
