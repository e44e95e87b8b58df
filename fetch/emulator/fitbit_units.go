package emulator

import (
	"math"
	"strconv"
	"strings"
)

// units is the unit system that Accept-Language chooses (sheet 4.1).
type units int

const (
	metric units = iota
	american
	british // weight in stone, otherwise metric
)

func unitsOf(acceptLanguage string) units {
	switch acceptLanguage {
	case "en_US":
		return american
	case "en_GB":
		return british
	}
	return metric
}

const (
	poundsPerKG    = 2.2046226218
	poundsPerStone = 14
	kmPerMile      = 1.609344
	metresPerFoot  = 0.3048
	mlPerOunce     = 29.5735295625
	cmPerInch      = 2.54
)

// weight is kg, lb or stone, to one decimal.
func (u units) weight(kg float64) float64 {
	switch u {
	case american:
		kg *= poundsPerKG
	case british:
		kg *= poundsPerKG / poundsPerStone
	}
	return math.Round(kg*10) / 10
}

// distance is km or miles.
func (u units) distance(km float64) float64 { return u.imperial(km, kmPerMile) }

// elevation is metres or feet.
func (u units) elevation(m float64) float64 { return u.imperial(m, metresPerFoot) }

// water is ml or fluid ounces.
func (u units) water(ml float64) float64 { return u.imperial(ml, mlPerOunce) }

// length is cm or inches.
func (u units) length(cm float64) float64 { return u.imperial(cm, cmPerInch) }

func (u units) imperial(value, divisor float64) float64 {
	if u == american {
		return value / divisor
	}
	return value
}

// number is a JSON number that always shows a decimal point, as the service
// writes its doubles.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) { return []byte(decimal(float64(n))), nil }

// decimal is the shortest form that reads back the same, with a decimal point:
// "0.0", "6.4281999999999995".
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func whole(v float64) string { return strconv.Itoa(int(math.Round(v))) }

// zoneNames are the heart-zone names by Accept-Locale; others get English.
var zoneNames = map[string][4]string{
	"en_US": {"Out of Range", "Fat Burn", "Cardio", "Peak"},
	"de_DE": {"Außerhalb des Bereichs", "Fettverbrennung", "Kardio", "Höchstleistung"},
	"fr_FR": {"Hors de la zone", "Brûle-graisses", "Cardio", "Maximum"},
	"es_ES": {"Fuera de zona", "Quema de grasas", "Cardio", "Pico"},
	"ja_JP": {"範囲外", "脂肪燃焼", "有酸素運動", "ピーク"},
}

func zoneNamesOf(locale string) [4]string {
	if names, ok := zoneNames[locale]; ok {
		return names
	}
	return zoneNames["en_US"]
}
