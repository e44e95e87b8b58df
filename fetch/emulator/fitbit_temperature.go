package emulator

import "math"

// secondForm is a wall clock without offset and without fraction (sheet 4.2).
const secondForm = "2006-01-02T15:04:05"

// fahrenheit are degrees of it to one of Celsius.
const fahrenheit = 1.8

// temperature is °C or °F.
func (u units) temperature(celsius float64) float64 {
	if u == american {
		return round(celsius*fahrenheit+32, 2)
	}
	return celsius
}

// warmth is a difference of two temperatures.
func (u units) warmth(celsius float64) float64 {
	if u == american {
		celsius *= fahrenheit
	}
	return round(celsius, 2)
}

type skinNight struct {
	DateTime string            `json:"dateTime"`
	Value    skinNightRelative `json:"value"`
	LogType  string            `json:"logType"`
}

type skinNightRelative struct {
	Relative number `json:"nightlyRelative"`
}

// skinTemperature is H7: a difference from the baseline, which the first weeks
// do not have.
func (c *call) skinTemperature() (any, *refusal) {
	var all []skinNight
	for d, n := range c.nights() {
		if math.IsNaN(n.BaselineC) {
			continue
		}
		relative := c.units.warmth(n.SkinC - n.BaselineC)
		all = append(all, skinNight{d.String(), skinNightRelative{number(relative)}, c.person.skinSensor(d)})
	}
	return list(c, "tempSkin", all)
}

// skinSensor is what measured a night: now and then the dedicated sensor did
// not.
func (p *Person) skinSensor(d Date) string {
	if newNoise(p.seed, "skin sensor", int(d)).chance(0.15) {
		return "other_sensors"
	}
	return "dedicated_temp_sensor"
}

// coreTemperature is H8: what the person typed in, oldest first.
func (c *call) coreTemperature() (any, *refusal) {
	var points []point
	for d := range c.known() {
		for _, r := range c.person.Temperatures(d) {
			if !r.At.After(c.now) {
				points = append(points, point{c.person.Wall(r.At).Format(secondForm), number(c.units.temperature(r.Value))})
			}
		}
	}
	return c.series("tempCore", points)
}
