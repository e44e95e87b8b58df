package emulator

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// account answers everything that is no data point (Google sheet 5.9).
func (s *Server) account(g *glance, to target, token grant, r *http.Request) (answer, *googleRefusal) {
	q := r.URL.Query()
	if to.resource == "pairedDevices" {
		return s.pairedDevices(g, to, token, q)
	}
	if refused := knownParameters(q); refused != nil {
		return answer{}, refused
	}
	scope, write := "", s.identity
	switch to.resource {
	case "profile":
		scope, write = scopeProfile, func(w *jsonWriter, g *glance) { s.googleProfile(w, g, token) }
	case "settings":
		scope, write = scopeSettings, s.settings
	case "irnProfile":
		scope, write = scopeIRN, s.irnProfile
	}
	if scope != "" {
		if refused := s.needs(token, scope); refused != nil {
			return answer{}, refused
		}
	}
	var w jsonWriter
	w.open("")
	w.str("name", "users/me/"+to.resource)
	write(&w, g)
	w.close()
	return googleData(w.buf), nil
}

// identity is open to every token.
func (s *Server) identity(w *jsonWriter, _ *glance) {
	w.str("healthUserId", s.healthUserID())
	w.str("legacyUserId", s.person.id)
}

// googleProfile tells strides only to those who may read activity.
func (s *Server) googleProfile(w *jsonWriter, g *glance, token grant) {
	p := s.person
	w.i32("age", p.age(g.today()))
	if s.modes.GoogleBareProfile {
		return
	}
	w.date("membershipStartDate", p.first)
	if slices.Contains(token.scopes, googlePrefix+scopeActivity) {
		w.i32("autoWalkingStrideLengthMm", int(math.Round(p.strideKM(false)*1e6)))
		w.i32("autoRunningStrideLengthMm", int(math.Round(p.strideKM(true)*1e6)))
	}
}

func (s *Server) settings(w *jsonWriter, g *glance) {
	here := s.person.Wall(g.now)
	w.str("timeZone", here.Location().String())
	w.offset("utcOffset", offsetOf(here))
	w.str("languageLocale", "en_GB")
	w.enum("distanceUnit", "DISTANCE_UNIT_KILOMETERS")
	w.enum("weightUnit", "WEIGHT_UNIT_KILOGRAMS")
	w.enum("heightUnit", "HEIGHT_UNIT_CENTIMETERS")
	w.enum("temperatureUnit", "TEMPERATURE_UNIT_CELSIUS")
	w.enum("waterUnit", "WATER_UNIT_ML")
	w.enum("glucoseUnit", "GLUCOSE_UNIT_MMOL_L")
	w.enum("swimUnit", "SWIM_UNIT_METERS")
	w.flag("autoStrideEnabled", true)
	w.enum("strideLengthWalkingType", "STRIDE_LENGTH_TYPE_AUTO")
	w.enum("strideLengthRunningType", "STRIDE_LENGTH_TYPE_DEFAULT")
	w.str("foodLanguageCode", "en-GB")
}

func (s *Server) irnProfile(w *jsonWriter, g *glance) {
	w.flag("onboardingStatus", true)
	w.key("enrollmentStatus")
	w.buf = append(w.buf, "false"...)
	w.instant("updateTime", s.person.DayStart(s.person.first))
}

// pairedDevices lists what the legacy dialect lists.
func (s *Server) pairedDevices(g *glance, to target, token grant, q url.Values) (answer, *googleRefusal) {
	if refused := s.needs(token, scopeSettings); refused != nil {
		return answer{}, refused
	}
	if refused := knownParameters(q, "pageSize", "pageToken"); refused != nil {
		return answer{}, refused
	}
	all := s.googleDevices(g)
	if to.verb == "get" {
		for _, d := range all {
			if d.id == to.id {
				var w jsonWriter
				d.write(&w, g, s.modes.GoogleNoSyncTimes)
				return googleData(w.buf), nil
			}
		}
		return answer{}, missingPoint()
	}
	size, refused := devicePage(q.Get("pageSize"))
	if refused != nil {
		return answer{}, refused
	}
	binding := "devices\n" + q.Get("pageSize")
	from, refused := s.readToken(binding, q.Get("pageToken"))
	if refused != nil {
		return answer{}, refused
	}
	var w jsonWriter
	w.open("")
	end := min(from.skip+size, len(all))
	if from.skip < end {
		w.openList("pairedDevices")
		for _, d := range all[from.skip:end] {
			d.write(&w, g, s.modes.GoogleNoSyncTimes)
		}
		w.closeList()
	}
	s.writeToken(&w, binding, cursor{set: end < len(all), skip: end})
	w.close()
	return googleData(w.buf), nil
}

// devicePage is five devices unless told otherwise, and a hundred at most.
func devicePage(given string) (int, *googleRefusal) {
	if given == "" {
		return 5, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 0 {
		return 0, invalidArgument("", "Invalid value for page_size: %q", given)
	}
	if n == 0 {
		return 5, nil
	}
	return min(n, 100), nil
}

// pairedDevice is a device; a scale tells no battery level.
type pairedDevice struct {
	device
	id       string
	features []string
}

func (s *Server) googleDevices(g *glance) []pairedDevice {
	c := &call{person: s.person, modes: &s.modes, now: g.now, synced: g.synced, today: g.today()}
	list, _ := c.devices()
	var all []pairedDevice
	for _, d := range list.([]device) {
		p := pairedDevice{device: d, id: d.ID[len(d.ID)-3:]}
		if d.Type == "TRACKER" {
			p.features = []string{"HEART_RATE", "STEPS", "SMART_SLEEP"}
		}
		all = append(all, p)
	}
	return all
}

func (d pairedDevice) write(w *jsonWriter, g *glance, silent bool) {
	w.open("")
	w.str("name", g.user+"/pairedDevices/"+d.id)
	w.enum("deviceType", d.Type)
	w.str("deviceVersion", d.DeviceVersion)
	w.str("batteryStatus", d.Battery)
	if d.Type == "TRACKER" {
		w.i32("batteryLevel", d.BatteryLevel)
	}
	if !silent {
		w.instant("lastSyncTime", d.at)
	}
	if d.Type == "TRACKER" {
		w.str("macAddress", d.MAC)
		w.openList("features")
		for _, f := range d.features {
			w.str("", f)
		}
		w.closeList()
	}
	w.close()
}
