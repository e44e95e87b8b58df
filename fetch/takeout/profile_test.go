package takeout

import (
	"math"
	"testing"
)

func TestReadProfile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		zone       string // "": an error
		height     float64
	}{
		{"columns in any order", "height,about_me,timezone\n178.0,\"a \"\"b\"\", c\",Europe/Berlin\n", "Europe/Berlin", 1.78},
		{"BOM and CRLF", "\xef\xbb\xbftimezone,height\r\nAsia/Tokyo,160\r\n", "Asia/Tokyo", 1.6},
		{"fewer cells than columns", "timezone,height,height_unit\nAsia/Tokyo\n", "Asia/Tokyo", 0},
		{"centimetres under another unit", "timezone,height,height_unit\nAsia/Tokyo,178,en_US\n", "Asia/Tokyo", 1.78},
		{"inches", "timezone,height,height_unit\nAsia/Tokyo,70,en_US\n", "Asia/Tokyo", 1.778},
		{"a child", "timezone,height,height_unit\nAsia/Tokyo,98,METRIC\n", "Asia/Tokyo", 0.98},
		{"no height", "timezone,height\nAsia/Tokyo,null\n", "Asia/Tokyo", 0},
		{"no number", "timezone,height\nAsia/Tokyo,NaN\n", "Asia/Tokyo", 0},
		{"no zone", "timezone,height\nnull,178\n", "", 1.78},
		{"the machine's zone", "timezone,height\nLocal,178\n", "", 1.78},
		{"an empty zone", "timezone,height\n,178\n", "", 1.78},
		{"no such column", "height\n178\n", "", 1.78},
		{"no row", "timezone,height\n", "", 0},
		{"nothing", "", "", 0},
	} {
		zone, height, err := readProfile([]byte(c.text))
		if (err == nil) != (c.zone != "") || err == nil && zone.String() != c.zone || math.Abs(height-c.height) > 1e-9 {
			t.Errorf("%s: %v, %v, %v", c.name, zone, height, err)
		}
	}
}
