package emulator

// category decides the times of a type and what its filters may name (Google
// sheet 5.8).
type category int

const (
	interval category = iota
	sample
	daily
	session
	sleeping
	ecgSession
	catalogue
	rollupOnly
)

// action is an operation on a data type (Google sheet 6.1).
type action int

const (
	actList action = 1 << iota
	actGet
	actReconcile
	actRollUp
	actDailyRollUp
)

const (
	readOnly = actList | actReconcile
	rollable = readOnly | actRollUp | actDailyRollUp
	rolled   = actRollUp | actDailyRollUp
)

// googleType is a row of Google sheet 6.1. records gives what is stored of a
// local day, every source, in any order.
type googleType struct {
	id       string // kebab case, in paths
	stem     string // snake case, in filters
	member   string // camel case, in JSON
	category category
	actions  action
	cap      int // longest rollup range in days
	scope    string
	records  func(*glance, Date) []record
	roll     roller
}

const googlePrefix = "https://www.googleapis.com/auth/googlehealth."

// Scopes of Google sheet 2.2, without their prefix.
const (
	scopeActivity  = "activity_and_fitness.readonly"
	scopeMetrics   = "health_metrics_and_measurements.readonly"
	scopeSleep     = "sleep.readonly"
	scopeNutrition = "nutrition.readonly"
	scopeSettings  = "settings.readonly"
	scopeProfile   = "profile.readonly"
	scopeLocation  = "location.readonly"
	scopeECG       = "ecg.readonly"
	scopeIRN       = "irn.readonly"
)

// AllGoogleScopes are the nine scopes that read something.
var AllGoogleScopes = []string{
	googlePrefix + scopeActivity, googlePrefix + scopeMetrics, googlePrefix + scopeSleep,
	googlePrefix + scopeNutrition, googlePrefix + scopeSettings, googlePrefix + scopeProfile,
	googlePrefix + scopeLocation, googlePrefix + scopeECG, googlePrefix + scopeIRN,
}

// idleScopes may be asked for and read nothing.
var idleScopes = []string{
	googlePrefix + "mindfulness.readonly", googlePrefix + "logged_symptoms.readonly",
	googlePrefix + "reproductive_health.readonly",
}

