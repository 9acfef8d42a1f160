package approvals_test

import (
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

func (h *history) wish() approvals.Wish {
	by := h.who()
	step, attempt := h.pick(2, "step"), 1+h.pick(4, "attempt")
	if step < len(h.r.Steps) && h.pick(3, "true attempt") > 0 {
		attempt = h.r.Steps[step].Attempt
	}
	if h.r.State == approvals.StateHeld && h.pick(3, "let go") == 0 {
		return approvals.Release{By: by, Right: h.pick(4, "right") > 0}
	}
	switch h.pick(16, "wish") {
	case 0, 1, 2, 3:
		return approvals.Approve{
			By: by, Approver: h.pick(5, "right") > 0, Digest: h.digest(), Typed: h.typed(), Fills: h.fills(),
		}
	case 4:
		if h.pick(6, "deny") == 0 {
			return approvals.Deny{By: by, Right: h.pick(3, "right") > 0}
		}
		return approvals.Withdraw{By: faces(1 + h.pick(people-1, "other"))[0]}
	case 5, 6, 7, 8:
		return h.begin(step)
	case 9, 10, 11:
		return approvals.Finish{Step: step, Attempt: attempt, Call: h.call(), Sight: h.sight(), Retry: h.now.Add(30 * time.Second)}
	case 12:
		return approvals.Lose{Step: step}
	case 13:
		return approvals.See{Step: step, Sight: h.sight(), Settle: 2 * time.Second}
	case 14:
		if h.pick(8, "resolve") == 0 {
			return approvals.Resolve{By: by, Approver: true, Done: true, Reason: "seen", First: h.proposer()}
		}
		return approvals.Expire{}
	default:
		return h.rare(by, step)
	}
}

func (h *history) rare(by approvals.Person, step int) approvals.Wish {
	switch h.pick(13, "rare") {
	case 0:
		return approvals.Missing{Step: step, Sight: *h.sight()}
	case 1:
		return approvals.Postpone{Step: step, Until: h.now.Add(time.Minute)}
	case 2:
		return approvals.Remind{}
	case 3:
		return approvals.Supersede{By: "other"}
	case 4:
		return approvals.Moved{Step: step, Host: []string{"", "other.example.com"}[h.pick(2, "host")]}
	case 5:
		if h.pick(4, "doubt") == 0 {
			return approvals.Doubt{Reason: "the journal was rolled back"}
		}
		return approvals.Remind{}
	case 7:
		if h.pick(3, "reschedule") > 0 {
			return approvals.Remind{}
		}
		return approvals.Reschedule{By: by, Right: h.pick(2, "right") > 0, NotBefore: h.someTime()}
	case 8, 12:
		return approvals.Hold{Step: step, Reason: "a cap", Free: h.now.Add(time.Hour)}
	case 11:
		if h.pick(3, "stop") > 0 {
			return approvals.Remind{}
		}
		return approvals.Stop{By: by, Right: h.pick(2, "right") > 0}
	case 9, 10:
		return approvals.Release{By: by, Right: h.pick(3, "right") > 0}
	case 6:
		return approvals.Receipt{Event: approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: approvals.Place{Channel: "C", TS: "1"}}}
	default:
		return approvals.Refuse{By: by, Button: approvals.ButtonApprove, Reason: "x"}
	}
}

// someTime is no time mostly, and one to come or one that has passed now and then.
func (h *history) someTime() time.Time {
	return []time.Time{{}, {}, h.now.Add(time.Minute), h.now.Add(3 * time.Hour)}[h.pick(4, "not before")]
}

// typed is what the card shows; a freeze's shows nothing to type.
func (h *history) typed() string {
	if len(h.r.Plan.Steps) == 0 {
		return ""
	}
	return h.r.Plan.Steps[0].Account.Email
}

func (h *history) digest() string {
	if h.pick(6, "stale") == 0 {
		return "0000"
	}
	return h.r.Digest
}

func (h *history) begin(step int) approvals.Wish {
	now := h.account()
	if h.pick(4, "same") > 0 && step < len(h.r.Plan.Steps) {
		now = h.r.Plan.Steps[step].Account
	}
	age := time.Duration(h.pick(25, "age")-2) * 2 * time.Second
	return approvals.Begin{
		Step: step, Replica: "a", Deadline: h.now.Add(30 * time.Second), Now: now, Asked: h.now.Add(-age),
		Writes: h.r.Plan.Writes != (h.pick(20, "flip") == 0),
		Whose:  h.whose(), Guard: h.guard(), Policies: h.configured(), Standing: h.standing(), Releaser: h.releaser(), People: h.now.Add(-time.Duration(h.pick(35, "people's age")-1) * time.Second),
	}
}

