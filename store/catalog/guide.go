package catalog

import "slices"

// Guided returns the days, ascending, on which an answer of a type that is a Guide tells that
// there is something: its value is not zero.
func Guided(s Source, guide Type, b Body) ([]Day, error) {
	points, err := guide.Read(guide.Origin(s), b)
	if err != nil {
		return nil, err
	}
	var days []Day
	for _, p := range points {
		days = append(days, p.Day)
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}
