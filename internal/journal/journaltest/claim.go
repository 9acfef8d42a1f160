package journaltest

import (
	"slices"
	"time"

	"offboard/internal/journal"
)

const lease = time.Minute

func claimTests() []subTest {
	return []subTest{
		{"Claim/hands out what is due, oldest wake first", dueFirst},
		{"Claim/at most max", atMostMax},
		{"Claim/not twice", notTwice},
		{"Claim/again when the lease has run out", leaseRunsOut},
		{"Claim/follows the wake time that the last append left", followsWake},
		{"Claim/an append leaves the claim alone", appendLeavesClaim},
		{"Renew/prolongs", renews},
		{"Renew/of a lost claim", renewsLost},
		{"Done/lets the log be claimed again", doneFrees},
		{"Done/of a lost claim takes nothing away", doneLost},
	}
}

func (p *probe) claim(now time.Time, max int) []journal.Claimed {
	p.Helper()
	c, err := p.j.Claim(p.Context(), now, lease, max)
	if err != nil {
		p.Fatalf("claim: %v", err)
	}
	return c
}

// claims expects the ids to be handed out, in this order, and returns the first claim.
func (p *probe) claims(now time.Time, want ...string) journal.Claimed {
	p.Helper()
	c := p.claim(now, 100)
	var got []string
	for _, c := range c {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, want) {
		p.Errorf("claimed %v, want %v", got, want)
	}
	if len(c) == 0 {
		return journal.Claimed{}
	}
	return c[0]
}

func (p *probe) done(c journal.Claimed) {
	p.Helper()
	if err := p.j.Done(p.Context(), c); err != nil {
		p.Errorf("done: %v", err)
	}
}

func dueFirst(p *probe) {
	p.begin("late", wake(day.Add(-time.Millisecond)))
	p.begin("early", wake(day.Add(-time.Hour)))
	p.begin("now", wake(day))
	p.begin("later", wake(day.Add(time.Millisecond)))
	p.begin("never")
	p.claims(day.Add(-2 * time.Hour))
	p.claims(day, "early", "late", "now")
}

func atMostMax(p *probe) {
	for _, id := range ids(5) {
		p.begin(id, wake(day))
	}
	seen := map[string]bool{}
	for _, max := range []int{2, 0, 2, 2} {
		got := p.claim(day, max)
		if len(got) > max {
			p.Errorf("%d claims of at most %d", len(got), max)
		}
		for _, c := range got {
			seen[c.ID] = true
		}
	}
	if len(seen) != 5 {
		p.Errorf("%d logs of 5 at the same moment were handed out", len(seen))
	}
}

func notTwice(p *probe) {
	p.begin("a", wake(day))
	p.claims(day, "a")
	p.claims(day)
	p.begin("b", wake(day))
	p.claims(day, "b")
}

func leaseRunsOut(p *probe) {
	p.begin("a", wake(day))
	one := p.claims(day, "a")
	p.claims(day.Add(lease - time.Millisecond))
	two := p.claims(day.Add(lease), "a")
	if one.Token == two.Token || one.Token == "" {
		p.Errorf("tokens %q and %q", one.Token, two.Token)
	}
}

func followsWake(p *probe) {
	p.begin("a", wake(day))
	p.append(p.next("a", wake(day.Add(time.Hour))))
	p.claims(day)
	p.append(p.next("a", wake(day.Add(-time.Hour))))
	p.done(p.claims(day.Add(-time.Hour), "a"))
	p.append(p.next("a", wake(time.Time{})))
	p.claims(day.Add(24 * time.Hour))
}

func appendLeavesClaim(p *probe) {
	p.begin("a", wake(day))
	c := p.claims(day, "a")
	p.append(p.next("a", wake(day.Add(-time.Second))))
	p.claims(day)
	p.same("renew", p.j.Renew(p.Context(), c, day, lease), nil)
	p.done(c)
	p.claims(day, "a")
}

func renews(p *probe) {
	p.begin("a", wake(day))
	c := p.claims(day, "a")
	soon := day.Add(lease / 2)
	p.same("renew", p.j.Renew(p.Context(), c, soon, lease), nil)
	p.claims(day.Add(lease))
	p.same("renew, run out and not handed on", p.j.Renew(p.Context(), c, soon.Add(lease), lease), nil)
	p.claims(soon.Add(lease))
	p.claims(soon.Add(2*lease), "a")
}

func renewsLost(p *probe) {
	p.begin("a", wake(day))
	one := p.claims(day, "a")
	two := p.claims(day.Add(lease), "a")
	p.same("handed on", p.j.Renew(p.Context(), one, day.Add(lease), lease), journal.ErrClaimLost)
	p.done(two)
	p.same("given up", p.j.Renew(p.Context(), two, day.Add(lease), lease), journal.ErrClaimLost)
	never := journal.Claimed{ID: "never", Token: "x"}
	p.same("never claimed", p.j.Renew(p.Context(), never, day, lease), journal.ErrClaimLost)
}

func doneFrees(p *probe) {
	p.begin("a", wake(day))
	p.done(p.claims(day, "a"))
	p.claims(day, "a")
}

func doneLost(p *probe) {
	p.begin("a", wake(day))
	one := p.claims(day, "a")
	two := p.claims(day.Add(lease), "a")
	p.done(one)
	p.claims(day.Add(lease))
	p.same("renew", p.j.Renew(p.Context(), two, day.Add(lease), lease), nil)
	p.done(journal.Claimed{ID: "never", Token: "x"})
}
