package approvals

import "slices"

// Shortfall is what the approvals of a request lack.
type Shortfall struct {
	People int // how many more must approve
	// Of says of whom, one entry for each place of a quota that nobody fills yet: the quotas of which any one would do. There are at most as many
	// as People; the rest may be any approver.
	Of [][]string
}

// Enough reports whether nothing is missing.
func (s Shortfall) Enough() bool { return s.People == 0 }

// shortfall counts what these approvals lack. Nobody fills two places, whatever quotas they are of.
func (p Policy) shortfall(consents []Consent) Shortfall {
	fills := make([][]string, 0, len(consents))
	for _, c := range consents {
		fills = append(fills, c.Fills)
	}
	places := seat(p.OutOf, fills)
	var free []string
	for _, at := range places {
		if at.by < 0 {
			free = append(free, at.quota)
		}
	}
	m := Shortfall{People: max(0, p.Approvals-len(consents), len(free))}
	for _, name := range free {
		m.Of = append(m.Of, []string{name})
	}
	if len(free) == 1 {
		m.Of[0] = helpful(p.OutOf, places, fills)
	}
	return m
}

// place is one of the places of a quota.
type place struct {
	quota string
	by    int // who fills it, as an index; negative: nobody
}

// mostPlaces bounds what a stored quota can make us count. The configuration lets through ten.
const mostPlaces = 100

func (q Quota) size() int { return min(max(1, q.Needs), mostPlaces) }

// seat gives as many people as can be a place each: a largest matching, found by letting each newcomer move others to another of their places.
func seat(quotas []Quota, fills [][]string) []place {
	var places []place
	for _, q := range quotas {
		for range q.size() {
			places = append(places, place{quota: q.Name, by: -1})
		}
	}
	for who := range fills {
		sit(places, fills, who, make([]bool, len(places)))
	}
	return places
}

func sit(places []place, fills [][]string, who int, tried []bool) bool {
	for i := range places {
		if tried[i] || !slices.Contains(fills[who], places[i].quota) {
			continue
		}
		tried[i] = true
		if places[i].by < 0 || sit(places, fills, places[i].by, tried) {
			places[i].by = who
			return true
		}
	}
	return false
}

// helpful lists the quotas of which one more person would fill the last free place, because those who are seated can move up.
func helpful(quotas []Quota, places []place, fills [][]string) []string {
	var out []string
	for _, q := range quotas {
		with := append(slices.Clone(fills), []string{q.Name})
		if sit(slices.Clone(places), with, len(fills), make([]bool, len(places))) {
			out = append(out, q.Name)
		}
	}
	return out
}

// places is how many people the quotas need together.
func (p Policy) places() int {
	n := 0
	for _, q := range p.OutOf {
		n += q.size()
	}
	return n
}

// Quotas are the policy's quotas, each with the people that it has in the configuration now: who is of HR is read now, as who is an approver is.
// One that the configuration has no more keeps its people.
func (p Policy) Quotas(now []Policy) []Quota {
	out := slices.Clone(p.OutOf)
	for _, n := range now {
		for _, q := range n.OutOf {
			if i := named(out, q.Name); i >= 0 {
				out[i].Users, out[i].Groups = q.Users, q.Groups
			}
		}
	}
	return out
}

func named(quotas []Quota, name string) int {
	return slices.IndexFunc(quotas, func(q Quota) bool { return q.Name == name })
}

// united puts quotas together: each name once, with the larger number of people.
func united(a, b []Quota) []Quota {
	out := slices.Clone(a)
	for _, q := range b {
		i := named(out, q.Name)
		if i < 0 {
			out = append(out, q)
			continue
		}
		q.Needs = max(q.Needs, out[i].Needs)
		out[i] = q
	}
	return out
}

// Shortfall is what the approvals that count lack.
func (r *Request) Shortfall() Shortfall { return r.Policy.shortfall(r.Approvals) }

// Quotas are those that the request asks for, or will ask for when it is about to begin, by the policies that match the plan now.
func (r *Request) Quotas(policies []Policy, plan Plan) []Quota {
	return r.Policy.with(Strictest(policies, plan)).Quotas(policies)
}
