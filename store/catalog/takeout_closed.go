package catalog

// Families of what stays closed (takeout-archive.md section 5).
var takeoutClosed = []Family{}
