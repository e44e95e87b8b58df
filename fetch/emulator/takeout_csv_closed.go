package emulator

import "iter"

// neverRead is the text of files that an importer must not open: one that shows
// up anywhere tells on it.
const neverRead = "placeholder_column\nmust never be read\n"

// closed are files without a series that we export, too big or too personal
// (archive sheet 3.1, 5.3 and 5.4). The sheet has no columns for them.
var closed = []string{
	tableFolder + "UserActivityProbabilities_%s.csv",
	tableFolder + "UserSensorCompressionToken_%s.csv",
	tableFolder + "UserConversations_%s.csv",
	tableFolder + "UserJournalEntries_%s.csv",
	tableFolder + "UserLocation_%s.csv",
	tableFolder + "UserProfileData_%s.csv",
	tableFolder + "UserDemographicData_%s.csv",
	tableFolder + "MedicalRecords_%s.csv",
	tableFolder + "CoachConversations_%s.csv",
	googleFolder + "micro_motion_%s.csv",
	googleFolder + "micro_stillness_%s.csv",
	googleFolder + "weather_forecast_%s.csv",
	googleFolder + "coarse_physical_location_%s.csv",
	googleFolder + "nutrition_log_%s.csv",
	googleFolder + "hydration_log_%s.csv",
	googleFolder + "continuous_eda_%s.csv",
	googleFolder + "mindfulness_session_%s.csv",
}

// closedOnce are such files of a whole life.
var closedOnce = []string{
	googleFolder + "moods.csv",
	"User Profile_GoogleData/UserProfile.csv",
	"Social/Friends.csv",
	"Account Changes/Account Changes.csv",
}

// closedFiles are those of the months of a Takeout.
func (t *takeout) closedFiles() iter.Seq[takeoutFile] {
	return func(yield func(takeoutFile) bool) {
		if !t.google() {
			return
		}
		for _, path := range closedOnce {
			if !yield(takeoutFile{path, []byte(neverRead)}) {
				return
			}
		}
		none := func(_ *takeout, _, _ Date, w *csvText) { w.row("must never be read") }
		for _, path := range closed {
			if !t.filesOf(csvFamily{path: path, span: oneMonth, columns: "placeholder_column", rows: none}, yield) {
				return
			}
		}
	}
}
