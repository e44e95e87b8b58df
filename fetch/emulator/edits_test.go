package emulator_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"fitvault/fetch/emulator"
)

func TestDeleteAndEditSleep(t *testing.T) {
	b := start(t)
	d := napDay(t, b)
	path := sleepPath(d.String(), d.String())
	logs := b.Person().Sleeps(d)
	if b.DeleteSleep(12345) {
		t.Error("deleted a log that is not there")
	}
	if !b.DeleteSleep(logs[1].LogID) || b.DeleteSleep(logs[1].LogID) {
		t.Error("a log is deleted once")
	}
	if l := sleepLogs(t, b.ok(path)); len(l) != 1 || l[0].LogID.String() != strconv.FormatInt(logs[0].LogID, 10) {
		t.Fatalf("after the deletion: %+v", l)
	}
	id, ok := b.EditSleep(logs[0].LogID)
	l := sleepLogs(t, b.ok(path))
	if !ok || len(l) != 1 || l[0].LogID.String() != strconv.FormatInt(id, 10) || id == logs[0].LogID {
		t.Fatalf("edited to %d: %+v", id, l)
	}
	if l[0].Type != "classic" || !l[0].IsMainSleep || l[0].Levels.ShortData != nil {
		t.Errorf("edited log: %+v", l[0])
	}
	again, ok := b.EditSleep(id)
	if l := sleepLogs(t, b.ok(path)); !ok || again == id || len(l) != 1 || l[0].LogID.String() != strconv.FormatInt(again, 10) {
		t.Errorf("edited again to %d: %+v", again, l)
	}
	if _, ok := b.EditSleep(logs[0].LogID); ok {
		t.Error("the old id can still be edited")
	}
	if !b.DeleteSleep(again) || len(sleepLogs(t, b.ok(path))) != 0 {
		t.Error("the edited log cannot be deleted")
	}
}

func TestAddSleep(t *testing.T) {
	b := start(t)
	begin := time.Date(2025, 10, 30, 17, 0, 0, 0, time.UTC)
	before := len(sleepLogs(t, b.ok(sleepPath("2025-10-30", "2025-10-30"))))
	id := b.AddSleep(begin, begin.Add(30*time.Minute))
	l := sleepLogs(t, b.ok(sleepPath("2025-10-30", "2025-10-30")))
	if len(l) != before+1 || l[0].LogID.String() != strconv.FormatInt(id, 10) {
		t.Fatalf("%d logs, newest %+v", len(l), l[0])
	}
	if l[0].LogType != "manual" || l[0].StartTime != "2025-10-30T18:00:00.000" || l[0].MinutesAsleep != 30 {
		t.Errorf("typed in: %+v", l[0])
	}
}

func TestEditWeights(t *testing.T) {
	b := start(t)
	path := logPath("weight", "2025-10-30", "2025-10-30")
	before := len(weights(t, b.ok(path), "weight"))
	id := b.AddWeight(time.Date(2025, 10, 30, 6, 30, 15, 0, time.UTC), 80.25, 0, "API")
	got := weights(t, b.ok(path), "weight")
	if len(got) != before+1 || got[0].LogID != id || got[0].Time != "07:30:15" {
		t.Fatalf("added: %+v", got)
	}
	if v := values(t, b.ok("/1/user/-/body/weight/date/2025-10-30/2025-10-30.json"), "body-weight"); before == 0 && !strings.HasPrefix(v["2025-10-30"], `"80.`) {
		t.Errorf("series after the entry: %v", v)
	}
	if !b.DeleteWeight(id) || b.DeleteWeight(id) || len(weights(t, b.ok(path), "weight")) != before {
		t.Error("the added weighing was not deleted once")
	}
	for _, w := range bodyLogs(t, b, "weight") {
		if !b.DeleteWeight(w.LogID) && w.Source != "Withings" {
			t.Errorf("not deleted: %+v", w)
		}
	}
	if got := bodyLogs(t, b, "weight"); len(got) != 0 {
		t.Errorf("left: %+v", got)
	}
	old := b.AddWeight(time.Date(2019, 5, 1, 5, 0, 0, 0, time.UTC), 70, 20, "API")
	if got := weights(t, b.ok(logPath("weight", "2019-05-01", "2019-05-02")), "weight"); len(got) != 1 || got[0].LogID != old {
		t.Errorf("older than memberSince: %+v", got)
	}
	if v := values(t, b.ok("/1/user/-/body/weight/date/2025-10-30/2025-10-30.json"), "body-weight"); v["2025-10-30"] != `"70.0"` {
		t.Errorf("carried forward from 2019: %v", v)
	}
}

