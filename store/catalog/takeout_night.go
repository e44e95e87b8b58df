package catalog

// Families of what is measured asleep (takeout-archive.md section 5).
var takeoutNight = []Family{}
