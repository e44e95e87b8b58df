package catalog

// Families of the heart (takeout-archive.md section 5).
var takeoutHeart = []Family{}
