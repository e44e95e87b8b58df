package catalog

import "testing"

// TestJoinedMembersAreReadOnImport: of members that are read together one that does not read
// would take the others with it, so that the import finds it, and not the export.
func TestJoinedMembersAreReadOnImport(t *testing.T) {
	sleeps := func(asleep string) string {
		return "sleep_id,sleep_type,minutes_asleep,start_utc_offset,sleep_start,end_utc_offset,sleep_end\n" +
			"1,STAGES," + asleep + ",-07:00,2026-09-14T06:09:00Z,-07:00,2026-09-14T13:19:00Z\n"
	}
	for _, c := range []struct{ name, good, bad string }{
		{"sedentary_minutes-2024-05-03.json", `[{"dateTime":"05/12/24 00:00:00","value":"700"}]`, `[{"dateTime":"05/12/24 00:00:00","value":"much"}]`},
		{"weight-2024-05-03.json", `[{"logId":1,"weight":171.3,"date":"05/12/24","time":"07:00:00"}]`, `[{"logId":1,"weight":"much","date":"05/12/24","time":"07:00:00"}]`},
		{"UserSleeps_2026-09-01.csv", sleeps("400"), sleeps("much")},
	} {
		f, ok := FamilyOf("Takeout/Fitbit/x/" + c.name)
		if !ok {
			t.Fatalf("%s is of no family", c.name)
		}
		if days, err := f.Held(Body{JSON: []byte(c.good), Path: c.name}); err != nil || len(days) != 1 {
			t.Errorf("%s holds %v, %v", c.name, days, err)
		}
		if days, err := f.Held(Body{JSON: []byte(c.bad), Path: c.name}); err == nil {
			t.Errorf("%s holds %v though it does not read", c.name, days)
		}
	}
}
