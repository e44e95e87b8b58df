package emulator

import (
	"fmt"
	"time"
)

// DeleteSleep removes a log, as the person does in the app. It returns false
// when there is none with that id.
func (s *Server) DeleteSleep(logID int64) bool {
	return s.person.deleteSleep(logID, s.Today())
}

// EditSleep corrects a log: it becomes a classic one under a new id, which is
// returned.
func (s *Server) EditSleep(logID int64) (newID int64, ok bool) {
	return s.person.editSleep(logID, s.Today())
}

// AddSleep types in a sleep by hand and returns its id.
func (s *Server) AddSleep(start, end time.Time) int64 {
	return s.person.addSleep(start, end)
}

// AddWeight types in a weighing of an instant, in kg and per cent of fat (0: not
// measured), and returns its id, which need not be unique.
func (s *Server) AddWeight(at time.Time, kg, fat float64, source string) int64 {
	return s.person.addWeight(at, s.Now(), kg, fat, source)
}

// DeleteWeight removes every weighing with an id.
func (s *Server) DeleteWeight(logID int64) bool { return s.person.deleteWeight(logID) }

// DeleteWorkout removes a session of the watch. What it counted stays in the day. It returns
// false when there is none with that id.
func (s *Server) DeleteWorkout(id int64) bool { return s.person.deleteWorkout(id, s.Today()) }

// SetFood logs what was eaten and drunk on a day, instead of what was there.
// Zeros remove a log.
func (s *Server) SetFood(d Date, kcal int, waterML float64) {
	s.person.setFood(d, Food{kcal, waterML, s.Now().UTC()})
}

// Move puts the person into another zone from the local midnight of from on.
// What happened before stays at its instants; the days from then on are lived
// by the clock there. A from in the past says that the person had been there
// already: wall clocks already told stay, their instants are others.
func (s *Server) Move(from Date, zone string) error {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return fmt.Errorf("emulator: zone: %w", err)
	}
	s.person.move(from, loc)
	return nil
}
