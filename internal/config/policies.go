package config

import (
	"fmt"
	"slices"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// More people than this would never be found in time.
const approvalsMax = 10

// readPolicies reads the policies as they stand: what one leaves out it does not ask for.
func readPolicies(top *fields, names []string, approvers People) []approvals.Policy {
	v, ok := top.optional("policies")
	if !ok {
		return nil
	}
	var out []approvals.Policy
	c := circles{known: map[string]approvals.Quota{}, approvers: approvers}
	for i, item := range v.items() {
		if f, ok := item.fields(); ok {
			p := readPolicy(f, names, c)
			p.Name = fmt.Sprintf("policy %d", i+1)
			out = append(out, p)
		}
	}
	return out
}

func readPolicy(f *fields, names []string, c circles) approvals.Policy {
	var p approvals.Policy
	if v, ok := f.optional("match"); ok {
		readMatch(v, names, &p)
	}
	if v, ok := f.optional("approvals"); ok {
		p.Approvals = v.positive(approvalsMax)
	}
	if v, ok := f.optional("out_of"); ok {
		p.OutOf = c.quotas(v)
		roomForQuotas(v, p)
	}
	if v, ok := f.optional("expires"); ok {
		p.Expires = v.duration()
	}
	if v, ok := f.optional("window"); ok {
		p.Window = v.duration()
	}
	if v, ok := f.optional("confirm"); ok {
		p.Confirm, _ = choice(v, []approvals.Confirm{approvals.ConfirmDialog, approvals.ConfirmTyped})
	}
	if v, ok := f.optional("cool_off"); ok {
		p.CoolOff = v.duration()
	}
	f.done()
	return p
}

func readMatch(v value, names []string, p *approvals.Policy) {
	f, ok := v.fields()
	if !ok {
		return
	}
	if v, ok := f.optional("providers"); ok {
		for _, item := range v.some() {
			n, ok := item.text()
			if ok && !slices.Contains(names, n) {
				item.fault("is not a configured provider; there is %s", listing(names))
			}
			p.Providers = append(p.Providers, n)
		}
	}
	if v, ok := f.optional("actions"); ok {
		for _, item := range v.some() {
			a, _ := choice(item, providers.Actions())
			p.Actions = append(p.Actions, a)
		}
	}
	if v, ok := f.optional("reversible"); ok {
		p.Reversible = new(v.boolean())
	}
	if v, ok := f.optional("admin"); ok {
		p.Admin = new(v.boolean())
	}
	if v, ok := f.optional("groups"); ok {
		v.some()
		p.Groups = v.words(groupID)
	}
	f.done()
}

// some is items, of which there must be one: an empty list would seem to match nothing and match everything.
func (v value) some() []value {
	before := len(v.r.faults)
	items := v.items()
	if len(items) == 0 && len(v.r.faults) == before {
		v.fault("is an empty list; name what it matches, or leave it out to match everything")
	}
	return items
}
