package workspace

import (
	"cmp"
	"time"
)

// zoneLabels are how Slack calls what a zone has at a time, by the abbreviation in the IANA database. Those of the sandbox's people; others are called by
// the abbreviation.
var zoneLabels = map[string]string{
	"CET": "Central European Time", "CEST": "Central European Summer Time", "EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time",
	"JST": "Japan Standard Time", "UTC": "Coordinated Universal Time",
}

// zoneAt gives a zone's name, label and distance from UTC in seconds, at a time.
func zoneAt(zone string, at time.Time) (name, label string, offset int) {
	name = cmp.Or(zone, "Etc/UTC")
	place, err := time.LoadLocation(name)
	if err != nil {
		place = time.UTC
	}
	short, offset := at.In(place).Zone()
	return name, cmp.Or(zoneLabels[short], short), offset
}
