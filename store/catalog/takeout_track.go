package catalog

import (
	"path"
	"strings"
)

// takeoutTrack reads the GPS track of an exercise, which lies in the folder Activities under
// the exercise's id. All of it is filed under the local date of its first point.
func takeoutTrack(b Body) ([]Point, error) {
	b.Path = strings.TrimSuffix(path.Base(b.Path), path.Ext(b.Path))
	if strings.Trim(b.Path, "0123456789") != "" { // not an id
		b.Path = ""
	}
	points, err := readTrackPoints(b)
	if err != nil || len(points) == 0 {
		return nil, err
	}
	day := b.localDay(points[0].Time)
	for i := range points {
		points[i].Day = day
	}
	return points, nil
}
