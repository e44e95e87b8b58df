package catalog

// Families of activity of minutes and days (takeout-archive.md section 5).
var takeoutActivity = []Family{}
