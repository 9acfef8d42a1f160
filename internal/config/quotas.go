package config

import (
	"slices"

	"offboard/internal/approvals"
)

// circles are the people whom quotas name. One name stands for the same people in every policy.
type circles struct {
	known     map[string]approvals.Quota // of the policies before
	approvers People
}

// quotas reads out of whom the approvals must be.
func (c circles) quotas(v value) []approvals.Quota {
	var out []approvals.Quota
	before := len(v.r.faults)
	for _, item := range v.items() {
		q, ok := readQuota(item)
		if !ok {
			continue
		}
		if slices.ContainsFunc(out, func(o approvals.Quota) bool { return o.Name == q.Name }) {
			item.fault("names %s twice; write needs: 2 instead", q.Name)
			continue
		}
		if k, ok := c.known[q.Name]; ok && (!slices.Equal(k.Users, q.Users) || !slices.Equal(k.Groups, q.Groups)) {
			item.fault("calls other people %s than a policy above does; give them another name", q.Name)
		}
		c.known[q.Name] = q
		c.fillable(item, q)
		out = append(out, q)
	}
	if len(out) == 0 && len(v.r.faults) == before {
		v.fault("is an empty list; name whom the approvals must be of, as in [{name: HR, groups: [S0123456]}], or leave it out")
	}
	return out
}

func readQuota(item value) (approvals.Quota, bool) {
	q := approvals.Quota{Needs: 1}
	f, ok := item.fields()
	if !ok {
		return q, false
	}
	before := len(item.r.faults)
	if v, ok := f.required("name", "what people call them, as in HR"); ok {
		q.Name, _ = v.shaped(quotaName)
	}
	if v, ok := f.optional("users"); ok {
		q.Users = v.words(userID)
	}
	if v, ok := f.optional("groups"); ok {
		q.Groups = v.words(groupID)
	}
	if v, ok := f.optional("needs"); ok {
		q.Needs = v.positive(approvalsMax)
	}
	f.done()
	if len(q.Users)+len(q.Groups) == 0 && len(item.r.faults) == before {
		item.fault("is nobody; name users or groups")
	}
	return q, len(item.r.faults) == before
}

// roomForQuotas says where a policy's quotas need more people than it says, and faults what nobody could gather.
func roomForQuotas(v value, p approvals.Policy) {
	n := 0
	for _, q := range p.OutOf {
		n += q.Needs
	}
	switch {
	case n > approvalsMax:
		v.fault("needs %d people together; more than %d would never be found in time", n, approvalsMax)
	case p.Approvals > 0 && p.Approvals < n:
		v.warn("needs %d people together, as nobody counts twice; that holds, whatever approvals says", n)
	}
}

// fillable warns of a quota that the approvers as they are named cannot fill: whoever is no approver approves nothing, whatever they are of.
func (c circles) fillable(item value, q approvals.Quota) {
	for _, g := range q.Groups {
		if !slices.Contains(c.approvers.Groups, g) {
			item.warn("names the user group %s, which is not among the approvers: only those of it who are approvers too count, and whether anybody is "+
				"cannot be checked here", g)
			return
		}
	}
	n := 0
	for _, u := range q.Users {
		if slices.Contains(c.approvers.Users, u) {
			n++
		}
	}
	if len(q.Groups)+len(c.approvers.Groups) == 0 && n < q.Needs {
		item.warn("needs %d people, and only %d of them could approve", q.Needs, n)
	}
}