func TestSetFood(t *testing.T) {
	b := start(t)
	b.SetFood(day(t, "2025-10-30"), 1234, 0)
	if v := values(t, b.ok("/1/user/-/foods/log/caloriesIn/date/2025-10-30/2025-10-30.json"), "foods-log-caloriesIn"); v["2025-10-30"] != `"1234"` {
		t.Errorf("food: %v", v)
	}
}

func TestMove(t *testing.T) {
	b := start(t)
	p := b.Person()
	path := sleepPath("2025-10-10", "2025-10-19")
	before := b.ok(path)
	at := p.DayStart(day(t, "2025-10-15"))
	if err := b.Move(day(t, "2025-10-20"), "Nowhere/Atall"); err == nil {
		t.Error("moved nowhere")
	}
	warm := p.Day(day(t, "2025-10-26"))
	if err := b.Move(day(t, "2025-10-20"), "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	if cold := p.Day(day(t, "2025-10-26")); warm.Minutes != 1500 || cold.Minutes != 1440 {
		t.Errorf("26 October had %d minutes, and there %d", warm.Minutes, cold.Minutes)
	}
	if after := b.ok(path); after != before {
		t.Error("nights before the journey have changed")
	}
	if !p.DayStart(day(t, "2025-10-15")).Equal(at) {
		t.Error("days before the journey have other instants")
	}
	tokyo, _ := time.LoadLocation("Asia/Tokyo")
	if got := p.DayStart(day(t, "2025-10-20")); !got.Equal(time.Date(2025, 10, 20, 0, 0, 0, 0, tokyo)) {
		t.Errorf("the first day there starts at %v", got)
	}
	if n := len(p.Minutes(day(t, "2025-10-19"))); n != 1440-7*60 {
		t.Errorf("the day of the journey east has %d minutes", n)
	}
	if n := len(p.Minutes(day(t, "2025-10-26"))); n != 1440 {
		t.Errorf("there is no clock change in Tokyo, but %d minutes", n)
	}
	for _, s := range p.Sleeps(day(t, "2025-10-24")) {
		for _, l := range sleepLogs(t, b.ok(sleepPath("2025-10-24", "2025-10-24"))) {
			if l.LogID.String() == strconv.FormatInt(s.LogID, 10) && l.StartTime != s.Start.In(tokyo).Format(wallForm) {
				t.Errorf("night in Tokyo starts at %s, truly %v", l.StartTime, s.Start)
			}
		}
	}
	profile := b.ok("/1/user/-/profile.json")
	if !strings.Contains(profile, `"timezone":"Asia/Tokyo"`) || !strings.Contains(profile, `"offsetFromUTCMillis":32400000`) {
		t.Errorf("profile: %s", profile)
	}
	if got := b.tracker().LastSyncTime; got != b.LastSync().In(tokyo).Format(wallForm) {
		t.Errorf("lastSyncTime %s, truly %v", got, b.LastSync())
	}
}

func TestMoveWest(t *testing.T) {
	b := start(t)
	if err := b.Move(day(t, "2025-10-20"), "America/Los_Angeles"); err != nil {
		t.Fatal(err)
	}
	for d := day(t, "2025-10-18"); d <= day(t, "2025-10-22"); d++ {
		for _, s := range b.Person().Sleeps(d) {
			if length := s.End.Sub(s.Start); length < 20*time.Minute || length > 13*time.Hour {
				t.Errorf("%s: asleep for %v", d, length)
			}
			if got := emulator.DateOf(b.Person().Wall(s.End)); got != d {
				t.Errorf("ended on %s, belongs to %s", got, d)
			}
		}
	}
}
