package approvals

import "slices"

// AdministratorsKey is what a request reserves from the begin of a call on, at a host where its account administers something: one administrator goes at
// a time there, so that each is counted when the one before has gone. No account's key is like it (see Step.Key: those begin with a quote).
func AdministratorsKey(host string) string { return "administrators at " + host }

// Began reports whether the call of any step was ever begun.
func (r *Request) Began() bool {
	return slices.ContainsFunc(r.Steps, func(p Progress) bool { return p.Attempt > 0 })
}

// AdministratorsKeys are those that the request may have reserved: at every host that one of its plans was for.
func (r *Request) AdministratorsKeys() []string {
	var out []string
	for _, face := range r.Faces {
		for _, s := range face.Steps {
			if key := AdministratorsKey(s.Host); !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}
