package zone

import (
	"sync"
	"time"
	_ "time/tzdata" // zones do not depend on the machine having them
)

var zones struct {
	sync.RWMutex
	byName map[string]*time.Location
}

const maxZones = 2048 // names come from outside; there are about 600 good ones

// First is the first of the names that is an IANA zone, else UTC.
func First(names ...string) *time.Location {
	for _, name := range names {
		if name == "" {
			continue
		}
		if loc := find(name); loc != nil {
			return loc
		}
	}
	return time.UTC
}

// Known reports whether a name is that of an IANA zone.
func Known(name string) bool {
	if find(name) != nil {
		return true
	}
	if len(name) > 64 || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name) // what is remembered may be full of bad names
	return err == nil
}

func find(name string) *time.Location {
	zones.RLock()
	loc, known := zones.byName[name]
	full := len(zones.byName) >= maxZones
	zones.RUnlock()
	if known || full || len(name) > 64 || name == "Local" {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = nil
	}
	zones.Lock()
	defer zones.Unlock()
	if zones.byName == nil {
		zones.byName = make(map[string]*time.Location)
	}
	zones.byName[name] = loc
	return loc
}
