package catalog_test

import (
	"strings"
	"testing"

	"fitvault/store/catalog"
)

// uses names the uses as the table of TestClassify does.
var uses = map[string]catalog.Use{
	"read": catalog.Read, "closed": catalog.Closed, "note": catalog.Note, "foreign": catalog.Foreign, "unknown": catalog.Unknown,
}

// TestClassify holds members to the uses that takeout-archive.md sections 2, 3 and 5 give them:
// "<use>[ <family>]: <path>". What is measured asleep is only ours here: TestFamilies holds the
// fixtures to their families.
func TestClassify(t *testing.T) {
	for line := range strings.Lines(classified) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		want, name, _ := strings.Cut(line, ": ")
		use, family, _ := strings.Cut(want, " ")
		got, f := catalog.Classify(name)
		if use == "ours" && (got == catalog.Foreign || got == catalog.Note) {
			t.Errorf("%s: use %d of family %q, want it to be told as ours", name, got, f.Name)
		}
		if use != "ours" && (got != uses[use] || f.Name != family) {
			t.Errorf("%s: use %d of family %q, want %s", name, got, f.Name, want)
		}
	}
}

const classified = `
# Other products, whatever the account's language; their names may look like ours.
note: Takeout/archive_browser.html
note: Takeout/Archiv_Übersicht.html
note: archive_browser.html
note: __MACOSX/Takeout/Fitbit/Global Export Data/._steps-2024-05-03.json
note: Takeout/.DS_Store
foreign: Takeout/YouTube und YouTube Music/Verlauf/Wiedergabeverlauf.html
foreign: Takeout/Meine Aktivitäten/Fit/MeineAktivitäten.html
foreign: Takeout/Google Fotos/Fotos von 2024/Metadaten.json
foreign: Takeout/Google Fotos/Fitbit/Metadaten.json
foreign: Takeout/Fit/Daily activity metrics/2024-05-12.csv
foreign: Takeout/Fit/All data/steps-2024-05-03.json
foreign: Takeout/Fit/Activities/2024-05-12T07_15_00-07_00_Running.tcx
foreign: Takeout/Fit/weight.csv
foreign: Takeout/Fit/Sleep/weight.csv
foreign: Takeout/Fit/Sleep/sleep-2024-05-12.json
foreign: Takeout/Tasks/Social/Friends.csv
foreign: Fit/Daily activity metrics/2024-05-12.csv
foreign: notes/todo.csv
foreign: Takeout/something.json

# What accompanies the data.
note: Takeout/Fitbit/Global Export Data/Global Export Data README.txt
note: Takeout/Google Health/Physical Activity_GoogleData/heart_rate_readme.txt
note: Takeout/Fitbit/Your Profile/Profile README.txt
note: Takeout/Fitbit/Atrial Fibrillation PPG/Afib PPG README.txt
note: Takeout/Fitbit/Paired Devices/picture.JPG

# Ours, and of no family.
unknown: Takeout/Fitbit/Global Export Data/badge.json
unknown: Takeout/Fitbit/Global Export Data/water_logs-0.json
unknown: Takeout/Google Health/Physical Activity_GoogleData/Brand New/brand_new_2026-09-01.csv
unknown: Takeout/Salud de Google/Global Export Data/badge.json
unknown: SamplePerson/Sleep/Brand New - 2023-01-01.csv
unknown: SamplePerson/user-site-export/trophy.json
unknown: Global Export Data/games.json

# Read.
read weight.json: Takeout/Fitbit/Global Export Data/weight-2024-05-03.json
read weight.json: SamplePerson/Personal & Account/weight-2023-01-01.json
read weight.json: SamplePerson/user-site-export/weight-2019-01-01.json
read weight.json: Takeout/Google Health/Physical Activity_GoogleData/weight.csv
read weight.json: Takeout/Google Health/Physical Activity_GoogleData/Weight/weight_2024-05-01.csv
read weight.json: Takeout/Google Health/Physical Activity_GoogleData/body_fat_2026-09-01.csv
read height.csv: Takeout/Google Health/Physical Activity_GoogleData/height.csv
read height.json: SamplePerson/Personal & Account/height-2024-01-01.json
read exercise.json: Takeout/Fitbit/Global Export Data/exercise-0.json
read exercise.json: SamplePerson/Physical Activity/exercise-1700.json
read exercise.json: Global Export Data/exercise-100.json
read exercise.json: exercise-100.json
read exercise.json: takeout-20240620T101500Z-001/Fitbit/Global Export Data/EXERCISE-0.JSON
read user_exercises.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserExercises_2026-09-01.csv
read user_exercises.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserExercises_0.csv
read activities.tcx: Takeout/Fitbit/Activities/60000000003.tcx
read activities.tcx: takeout-20240620T101500Z-001/Fitbit/Activities/60000000003.tcx
read activities.tcx: Google Health/Activities/60000000003.tcx
read cardio_load.csv: Takeout/Google Health/Physical Activity_GoogleData/Cardio Load/cardio_load_2026-09-01.csv
read stress_score.csv: Takeout/Fitbit/Stress Score/Stress Score.csv
read stress_score.csv: SamplePerson/Stress/Stress Score.csv
read daily_readiness.csv: Takeout/Google Health/Physical Activity_GoogleData/daily_readiness.csv
read daily_readiness_score.csv: Takeout/Fitbit/Daily Readiness/Daily Readiness Score - 2024-05-01.csv
read daily_readiness_user_properties.csv: Takeout/Fitbit/Daily Readiness/Daily Readiness User Properties - 2024-05-01.csv
read mindfulness_eda_data_sessions.csv: Takeout/Fitbit/Mindfulness/Mindfulness Eda Data Sessions - 2024-05-01.csv
read mindfulness_eda_data_sessions.csv: Takeout/Salud de Google/Mindfulness/Mindfulness Eda Data Sessions - 2024-05-01.csv
read mindfulness_sessions.csv: Takeout/Fitbit/Mindfulness/Mindfulness Sessions.csv
read afib_ecg_reading.csv: Takeout/Fitbit/Atrial Fibrillation ECG/afib_ecg_reading_1602141306000.csv
read glucose.csv: Takeout/Fitbit/Biometrics/Glucose 202405.csv
read paired_devices.csv: Takeout/Google Health/Paired Devices/Devices.csv
read activity_goals.csv: SamplePerson/Physical Activity/Activity Goals.csv
read menstrual_health.csv: SamplePerson/Menstrual Health/menstrual_health_cycles.csv

# Of the sample archives, what is not above.
read heart_rate.json: SamplePerson/Physical Activity/heart_rate-2023-01-26.json
read steps.json: SamplePerson/Physical Activity/steps-2023-01-26.json
read altitude.json: SamplePerson/user-site-export/altitude-2019-01-01.json
read heart_rate.json: SamplePerson/user-site-export/heart_rate-2019-01-01.json
read resting_heart_rate.json: SamplePerson/user-site-export/resting_heart_rate-2018-10-24.json
read steps.json: SamplePerson/user-site-export/steps-2019-01-01.json
read active_zone_minutes_local.csv: Takeout/Fitbit/Active Zone Minutes (AZM)/Active Zone Minutes - 2024-05-01.csv
read altitude.json: Takeout/Fitbit/Global Export Data/altitude-2024-05-03.json
read calories.json: Takeout/Fitbit/Global Export Data/calories-2024-05-03.json
read demographic_vo2_max.json: Takeout/Fitbit/Global Export Data/demographic_vo2_max-2024-01-01.json
read distance.json: Takeout/Fitbit/Global Export Data/distance-2024-05-03.json
read heart_rate.json: Takeout/Fitbit/Global Export Data/heart_rate-2024-05-12.json
read heart_rate.json: Takeout/Fitbit/Global Export Data/heart_rate-2024-05-13.json
read activity_minutes.json: Takeout/Fitbit/Global Export Data/lightly_active_minutes-2024-05-03.json
read activity_minutes.json: Takeout/Fitbit/Global Export Data/moderately_active_minutes-2024-05-03.json
read resting_heart_rate.json: Takeout/Fitbit/Global Export Data/resting_heart_rate-2024-01-01.json
read run_vo2_max.json: Takeout/Fitbit/Global Export Data/run_vo2_max-2024-05-03.json
read activity_minutes.json: Takeout/Fitbit/Global Export Data/sedentary_minutes-2024-05-03.json
read steps.json: Takeout/Fitbit/Global Export Data/steps-2024-05-03.json
read swim_lengths_data.json: Takeout/Fitbit/Global Export Data/swim_lengths_data-2024-05-03.json
read time_in_heart_rate_zones.json: Takeout/Fitbit/Global Export Data/time_in_heart_rate_zones-2024-05-12.json
read activity_minutes.json: Takeout/Fitbit/Global Export Data/very_active_minutes-2024-05-03.json
read heart_rate.csv: Takeout/Fitbit/Physical Activity_GoogleData/heart_rate_2024-05-12.csv
read steps.csv: Takeout/Fitbit/Physical Activity_GoogleData/steps_2024-05-01.csv
read glucose.csv: Takeout/Google Health/Biometrics/Glucose 202609.csv
read calories.json: Takeout/Google Health/Global Export Data/calories-2026-08-20.json
read distance.json: Takeout/Google Health/Global Export Data/distance-2026-08-20.json
read steps.json: Takeout/Google Health/Global Export Data/steps-2026-08-20.json
read heart_rate.csv: Takeout/Google Health/Physical Activity_GoogleData/Heart Rate/heart_rate_2026-09-15.csv
read active_zone_minutes.csv: Takeout/Google Health/Physical Activity_GoogleData/active_zone_minutes_2026-09-01.csv
read calories.csv: Takeout/Google Health/Physical Activity_GoogleData/calories_2026-09-01.csv
read resting_heart_rate.csv: Takeout/Google Health/Physical Activity_GoogleData/daily_resting_heart_rate.csv
read distance.csv: Takeout/Google Health/Physical Activity_GoogleData/distance_2026-09-01.csv
read floors.csv: Takeout/Google Health/Physical Activity_GoogleData/floors_2026-09-01.csv
read heart_rate.csv: Takeout/Google Health/Physical Activity_GoogleData/heart_rate_2026-09-14.csv
read steps.csv: Takeout/Google Health/Physical Activity_GoogleData/steps_2026-09-01.csv
ours: SamplePerson/Other/estimated_oxygen_variation-2023-01-26.csv
ours: SamplePerson/Sleep/Daily SpO2 - 2023-01-01-2023-01-31.csv
ours: SamplePerson/Sleep/sleep-2022-12-28.json
ours: SamplePerson/Sleep/sleep_score.csv
ours: Takeout/Fitbit/Global Export Data/estimated_oxygen_variation-2024-05-12.csv
ours: Takeout/Fitbit/Global Export Data/sleep-2024-04-12.json
ours: Takeout/Fitbit/Global Export Data/sleep-2024-05-12.json
ours: Takeout/Fitbit/Health Fitness Data_GoogleData/UserSleeps_2024-05-01.csv
ours: Takeout/Fitbit/Heart Rate Variability/Daily Heart Rate Variability Summary - 2024-05-(12).csv
ours: Takeout/Fitbit/Heart Rate Variability/Daily Respiratory Rate Summary - 2024-05-12.csv
ours: Takeout/Fitbit/Heart Rate Variability/Heart Rate Variability Details - 2024-05-12.csv
ours: Takeout/Fitbit/Heart Rate Variability/Heart Rate Variability Histogram - 2024-05-01.csv
ours: Takeout/Fitbit/Heart Rate Variability/Respiratory Rate Summary - 2024-05-01.csv
ours: Takeout/Fitbit/Oxygen Saturation (SpO2)/Daily SpO2 - 2024-05-01-2024-06-20.csv
ours: Takeout/Fitbit/Oxygen Saturation (SpO2)/Minute SpO2 - 2024-05-12.csv
ours: Takeout/Fitbit/Oxygen Saturation (SpO2)/Minute SpO2 - 2024-05-13.csv
ours: Takeout/Fitbit/Sleep Score/sleep_score.csv
ours: Takeout/Fitbit/Snore and Noise Detect/Snore Details - 2024-05-12.csv
ours: Takeout/Fitbit/Temperature/Computed Temperature - 2024-05-01.csv
ours: Takeout/Fitbit/Temperature/Device Temperature - 2024-05-12.csv
ours: Takeout/Google Health/Health Fitness Data_GoogleData/UserSleepScores_2026-09-01.csv
ours: Takeout/Google Health/Health Fitness Data_GoogleData/UserSleepStages_2026-09-01.csv
ours: Takeout/Google Health/Health Fitness Data_GoogleData/UserSleeps_2026-09-01.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/body_temperature_2026-09-14.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/daily_heart_rate_variability.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/daily_oxygen_saturation.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/daily_respiratory_rate.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/daily_sleep_temperature_derivations.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/heart_rate_variability_2026-09-01.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/oxygen_saturation_2026-09-01.csv
ours: Takeout/Google Health/Physical Activity_GoogleData/respiratory_rate_sleep_summary_2026-09-01.csv
ours: Takeout/Google Health/Sleep Score/sleep_score.csv

# Closed by folder.
closed account.any: Takeout/Fitbit/Account Changes/Account Changes.csv
closed account.any: Takeout/Fitbit/User Security Data/Logins/steps-2024-05-03.json
closed account.any: Takeout/Google Health/User Profile_GoogleData/UserProfile.csv
closed account.any: Takeout/Google Health/Commerce_GoogleData/orders.json
closed account.any: Takeout/Google Health/Email Notifications Settings_GoogleData/Settings.csv
closed account.any: Takeout/Google Health/InAppNotifications_GoogleData/a.csv
closed account.any: Takeout/Fitbit/Fitbit Premium/a.csv
closed account.any: Takeout/Fitbit/Guided Programs/a.csv
closed account.any: Takeout/Fitbit/Discover/a.csv
closed account.any: SamplePerson/Application/a.json
closed social.any: Takeout/Fitbit/Social/Friends.csv
closed social.any: Takeout/Google Health/Social_GoogleData/a.csv
closed social.any: Takeout/Fitbit/Fitbit Friends/a.csv
closed social.any: Takeout/Fitbit/Stress Journal/a.csv
closed social.any: SamplePerson/Fitbit Care/a.json
closed media.any: Takeout/Fitbit/Your Profile/Media/Avatar Photo.jpg
closed media.any: SamplePerson/Personal & Account/Media/Avatar Photo.jpg
closed profile.csv: Takeout/Fitbit/Your Profile/Profile.csv
closed profile.csv: Takeout/Salud de Google/Your Profile/Profile.csv
closed profile.csv: SamplePerson/Personal & Account/Profile.csv
closed personal.any: SamplePerson/Personal & Account/Email.csv
closed personal.any: Takeout/Fitbit/Your Profile/New.csv

# Closed by name.
closed journal_entries.json: Takeout/Fitbit/Global Export Data/journal_entries.json
closed user_activity_probabilities.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserActivityProbabilities_2026-09-01.csv
closed user_sensor_compression_token.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserSensorCompressionToken_0.csv
closed user_conversations.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserConversations_2026-09-01.csv
closed user_journal_entries.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserJournalEntries_2026-09-01.csv
closed medical_records.csv: Takeout/Google Health/Health Fitness Data_GoogleData/MedicalRecords_2026-09-01.csv
closed user_location.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserLocation_2026-09-01.csv
closed user_profile_data.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserProfileData_2026-09-01.csv
closed user_demographic_data.csv: Takeout/Google Health/Health Fitness Data_GoogleData/UserDemographicData_2026-09-01.csv
closed tables.any: Takeout/Google Health/Health Fitness Data_GoogleData/CoachConversations_2026-09-01.csv
closed tables.any: Takeout/Google Health/Health Fitness Data_GoogleData/UserSettings_2026-09-01.csv
closed gps_location.csv: Takeout/Google Health/Physical Activity_GoogleData/Gps Location/gps_location_2026-09-14.csv
closed coarse_physical_location.csv: Takeout/Google Health/Physical Activity_GoogleData/coarse_physical_location_2026-09-01.csv
closed daily_heart_rate_zones.csv: Takeout/Google Health/Physical Activity_GoogleData/daily_heart_rate_zones.csv
closed micro_motion.csv: Takeout/Google Health/Physical Activity_GoogleData/micro_motion_2026-09-01.csv
closed micro_stillness.csv: Takeout/Google Health/Physical Activity_GoogleData/micro_stillness_2026-09-01.csv
closed weather_forecast.csv: Takeout/Google Health/Physical Activity_GoogleData/weather_forecast_2026-09-01.csv
closed nutrition_log.csv: Takeout/Google Health/Physical Activity_GoogleData/nutrition_log_2026-09-01.csv
closed hydration_log.csv: Takeout/Google Health/Physical Activity_GoogleData/hydration_log_2026-09-01.csv
closed continuous_eda.csv: Takeout/Google Health/Physical Activity_GoogleData/continuous_eda_2026-09-01.csv
closed moods.csv: Takeout/Google Health/Physical Activity_GoogleData/moods.csv
closed mindfulness_session.csv: Takeout/Google Health/Physical Activity_GoogleData/mindfulness_session_2026-09-01.csv
`
