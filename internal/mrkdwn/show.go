package mrkdwn

import (
	"fmt"
	"regexp"
	"time"
)

// Code points that a name, an id and an e-mail address are shown with.
const (
	nameLength = 80 // design §9
	idLength   = 200
)

// Name shows the name of an account; without one, "(no name)" and its id. Names over 80 code points are cut.
func Name(name, id string) string {
	if shown := Short(name, nameLength); shown != "" {
		return shown
	}
	return "(no name) " + ID(id)
}

// ID shows an id, an e-mail address or a login.
func ID(id string) string { return Short(id, idLength) }

var userID = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// Person mentions somebody in Slack by user id. What is not a user id is shown as text, and mentions nobody.
func Person(id string) string {
	if userID.MatchString(id) {
		return "<@" + id + ">"
	}
	if Clean(id) == "" {
		return "somebody"
	}
	return Short(id, nameLength)
}

var groupID = regexp.MustCompile(`^S[A-Z0-9]{1,30}$`)

// Group mentions a user group in Slack by its id: everybody in it is notified. What is not a group's id is shown as text, and mentions nobody.
func Group(id string) string {
	if groupID.MatchString(id) {
		return "<!subteam^" + id + ">"
	}
	return Short(id, nameLength)
}

// Time shows a moment in the reader's own time zone, and in UTC where Slack cannot. The zero time is "unknown".
func Time(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), UTC(t))
}

// UTC shows a moment in UTC, to the minute. The zero time is "unknown".
func UTC(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