// guard is whom never: mostly nobody, now and then, for one reason or another, whoever it is.
func (h *history) guard() approvals.Guard {
	switch h.pick(24, "guard") {
	case 0:
		return approvals.Guard{Shields: []approvals.Shield{{Domain: "EXAMPLE.com."}}}
	case 1:
		return approvals.Guard{Shields: []approvals.Shield{{Roles: []string{"R"}, Providers: []string{"idp"}}}} // whose roles nobody has read
	case 2:
		return approvals.Guard{}.With("idp", "1001").With("idp", "1002").With("idp", "2001")
	case 3:
		return approvals.Guard{Last: []approvals.LastAdmin{{Provider: "idp", ID: "1001"}, {Provider: "idp", ID: "1002"}, {Provider: "idp", ID: "2001"}}}
	case 4:
		return approvals.Guard{Heirs: &approvals.Heirs{}}
	default:
		return approvals.Guard{}
	}
}

// forbids reports whether a guard of guard forbids everything.
func forbids(g approvals.Guard) bool {
	return len(g.Shields)+len(g.Selves)+len(g.Last) > 0 || g.Heirs != nil
}

// whose is who in Slack has an address of the account: mostly nobody, now and then anybody.
func (h *history) whose() approvals.Whose {
	if h.pick(10, "whose") > 0 {
		return approvals.Whose{}
	}
	return approvals.Whose{Target: h.who()}
}

// configured are the policies now: now and then others than when it was asked for.
func (h *history) configured() []approvals.Policy {
	switch h.pick(16, "configured") {
	case 0:
		h.policies = append(slices.Clone(h.policies[:min(1, len(h.policies))]), h.policy())
	case 1:
		h.policies = h.policies[:min(1, len(h.policies))]
	}
	return h.policies
}

// standing is what Slack says of those who approved: now and then one of them has lost the right, turns out to be somebody else, or is
// not asked about.
func (h *history) standing() []approvals.Standing {
	out := make([]approvals.Standing, 0, len(h.r.Approvals))
	for _, c := range h.r.Approvals {
		s := approvals.Standing{ID: c.By.ID, Person: c.By, Fills: c.Fills}
		if h.pick(8, "moved") == 0 {
			s.Fills = h.fills()
		}
		switch h.pick(16, "standing") {
		case 0:
			s.Why = "no approver any more"
		case 1:
			s.Person = h.who()
		case 2:
			continue
		}
		out = append(out, s)
	}
	return out
}

// releaser is what Slack says of who released, in the same way.
func (h *history) releaser() approvals.Standing {
	by := h.r.Releaser()
	s := approvals.Standing{ID: by.ID, Person: by}
	switch h.pick(16, "releaser") {
	case 0:
		s.Why = "no approver any more"
	case 1:
		s.Person = h.who()
	case 2:
		return approvals.Standing{}
	}
	return s
}

// proposer is what Slack says of who has proposed to resolve by hand.
func (h *history) proposer() approvals.Standing {
	if h.r.Proposal == nil || h.pick(8, "not asked") == 0 {
		return approvals.Standing{}
	}
	s := approvals.Standing{ID: h.r.Proposal.By.ID, Person: h.r.Proposal.By}
	switch h.pick(8, "proposer") {
	case 0:
		s.Why = "no approver any more"
	case 1:
		s.Person = h.who()
	}
	return s
}

func (h *history) call() approvals.Call {
	if h.limit && h.pick(10, "429") > 0 {
		return approvals.Call{Err: &providers.Error{Kind: providers.RateLimited, Status: 429}}
	}
	kinds := append(providers.Kinds(), "ok", "ok")
	k := kinds[h.pick(len(kinds), "answer")]
	if k == "ok" {
		return approvals.Call{Answer: &providers.Answer{Status: 200, Text: "answered 200"}}
	}
	return approvals.Call{Err: &providers.Error{Kind: k, Status: 400, NotSent: h.pick(6, "unsent") == 0}}
}

func (h *history) sight() *providers.Sight {
	vs := providers.Verdicts()
	return &providers.Sight{Verdict: vs[h.pick(len(vs), "verdict")], Text: "read back"}
}
