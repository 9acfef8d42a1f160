package config

import (
	"slices"
	"strings"

	"offboard/internal/approvals"
)

func readPeople(top *fields, key, what, verb string) People {
	v, ok := top.required(key, what)
	if !ok {
		return People{}
	}
	return people(v, verb)
}

// people reads users and groups, of which there must be some; verb says what nobody could do else.
func people(v value, verb string) People {
	var p People
	f, ok := v.fields()
	if !ok {
		return p
	}
	before := len(v.r.faults)
	if v, ok := f.optional("users"); ok {
		p.Users = v.words(userID)
	}
	if v, ok := f.optional("groups"); ok {
		p.Groups = v.words(groupID)
	}
	f.done()
	if len(p.Users)+len(p.Groups) == 0 && len(v.r.faults) == before {
		v.fault("is empty: nobody could %s; name users or groups", verb)
	}
	return p
}

// enoughPeople warns where the people named can never suffice: the requester's own consent does not count.
func enoughPeople(top *fields, c *Config) {
	v, ok := top.optional("approvers")
	if !ok || len(c.Approvers.Groups) > 0 || len(c.Approvers.Users) == 0 {
		return
	}
	people := len(c.Approvers.Users)
	alone := len(c.Requesters.Groups) == 0 && len(c.Requesters.Users) == 1
	if alone && slices.Contains(c.Approvers.Users, c.Requesters.Users[0]) {
		people--
	}
	need := 1
	for _, p := range c.Policies {
		places := 0
		for _, q := range p.OutOf {
			places += q.Needs
		}
		need = max(need, p.Approvals, places)
	}
	for _, p := range c.Protected {
		need = max(need, p.Approvals)
	}
	if people < need {
		v.warn("names too few people: a request can need %d approvals by people who did not ask for it, and only %d could approve",
			need, people)
		return
	}
	if _, own := c.Rights[approvals.MayRelease]; people == need && !own {
		v.warn("leaves nobody to release what a cap holds where %d have approved: that is for somebody who neither asked nor approved; "+
			"name one more, or others at rights.release", need)
	}
}

func listing(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// mostCounted is what a limit or a cap may be set to at most.
const mostCounted = 100_000

func readLimits(top *fields) Limits {
	l := Limits{PerHour: defaultPerHour, PerRequesterPerDay: defaultPerRequesterPerDay}
	v, ok := top.optional("limits")
	if !ok {
		return l
	}
	f, ok := v.fields()
	if !ok {
		return l
	}
	if v, ok := f.optional("per_hour"); ok {
		l.PerHour = v.positive(mostCounted)
	}
	if v, ok := f.optional("per_requester_per_day"); ok {
		l.PerRequesterPerDay = v.positive(mostCounted)
	}
	f.done()
	return l
}
