package config

import "offboard/internal/approvals"

// readRights reads who has a right of its own. What is left out stays with those that the README's table names.
func readRights(top *fields) map[approvals.Right]People {
	v, ok := top.optional("rights")
	if !ok {
		return nil
	}
	f, ok := v.fields()
	if !ok {
		return nil
	}
	out := map[approvals.Right]People{}
	for _, right := range approvals.OwnRights() {
		if v, ok := f.optional(string(right)); ok {
			out[right] = people(v, string(right))
		}
	}
	f.hint = func(key string) (string, bool) {
		switch approvals.Right(key) { //nolint:exhaustive // the others are known here
		case approvals.MayRequest:
			return "who may ask stands at requesters", true
		case approvals.MayApprove, approvals.MayUnfreeze, approvals.MayResolve:
			return "that is for the approvers, and cannot be given to others", true
		default:
			return "", false
		}
	}
	f.done()
	return out
}
