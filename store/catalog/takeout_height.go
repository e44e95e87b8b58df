package catalog

import "fmt"

// takeoutHeights reads the heights of the CSV, in millimetres.
func takeoutHeights(pages []Body) ([]Point, error) {
	logs, err := readBodyLogs(pages, "height", "height millimeters")
	if err != nil {
		return nil, err
	}
	return logs.withOthers(height, "height_m", thousandth), nil
}

// takeoutOldHeights reads the heights of the JSON. Their unit is probably the millimetre
// (takeout-archive.md section 5.1, an inference); no one is as small as a number of
// centimetres would then say.
func takeoutOldHeights(b Body) ([]Point, error) {
	records, err := takeoutRecords[struct {
		Time  string `json:"dateTime"`
		Value number `json:"value"`
	}](b, "dateTime")
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, r := range records {
		at, err := usWall("dateTime", r.Time)
		if err != nil {
			return nil, err
		}
		var f fieldList
		f.float("height_m", "value", r.Value, func(x float64) (float64, bool) {
			if x < 300 {
				x *= 10
			}
			return roundTo(x/1000, 6), x > 0
		})
		if f.err != nil {
			return nil, fmt.Errorf("height of %s: %w", r.Time, f.err)
		}
		if len(f.fields) > 0 {
			points = append(points, Point{Measurement: height.Measurement, Fields: f.fields, Time: b.Zones.At(at), Day: at.Day()})
		}
	}
	return apart(points), nil
}
