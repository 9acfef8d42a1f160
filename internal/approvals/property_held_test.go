package approvals_test

import (
	"slices"

	"offboard/internal/approvals"
)

// What the judge of the random histories knows of caps and of the cool-off.

// stopped holds that the person to be removed saves themselves by nothing.
func (j *judge) stopped(e approvals.Event) {
	if really(e.By) == target || len(j.consents) < j.needs {
		j.t.Fatalf("stopped by %+v with %d consents of %d", e.By, len(j.consents), j.needs)
	}
	j.refused = true
}

// cooled holds that whoever wanted to stop it had the time that the policy gives.
func (j *judge) cooled(e approvals.Event) {
	for _, c := range j.consents {
		if e.At.Before(c.At.Add(j.policy.CoolOff)) {
			j.t.Fatalf("%s at %s, approved at %s, with a cool-off of %s", e.Kind, e.At, c.At, j.policy.CoolOff)
		}
	}
}

// released holds that whoever lets a request over a cap has had no part in it.
func (j *judge) released(e approvals.Event) {
	who := really(e.By)
	part := func(c approvals.Event) bool { return really(c.By) == who }
	if !j.held || who == requester || who == target || slices.ContainsFunc(j.consents, part) {
		j.t.Fatalf("released by %+v, held: %t, consents: %+v", e.By, j.held, j.consents)
	}
	j.held, j.letGo = false, e.By.ID
}
