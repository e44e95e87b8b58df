package catalog

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// trainingCenter is a track in Garmin's Training Center XML, version 2.
type trainingCenter struct {
	XMLName xml.Name     `xml:"TrainingCenterDatabase"`
	Points  []trackPoint `xml:"Activities>Activity>Lap>Track>Trackpoint"`
}

type trackPoint struct {
	Time     string `xml:"Time"`
	Lat      string `xml:"Position>LatitudeDegrees"`
	Lon      string `xml:"Position>LongitudeDegrees"`
	Altitude string `xml:"AltitudeMeters"`
	Distance string `xml:"DistanceMeters"` // from the start
	BPM      string `xml:"HeartRateBpm>Value"`
}

// readTrackPoints reads the GPS track of an exercise ([D4], google-health-api.md section 5.10):
// the file itself, or the JSON that wraps it. A point of the track without a position is no
// point, and a file without anything holds none. All are filed under the date of the exercise, which the first of them may lie after
// and which the zone history may see otherwise than the exercise's own offset.
func readTrackPoints(b Body) ([]Point, error) {
	file, err := tcxFile(b.JSON)
	if err != nil {
		return nil, err
	}
	var track trainingCenter
	switch err := xml.Unmarshal(file, &track); {
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(file)) > 0: // a prologue alone
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("TCX: %w", err)
	}
	id := trackID(b.Path)
	var points []Point
	for i, p := range track.Points {
		at, err := readInstant("Time", strings.TrimSpace(p.Time))
		if err != nil {
			return nil, fmt.Errorf("TCX, track point %d: %w", i, err)
		}
		if p.Lat == "" || p.Lon == "" {
			continue
		}
		f := p.fields()
		f.str("log_id", id)
		if f.err != nil {
			return nil, fmt.Errorf("TCX, track point of %s: %w", p.Time, f.err)
		}
		points = append(points, Point{Measurement: gps.Measurement, Fields: f.fields, Time: at, Day: b.Day})
	}
	return points, nil
}

// sideBySide keeps the tracks of exercises apart that were recorded at one time, by a watch
// and a phone: a point lies a nanosecond after that of another track. Of one track, a point
// that ends a lap and begins the next stays one.
func sideBySide(points []Point, _ Archive, _ Zones) []Point {
	tracks := map[time.Time]string{}
	for i := range points {
		p, id := &points[i], logID(points[i])
		for other, taken := tracks[p.Time]; taken && other != id; other, taken = tracks[p.Time] {
			p.Time = p.Time.Add(time.Nanosecond)
		}
		tracks[p.Time] = id
	}
	return points
}

func (p trackPoint) fields() fieldList {
	text := func(s string) number { return number(strings.TrimSpace(s)) }
	var f fieldList
	f.float("lat", "LatitudeDegrees", text(p.Lat), nil)
	f.float("lon", "LongitudeDegrees", text(p.Lon), nil)
	f.float("altitude_m", "AltitudeMeters", text(p.Altitude), nil)
	f.float("distance_m", "DistanceMeters", text(p.Distance), nil)
	f.int("bpm", "HeartRateBpm", text(p.BPM))
	return f
}

// tcxFile returns the XML of an answer, which is the whole of it, or its member tcxData.
func tcxFile(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return body, nil
	}
	var answer struct {
		Data string `json:"tcxData"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, plain(err)
	}
	if answer.Data == "" {
		return nil, errors.New("the answer has no tcxData")
	}
	return []byte(answer.Data), nil
}

// trackID returns the exercise whose track a request asked for.
func trackID(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, ":exportExerciseTcx")
	return strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".tcx")
}