// googleTypes are the readable types.
var googleTypes = []*googleType{
	{"steps", "steps", "steps", interval, rollable, 90, scopeActivity, (*glance).steps, minuteRoll(rollSteps)},
	{"distance", "distance", "distance", interval, rollable, 90, scopeActivity, (*glance).distance, minuteRoll(rollDistance)},
	{"floors", "floors", "floors", interval, rollable &^ actList, 90, scopeActivity, (*glance).floors, minuteRoll(rollFloors)},
	{"altitude", "altitude", "altitude", interval, rollable, 90, scopeActivity, (*glance).altitude, minuteRoll(rollAltitude)},
	{"active-energy-burned", "active_energy_burned", "activeEnergyBurned", interval, rollable, 90, scopeActivity, (*glance).activeEnergy, minuteRoll(rollActiveEnergy)},
	{"basal-energy-burned", "basal_energy_burned", "basalEnergyBurned", interval, readOnly, 0, scopeActivity, (*glance).nothing, nil},
	{"total-calories", "total_calories", "totalCalories", rollupOnly, rolled, 14, scopeActivity, nil, minuteRoll(rollTotalCalories)},
	{"calories-in-heart-rate-zone", "calories_in_heart_rate_zone", "caloriesInHeartRateZone", rollupOnly, rolled, 14, scopeActivity, nil, minuteRoll(rollZoneCalories)},
	{"active-minutes", "active_minutes", "activeMinutes", interval, rollable, 14, scopeActivity, (*glance).activeMinutes, minuteRoll(rollActiveMinutes)},
	{"active-zone-minutes", "active_zone_minutes", "activeZoneMinutes", interval, rollable, 90, scopeActivity, (*glance).zoneMinutes, minuteRoll(rollZoneMinutes)},
	{"activity-level", "activity_level", "activityLevel", interval, readOnly, 0, scopeActivity, (*glance).activityLevels, nil},
	{"sedentary-period", "sedentary_period", "sedentaryPeriod", interval, rollable, 90, scopeActivity, (*glance).sedentary, minuteRoll(rollSedentary)},
	{"time-in-heart-rate-zone", "time_in_heart_rate_zone", "timeInHeartRateZone", interval, rollable, 90, scopeActivity, (*glance).zoneTimes, minuteRoll(rollZoneTimes)},
	{"swim-lengths-data", "swim_lengths_data", "swimLengthsData", interval, rollable, 90, scopeActivity, (*glance).swimLengths, minuteRoll(rollStrokes)},
	{"exercise", "exercise", "exercise", session, readOnly | actGet, 0, scopeActivity, (*glance).exercises, nil},
	{"vo2-max", "vo2_max", "vo2Max", sample, readOnly, 0, scopeActivity, (*glance).vo2Max, nil},
	{"run-vo2-max", "run_vo2_max", "runVo2Max", sample, rollable, 90, scopeActivity, (*glance).runVO2Max, recordRoll(rollRunVO2Max)},
	{"daily-vo2-max", "daily_vo2_max", "dailyVo2Max", daily, readOnly, 0, scopeActivity, (*glance).dailyVO2Max, nil},
	{"heart-rate", "heart_rate", "heartRate", sample, rollable, 14, scopeMetrics, (*glance).heartRate, recordRoll(rollHeartRate)},
	{"heart-rate-variability", "heart_rate_variability", "heartRateVariability", sample, readOnly, 0, scopeMetrics, (*glance).variability, nil},
	{"daily-resting-heart-rate", "daily_resting_heart_rate", "dailyRestingHeartRate", daily, readOnly, 90, scopeMetrics, (*glance).restingHeartRate, personalRoll(rollRestingRange)},
	{"daily-heart-rate-variability", "daily_heart_rate_variability", "dailyHeartRateVariability", daily, readOnly, 90, scopeMetrics, (*glance).dailyVariability, personalRoll(rollVariabilityRange)},
	{"daily-heart-rate-zones", "daily_heart_rate_zones", "dailyHeartRateZones", daily, readOnly, 0, scopeMetrics, (*glance).heartRateZones, nil},
	{"oxygen-saturation", "oxygen_saturation", "oxygenSaturation", sample, readOnly, 0, scopeMetrics, (*glance).oxygen, nil},
	{"daily-oxygen-saturation", "daily_oxygen_saturation", "dailyOxygenSaturation", daily, readOnly, 0, scopeMetrics, (*glance).dailyOxygen, nil},
	{"daily-respiratory-rate", "daily_respiratory_rate", "dailyRespiratoryRate", daily, readOnly, 0, scopeMetrics, (*glance).dailyBreathing, nil},
	{"respiratory-rate-sleep-summary", "respiratory_rate_sleep_summary", "respiratoryRateSleepSummary", sample, readOnly, 0, scopeMetrics, (*glance).breathing, nil},
	{"daily-sleep-temperature-derivations", "daily_sleep_temperature_derivations", "dailySleepTemperatureDerivations", daily, readOnly, 0, scopeMetrics, (*glance).skinTemperature, nil},
	{"core-body-temperature", "core_body_temperature", "coreBodyTemperature", sample, rollable | actGet, 90, scopeMetrics, (*glance).coreTemperature, recordRoll(rollCoreTemperature)},
	{"blood-glucose", "blood_glucose", "bloodGlucose", sample, rollable | actGet, 90, scopeMetrics, (*glance).glucose, recordRoll(rollGlucose)},
	{"weight", "weight", "weight", sample, rollable | actGet, 90, scopeMetrics, (*glance).weights, recordRoll(rollWeight)},
	{"body-fat", "body_fat", "bodyFat", sample, rollable | actGet, 90, scopeMetrics, (*glance).bodyFat, recordRoll(rollBodyFat)},
	{"height", "height", "height", sample, readOnly | actGet, 0, scopeMetrics, (*glance).height, nil},
	{"sleep", "sleep", "sleep", sleeping, readOnly | actGet, 0, scopeSleep, (*glance).sleeps, nil},
	{"hydration-log", "hydration_log", "hydrationLog", session, rollable | actGet, 90, scopeNutrition, (*glance).hydration, recordRoll(rollHydration)},
	{"nutrition-log", "nutrition_log", "nutritionLog", session, rollable | actGet, 90, scopeNutrition, (*glance).nutrition, recordRoll(rollNutrition)},
	{"food", "food", "food", catalogue, actList | actGet, 0, scopeNutrition, (*glance).foods, nil},
	{"food-measurement-unit", "food_measurement_unit", "foodMeasurementUnit", catalogue, actList | actGet, 0, scopeNutrition, (*glance).foodUnits, nil},
	{"electrocardiogram", "electrocardiogram", "electrocardiogram", ecgSession, actList, 0, scopeECG, (*glance).electrocardiograms, nil},
	{"irregular-rhythm-notification", "irregular_rhythm_notification", "irregularRhythmNotification", session, actList, 0, scopeIRN, (*glance).rhythmAlerts, nil},
}

// writeOnlyTypes exist and answer no read (Google sheet 6).
var writeOnlyTypes = []string{"menstrual-period", "ovulation-test", "symptoms", "moods"}

// small types have pages of at most 25 records (Google sheet 3.2).
func (t *googleType) small() bool { return t.id == "sleep" || t.id == "exercise" }

func findGoogleType(id string) *googleType {
	for _, t := range googleTypes {
		if t.id == id {
			return t
		}
	}
	return nil
}
