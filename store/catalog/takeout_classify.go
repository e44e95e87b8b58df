package catalog

import (
	"path"
	"slices"
	"strings"
)

// Use says what becomes of a member of an archive.
type Use uint8

// The uses.
const (
	Read    Use = iota // of a known family: staged
	Closed             // of a family that is never opened
	Note               // a readme, a page, a picture: nothing to read
	Foreign            // of another product that shares the archive
	Unknown            // of no family that is known: staged, and listed
)

// The folders of an archive (takeout-archive.md section 3).
var (
	// productRoots are the names of the product's own folder.
	productRoots = []string{"Fitbit", "Google Health"}

	// ownFolders are found in no other product, so that they tell what a folder of a name in
	// another language is.
	ownFolders = []string{
		"Global Export Data", "Physical Activity_GoogleData", "Health Fitness Data_GoogleData", "Body Temperature_GoogleData",
		"User Profile_GoogleData", "Social_GoogleData", "Commerce_GoogleData", "Email Notifications Settings_GoogleData",
		"InAppNotifications_GoogleData", "Sleep Score", "Heart Rate Variability", "Oxygen Saturation (SpO2)",
		"Active Zone Minutes (AZM)", "Daily Readiness", "Stress Score", "Stress Journal", "Snore and Noise Detect",
		"Atrial Fibrillation ECG", "Atrial Fibrillation PPG", "Menstrual Health", "Activity Goals", "Paired Devices",
		"Your Profile", "User Security Data", "Fitbit Friends", "Fitbit Premium",
	}

	// accountFolders are those of the archives of the Fitbit site, which hold nothing else.
	accountFolders = []string{
		"Physical Activity", "Sleep", "Stress", "Personal & Account", "Other", "Application", "Biometrics", "Fitbit Care",
		"Menstrual Health", "Social", "user-site-export",
	}

	// commonFolders might be anybody's: a member of theirs is known by its base name.
	commonFolders = []string{"Sleep", "Temperature", "Mindfulness", "Biometrics", "Heart Rate"}
)

// notes are the extensions of what accompanies the data.
var notes = []string{".html", ".htm", ".txt", ".md", ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg"}

// Classify says what the import does with a member, by its path within the archive, and of
// which family it is where that is known. It opens nothing.
func Classify(name string) (Use, Family) {
	f, known := FamilyOf(name)
	base, ext := strings.ToLower(path.Base(name)), strings.ToLower(path.Ext(name))
	switch _, dirs := productFolders(name); {
	case strings.HasPrefix(base, "."), len(dirs) == 0 && ext == ".html":
		return Note, Family{} // of the system that packed it, or the list of the archive's products
	case !ours(name, known && len(f.Stems) > 0):
		return Foreign, Family{}
	case strings.Contains(base, "readme") && ext == ".txt":
		return Note, Family{}
	case known && f.Closed:
		return Closed, f
	case known:
		return Read, f
	case slices.Contains(notes, ext):
		return Note, Family{}
	}
	return Unknown, Family{}
}

// ours reports whether a member is of Fitbit or Google Health, whose folder may have a name in
// the account's language, or be missing from what was packed again by hand (section 2). named
// says that its base name is one of a family.
func ours(name string, named bool) bool {
	takeout, dirs := productFolders(name)
	if len(dirs) == 0 {
		return named && !takeout
	}
	first := dirs[:1] // a product's, or around it
	if !takeout {
		first = dirs[:min(2, len(dirs))]
	}
	switch {
	case overlap(productRoots, first), overlap(ownFolders, dirs):
		return true
	case strings.EqualFold(dirs[0], "Fit"): // Google Fit, which has names like ours
		return false
	case takeout:
		return named && overlap(commonFolders, dirs[1:min(2, len(dirs))])
	}
	return overlap(accountFolders, dirs[:min(3, len(dirs))]) || named && overlap(commonFolders, dirs)
}

// productFolders returns the folders that a member lies in, from its product's on, and whether
// it lies in a Takeout.
func productFolders(name string) (takeout bool, dirs []string) {
	dirs = strings.Split(name, "/")
	dirs = dirs[:len(dirs)-1]
	at := slices.IndexFunc(dirs, func(d string) bool { return strings.EqualFold(d, "Takeout") })
	return at >= 0, dirs[at+1:]
}

// overlap reports whether one of some names is among others, whatever the case of letters.
func overlap(names, others []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return slices.ContainsFunc(others, func(o string) bool { return strings.EqualFold(n, o) })
	})
}
