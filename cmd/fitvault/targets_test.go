package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"fitvault/export/influx/influxtest"
	"fitvault/fetch/emulator"
)

// listedTargets is what targets list --json prints.
func (h *home) listedTargets() []targetStatus {
	h.t.Helper()
	var out []targetStatus
	if err := json.Unmarshal([]byte(h.exits(exitDone, "targets", "list", "--json").out.String()), &out); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// TestTargets: what is remembered of targets is listed and forgotten, and nothing in the
// database is touched by that.
func TestTargets(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	one, two := db.Database(), db.Database()
	s := serve(t, emulator.Options{Days: 10})
	h := s.home(t, influxEnv(db.URL(), one)...)
	h.exits(exitDone, "fetch")
	if list := h.listedTargets(); list == nil || len(list) > 0 {
		t.Errorf("before any export: %v", list)
	}
	h.exits(exitDone, "export")
	h.with("DB_NAME="+two).exits(exitDone, "export", "--schema", "fitbit-grafana")
	h.exits(exitDone, "targets", "list").prints("LAST EXPORT", db.URL()+"  "+one, " fitbit-grafana ")
	list := h.listedTargets()
	if len(list) != 2 || list[0].Database != one || list[0].Behind != 0 || list[0].Points == 0 || list[1].Schema != "fitbit-grafana" {
		t.Fatalf("%+v", list)
	}
	first := list[0]
	change(t, h.vault, `INSERT INTO rejects (stage, source, type, target_id, error, tries, first_at, last_at) VALUES ('write', '', 'sleep', 1, 'odd', 1, 1, 1)`)

	st := openVault(t, h.vault)
	release, err := st.LockExport(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.exits(exitFailed, "targets", "forget", strconv.FormatInt(first.ID, 10)).says("another export is running on this vault: process")
	h.exits(exitDone, "export", "--dry-run") // which waits for nobody
	release()
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	held := db.Dump(one)
	h.exits(exitDone, "targets", "forget", first.Address, first.Database).says("forgot", first.Address, "nothing was deleted there", "--rebuild")
	if list := h.listedTargets(); len(list) != 1 || list[0].Database != two {
		t.Errorf("after it was forgotten: %+v", list)
	}
	if n := rows(t, h.vault, "SELECT count(*) FROM exported WHERE target_id = "+strconv.FormatInt(first.ID, 10))[0]; n != "0" {
		t.Errorf("%s units of it are remembered", n)
	}
	if rejects := h.reported().Rejects; len(rejects) > 0 {
		t.Errorf("its rejects are open: %v", rejects)
	}
	if len(db.Dump(one)) != len(held) {
		t.Error("the database was touched")
	}
	if r := h.reportedExport(); r.Points != len(held) {
		t.Errorf("a later export does not write everything again: %+v", r)
	}
	h.exits(exitDone, "verify")
}

func TestForgetNamesOneTarget(t *testing.T) {
	t.Parallel()
	s := serve(t, emulator.Options{Days: 5})
	h := s.home(t)
	h.exits(exitDone, "fetch")
	for id, schema := range []string{"native", "fitbit-grafana"} {
		change(t, h.vault, "INSERT INTO targets VALUES ("+strconv.Itoa(id+1)+", 'http://db:8086', 'fitbit', '"+schema+"', 0, NULL)")
	}
	h.exits(exitUsage, "targets").says("list or forget")
	h.exits(exitUsage, "targets", "lits").says(`did you mean "targets list"?`)
	h.exits(exitUsage, "targets", "forget").says("its id, or its address")
	h.exits(exitUsage, "targets", "forget", "first").says("not the id of a target")
	h.exits(exitFailed, "targets", "forget", "7").says("nothing to forget", "fitvault targets list")
	h.exits(exitFailed, "targets", "forget", "http://db:8086", "other").says("nothing to forget")
	h.exits(exitUsage, "targets", "forget", "http://db:8086", "fitbit").says("2 schemas there")
	h.exits(exitDone, "targets", "forget", "http://db:8086/", "fitbit", "fitbit-grafana", "--quiet")
	h.exits(exitDone, "targets", "forget", "1")
	if list := h.listedTargets(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// TestOneMachineOneTarget: the names of this machine lead to one memory, under the name that
// was used first.
func TestOneMachineOneTarget(t *testing.T) {
	t.Parallel()
	db := influxtest.Shared(t)
	name := db.Database()
	s := serve(t, emulator.Options{Days: 5})
	port := db.URL()[strings.LastIndex(db.URL(), ":"):]
	h := s.home(t, "INFLUX_DATABASE="+name, "INFLUX_URL=http://localhost"+port)
	h.exits(exitDone, "fetch")
	h.exits(exitDone, "export")
	other := h.with("INFLUX_URL=http://127.0.0.1" + port + "/")
	if r := other.reportedExport("--dry-run"); r.Points != 0 {
		t.Errorf("a dry run does not find it again: %+v", r)
	}
	if r := other.reportedExport(); r.Points != 0 || r.Unchanged == 0 {
		t.Errorf("an export does not find it again: %+v", r)
	}
	other.exits(exitUsage, "export", "--schema", "fitbit-grafana").says("holds points of the schema native", "fitvault targets forget 1")
	if list := h.listedTargets(); len(list) != 1 || list[0].Address != "http://localhost"+port {
		t.Errorf("%+v", list)
	}
	h.with("INFLUX_DATABASE="+name+"-other").exits(exitDone, "export", "--type", "sleep", "--dry-run")
}
