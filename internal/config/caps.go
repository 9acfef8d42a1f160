package config

import "offboard/internal/approvals"

// defaultCaps hold where the file says nothing. A cap can be set high, and not be left out.
func defaultCaps() approvals.Caps {
	person := approvals.Allowance{PerHour: 10, PerDay: 20}
	return approvals.Caps{All: approvals.Allowance{PerHour: 20, PerDay: 50}, Requester: person, Approver: person, Pair: person}
}

// readCaps reads how many removals may begin before somebody else must look.
func readCaps(top *fields) approvals.Caps {
	c := defaultCaps()
	v, ok := top.optional("caps")
	if !ok {
		return c
	}
	f, ok := v.fields()
	if !ok {
		return c
	}
	for _, each := range []struct {
		key string
		of  *approvals.Allowance
	}{{"all", &c.All}, {"requester", &c.Requester}, {"approver", &c.Approver}, {"pair", &c.Pair}} {
		if v, ok := f.optional(each.key); ok {
			readAllowance(v, each.of)
		}
	}
	f.done()
	return c
}

func readAllowance(v value, a *approvals.Allowance) {
	f, ok := v.fields()
	if !ok {
		return
	}
	before := len(v.r.faults)
	if v, ok := f.optional("per_hour"); ok {
		a.PerHour = v.positive(mostCounted)
	}
	if v, ok := f.optional("per_day"); ok {
		a.PerDay = v.positive(mostCounted)
	}
	f.done()
	if a.PerDay < a.PerHour && len(v.r.faults) == before {
		v.warn("lets %d begin in an hour and %d in a day: the day is reached first, and the hour says nothing", a.PerHour, a.PerDay)
	}
}
