package main

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// zoneNames are the names of the IANA time zone database, for suggestions: what reads as a
// zone is decided by the data that is compiled in, which does not list its names.
//
//go:embed zones.txt
var zoneNames string

// zoneNamed returns the IANA zone of a name.
func zoneNamed(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err == nil && name != "" && name != "Local" {
		return loc, nil
	}
	if near, ok := nearestZone(name); ok {
		return nil, fmt.Errorf("%q is no IANA zone: did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("%q is no IANA zone, as Europe/Berlin is", name)
}

// nearestZone returns the zone that was probably meant, of which word may be the city alone,
// and whether it is close enough to be named.
func nearestZone(word string) (name string, ok bool) {
	var known []string
	named := map[string]string{}
	know := func(key, name string) {
		if key = strings.ToLower(key); named[key] == "" {
			known, named[key] = append(known, key), name
		}
	}
	all := strings.Fields(zoneNames)
	for _, name := range all {
		know(name, name)
	}
	for _, name := range all {
		know(name[strings.LastIndexByte(name, '/')+1:], name)
	}
	near, ok := nearest(strings.ReplaceAll(word, " ", "_"), known)
	return named[near], ok
}
