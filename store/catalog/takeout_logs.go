package catalog

// Families of exercises, and what belongs to nothing else (takeout-archive.md section 5).
var takeoutLogs = []Family{}
