package catalog

// Families of the body (takeout-archive.md section 5).
var takeoutBody = []Family{}
