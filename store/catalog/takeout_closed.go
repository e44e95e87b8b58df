package catalog

import "slices"

// takeoutClosed are the files that stay closed (takeout-archive.md sections 3.1, 5.3 and 5.4,
// section 9 items 12, 24 and 25): by folder what is about the person and the account, by name
// what tells where the person was, or is huge and holds no series.
var takeoutClosed = slices.Concat([]Family{
	{Name: "account.any", Closed: true, Dirs: []string{
		"Account Changes", "User Security Data", "User Profile_GoogleData", "Commerce_GoogleData", "Application",
		"Email Notifications Settings_GoogleData", "InAppNotifications_GoogleData", "Fitbit Premium", "Guided Programs", "Discover",
	}},
	{Name: "social.any", Closed: true, Dirs: []string{
		"Social", "Social_GoogleData", "Fitbit Friends", "Fitbit Care", "Stress Journal",
	}},
	{Name: "media.any", Closed: true, Dirs: []string{"Media"}},
	// The import itself looks up the zone and the height.
	{Name: "profile.csv", Closed: true, Stems: []string{"Profile"}, Ext: ".csv"},
	{Name: "journal_entries.json", Closed: true, Stems: []string{"journal_entries"}, Ext: ".json"},
}, closedCSV(
	closedFile{"user_activity_probabilities", "UserActivityProbabilities"},
	closedFile{"user_sensor_compression_token", "UserSensorCompressionToken"},
	closedFile{"user_conversations", "UserConversations"}, closedFile{"user_journal_entries", "UserJournalEntries"},
	closedFile{"medical_records", "MedicalRecords"}, closedFile{"user_location", "UserLocation"},
	closedFile{"user_profile_data", "UserProfileData"}, closedFile{"user_demographic_data", "UserDemographicData"},
	closedFile{"gps_location", "gps_location"}, closedFile{"coarse_physical_location", "coarse_physical_location"},
	closedFile{"daily_heart_rate_zones", "daily_heart_rate_zones"},
	closedFile{"micro_motion", "micro_motion"}, closedFile{"micro_stillness", "micro_stillness"},
	closedFile{"weather_forecast", "weather_forecast"}, closedFile{"continuous_eda", "continuous_eda"},
	closedFile{"nutrition_log", "nutrition_log"}, closedFile{"hydration_log", "hydration_log"},
	closedFile{"moods", "moods"}, closedFile{"mindfulness_session", "mindfulness_session"},
))

// takeoutRest are what stays closed of folders of which some files are read: whatever else
// turns up there is taken to be personal (section 9, item 25).
var takeoutRest = []Family{
	{Name: "tables.any", Closed: true, Dirs: []string{"Health Fitness Data_GoogleData"}},
	{Name: "personal.any", Closed: true, Dirs: []string{"Your Profile", "Personal & Account"}},
}

// closedFile is a kind of CSV file that stays closed.
type closedFile struct{ name, stem string }

func closedCSV(files ...closedFile) []Family {
	out := make([]Family, len(files))
	for i, f := range files {
		out[i] = Family{Name: f.name + ".csv", Stems: []string{f.stem}, Ext: ".csv", Closed: true}
	}
	return out
}
