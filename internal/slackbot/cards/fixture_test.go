package cards_test

import (
	"strconv"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

var (
	start     = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
	requester = approvals.Person{ID: "U0ASKS", Email: "asks@example.com"}
	approver  = approvals.Person{ID: "U0SECOND", Email: "second@example.com"}
	other     = approvals.Person{ID: "U0THIRD", Email: "third@example.com"}
)

// account is a plain one at one of the providers.
func account(id string) providers.Account {
	return providers.Account{
		Provider: "zitadel-eu", Tenant: "280001", ID: id, Being: providers.Human, Name: "Alice Example", Email: "alice@example.com",
		Logins: []string{"alice", "alice@example.com"}, State: providers.StateActive, StateWord: "USER_STATE_ACTIVE",
		Created: start.AddDate(-2, 0, 0), LastSeen: start.AddDate(0, 0, -1), Roles: []string{"ORG_OWNER"},
	}
}

func deletion() approvals.Step {
	return approvals.Step{
		Account: account("2850"), Action: providers.Delete, Vendor: "ZITADEL", Host: "id.example.com",
		Warning: "Grants and memberships are deleted with the user.",
	}
}

func deactivation() approvals.Step {
	s := deletion()
	s.Action, s.Reversible, s.Warning, s.Undo = providers.Deactivate, true, "Tokens of the user stop at once.", "An administrator can reactivate the user in ZITADEL."
	return s
}

func termination() approvals.Step {
	s := deletion()
	s.Account.Provider, s.Account.ID, s.Account.Roles, s.Vendor, s.Host = "ecgrid", "177", nil, "ECGrid", "rest.ecgrid.io"
	s.Warning = ""
	s.Account.StateWord, s.Account.RolesNote = "Active", "MailboxAdmin and above can administer others."
	return s
}

// asks is a fresh request for a plan.
func asks(writes bool, approvalsNeeded int, steps ...approvals.Step) *approvals.Request {
	plan := approvals.Plan{Steps: steps, Writes: writes, Target: approvals.Person{ID: "U0TARGET"}}
	policy := approvals.Policy{
		Name: "policy 1", Approvals: approvalsNeeded, Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog,
	}
	r := &approvals.Request{ID: "req_0123456789abcdef", Number: 42}
	return r.Fold(approvals.Event{
		Kind: approvals.Requested, At: start, By: requester, Plan: &plan, Policy: &policy, Reason: "left the company",
	})
}

func approved(by approvals.Person) approvals.Event {
	return approvals.Event{Kind: approvals.Approved, At: start.Add(time.Minute), By: by}
}

func begun() approvals.Event {
	return approvals.Event{Kind: approvals.Begun, At: start.Add(2 * time.Minute), Attempt: 1, Replica: "a", Deadline: start.Add(3 * time.Minute)}
}

func ended(o approvals.Outcome, proof string) approvals.Event {
	return approvals.Event{Kind: approvals.Ended, At: start.Add(3 * time.Minute), Outcome: o, Proof: proof, Attempt: 1, Sent: true}
}

func drifted(r *approvals.Request) approvals.Event {
	plan := r.Plan
	plan.Steps = append([]approvals.Step(nil), plan.Steps...)
	plan.Steps[0].Account.StateWord = "USER_STATE_LOCKED"
	return approvals.Event{
		Kind: approvals.Drifted, At: start.Add(2 * time.Minute), Plan: &plan, Differences: []approvals.Difference{
			{What: "state", Before: "USER_STATE_ACTIVE", After: "USER_STATE_LOCKED"}, {What: "admin roles", Before: "", After: "ORG_OWNER"},
		},
	}
}

// requests are one for each state that a card can show.
func requests() map[string]*approvals.Request {
	del := func() *approvals.Request { return asks(true, 1, deletion()) }
	started := func() *approvals.Request { return del().Fold(approved(approver), begun()) }
	typed := asks(true, 2, deactivation())
	typed.Policy.Confirm = approvals.ConfirmTyped
	moved := del().Fold(approved(approver))
	at := start.Add(48 * time.Hour)
	return map[string]*approvals.Request{
		"pending_delete":      del(),
		"pending_terminate":   asks(true, 1, termination()),
		"pending_typed":       typed.Fold(approved(approver)),
		"pending_rehearsal":   asks(false, 1, deactivation()),
		"pending_drifted":     moved.Fold(drifted(moved)),
		"pending_lapsed":      asks(true, 2, deletion()).Fold(approved(approver), approved(other), approvals.Event{Kind: approvals.Lapsed, At: start.Add(2 * time.Minute), By: other, Reason: "they are a guest now"}),
		"pending_mistyped":    asks(true, 2, deletion()).Fold(approvals.Event{Kind: approvals.Mistyped, By: approver}, approvals.Event{Kind: approvals.Mistyped, By: approver}),
		"pending_many":        asks(true, 2, deletion(), deactivation(), termination()),
		"approved":            del().Fold(approved(approver)),
		"approved_waiting":    del().Fold(approved(approver), waiting()),
		"approved_deferred":   started().Fold(approvals.Event{Kind: approvals.Deferred, Until: start.Add(5 * time.Minute), Proof: "ZITADEL answered 429"}),
		"executing":           started(),
		"executing_many":      asks(true, 1, deletion(), termination()).Fold(approved(approver), begun(), ended(approvals.Done, "ZITADEL answered 200")),
		"done":                started().Fold(ended(approvals.Done, "ZITADEL answered 200; read back: gone")),
		"already":             del().Fold(approved(approver), ended(approvals.Already, "read before the call: gone; nothing was called")),
		"elsewhere":           asks(true, 1, deactivation()).Fold(approved(approver), ended(approvals.Elsewhere, "read before the call: gone")),
		"not_done":            started().Fold(ended(approvals.NotDone, "ZITADEL answered 403 (AUTH-AWfge): the bot's rights do not suffice")),
		"rehearsed":           asks(false, 1, deletion()).Fold(approved(approver), ended(approvals.Rehearsed, "writes are off; nothing was called")),
		"unseen":              started().Fold(ended(approvals.Unknown, "no answer in 20 s"), ended(approvals.Unseen, "three looks saw it active")),
		"unknown":             started().Fold(ended(approvals.Unknown, "no answer in 20 s")),
		"unknown_human":       started().Fold(ended(approvals.Unknown, "no answer in 20 s"), approvals.Event{Kind: approvals.Unresolved}),
		"partly_done":         asks(true, 1, deletion(), termination()).Fold(approved(approver), begun(), ended(approvals.Done, "200"), second(ended(approvals.NotDone, "403"))),
		"denied":              del().Fold(approvals.Event{Kind: approvals.Denied, By: other}),
		"withdrawn":           del().Fold(approvals.Event{Kind: approvals.Withdrawn, By: requester}),
		"expired":             del().Fold(approvals.Event{Kind: approvals.Expired, Reason: "not enough people approved in time"}),
		"held":                del().Fold(approved(approver), held()),
		"pending_scheduled":   scheduledFor(at),
		"pending_moved":       scheduledFor(at).Fold(approved(approver), rescheduled(at.Add(time.Hour))),
		"approved_scheduled":  scheduledFor(at).Fold(approved(approver)),
		"approved_cool_off":   tight(del(), func(p *approvals.Policy) { p.CoolOff = 15 * time.Minute }).Fold(approved(approver)),
		"approved_released":   del().Fold(approved(approver), held(), approvals.Event{Kind: approvals.Released, At: start.Add(3 * time.Minute), By: other}),
		"held_again":          del().Fold(approved(approver), held(), approvals.Event{Kind: approvals.Released, At: start.Add(3 * time.Minute), By: other}, approvals.Event{Kind: approvals.Lapsed, At: start.Add(4 * time.Minute), By: other, Reason: "they are a guest now"}),
		"stopped":             del().Fold(approved(approver), approvals.Event{Kind: approvals.Stopped, By: other}),
		"frozen":              frozen(),
		"frozen_asked":        frozen().Fold(approvals.Event{Kind: approvals.ThawAsked, At: start.Add(time.Hour), By: other, Reason: "it was a drill"}),
		"thawed":              frozen().Fold(approvals.Event{Kind: approvals.ThawAsked, By: approver, Reason: "it was a drill"}, approvals.Event{Kind: approvals.Thawed, By: other}),
		"pending_quota":       quorum().Fold(of(approved(approver), "IT")),
		"approved_quota":      quorum().Fold(of(approved(approver), "IT", "HR"), of(approved(other), "IT")),
		"pending_tightened":   tightened(),
		"approved_tightened":  asks(true, 1, deletion()).Fold(approved(approver), cooler()),
		"no_name_and_no_mail": asks(true, 1, bare()),
	}
}

func scheduledFor(at time.Time) *approvals.Request {
	plan := asks(true, 1, deletion()).Plan
	plan.NotBefore = at
	r := &approvals.Request{ID: "req_0123456789abcdef", Number: 42}
	return r.Fold(approvals.Event{
		Kind: approvals.Requested, At: start, By: requester, Plan: &plan, Reason: "left the company",
		Policy: &approvals.Policy{Name: "policy 1", Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog},
	})
}

func rescheduled(at time.Time) approvals.Event {
	plan := scheduledFor(at).Plan
	return approvals.Event{Kind: approvals.Rescheduled, At: start.Add(time.Hour), By: requester, Plan: &plan}
}

// quorum is asked for out of two circles.
func quorum() *approvals.Request {
	return tight(asks(true, 2, deletion()), func(p *approvals.Policy) {
		p.OutOf = []approvals.Quota{{Name: "IT", Groups: []string{"S1"}, Needs: 1}, {Name: "HR", Groups: []string{"S2"}, Needs: 1}}
		p.Why = []string{"policy 1, because the action is delete and it cannot be undone: 2 approvals, 1 of IT, 1 of HR"}
	})
}

func tight(r *approvals.Request, change func(*approvals.Policy)) *approvals.Request {
	e := r.Events[0]
	p := *e.Policy
	change(&p)
	e.Policy = &p
	return (&approvals.Request{ID: r.ID, Number: r.Number}).Fold(e)
}

func of(e approvals.Event, quotas ...string) approvals.Event {
	e.Fills = quotas
	return e
}

// tightened is approved twice by a click, when the configuration comes to ask for three approvals, typed, one of them of HR.
func tightened() *approvals.Request {
	r := asks(true, 2, deletion()).Fold(approved(approver), approved(other))
	p := r.Policy
	p.Name, p.Approvals, p.Confirm, p.OutOf = "policy 1, policy 2", 3, approvals.ConfirmTyped, []approvals.Quota{{Name: "HR", Groups: []string{"S2"}, Needs: 1}}
	p.Why = []string{"policy 2, because the account has admin roles: 3 approvals, 1 of HR, each typed"}
	return r.Fold(approvals.Event{Kind: approvals.Tightened, At: start.Add(2 * time.Minute), Policy: &p, Reason: "3 approvals instead of 2, 1 of HR, each typed"})
}

// cooler comes to ask for a cool-off alone.
func cooler() approvals.Event {
	p := approvals.Policy{
		Name: "policy 2", Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog, CoolOff: 15 * time.Minute,
		Why: []string{"policy 2, because it holds for everything: a cool-off of 15m"},
	}
	return approvals.Event{Kind: approvals.Tightened, At: start.Add(2 * time.Minute), Policy: &p, Reason: "a cool-off of 15m"}
}

func held() approvals.Event {
	return approvals.Event{Kind: approvals.Held, At: start.Add(2 * time.Minute), Reason: "20 removals an hour is the cap for all", Until: start.Add(time.Hour)}
}

func waiting() approvals.Event {
	return approvals.Event{Kind: approvals.Waiting, At: start.Add(2 * time.Minute), Until: start.Add(3 * time.Minute), Proof: "stopped by the freeze OFF-43"}
}

func frozen() *approvals.Request {
	r := &approvals.Request{ID: "r", Number: 43}
	return r.Fold(approvals.Event{Kind: approvals.Frozen, At: start, By: approver, Reason: "something is wrong"})
}

func second(e approvals.Event) approvals.Event {
	e.Step = 1
	return e
}

func bare() approvals.Step {
	return approvals.Step{
		Account: providers.Account{Provider: "torii", ID: "0193-a", Being: providers.Machine, State: providers.StateUnknown, StateWord: "odd"},
		Action:  providers.Delete, Vendor: "Torii", Host: "api.torii.so",
	}
}

// hostileNames are what strangers might call themselves.
func hostileNames() map[string]string {
	return map[string]string{
		"long":      strings.Repeat("ä", 10_000),
		"escaping":  strings.Repeat("&<>", 5_000),
		"bidi":      "\u202Eecila\u202C\u2066x\u2069\u200F",
		"channel":   "<!channel> <!here> <!everyone> <!subteam^S1> <@U0TARGET> <#C1>",
		"bare":      "@everyone @channel @here #general",
		"backticks": "```\n` *b* _i_ ~s~",
		"empty":     "",
		"blank":     " \u200b\u3164\n\t",
		"lines":     "a\nb\r\nc\u2028d\u0085e",
		"zalgo":     strings.Repeat("Z"+strings.Repeat("\u0335\u0352", 40), 5),
		"emoji":     strings.Repeat("👩\u200d👩\u200d👧\u200d👦🏽:boom:", 200),
		"links":     "<https://evil.example|click> https://evil.example mailto:a@b.example > q",
		"not utf-8": "a\xff\xfe\x00b",
		"quotes":    `"},{"type":"x"`,
	}
}

// hostile is a step, a reason and everything else untrusted, all made of one text.
func hostile(s string, steps int) *approvals.Request {
	r := &approvals.Request{ID: "req_0123456789abcdef", Number: 42}
	plan := approvals.Plan{Writes: true, Target: approvals.Person{ID: s}}
	for i := range steps {
		plan.Steps = append(plan.Steps, approvals.Step{
			Account: providers.Account{
				Provider: s, Tenant: s, ID: s + strconv.Itoa(i), Being: providers.Being(s), Name: s, Email: s, Logins: []string{s, s, s, s, s, s, s},
				State: providers.StateUnknown, StateWord: s, Roles: []string{s, s, s, s, s, s, s}, RolesNote: s, Change: s,
			},
			Action: providers.Delete, Vendor: s, Host: s, Warning: s + strconv.Itoa(i), Undo: s, Reversible: i%2 == 1,
		})
	}
	policy := approvals.Policy{Name: s, Approvals: 2, Expires: time.Hour, Window: time.Hour}
	return r.Fold(approvals.Event{Kind: approvals.Requested, At: start, By: requester, Plan: &plan, Policy: &policy, Reason: s})
}

// everyEvent is an event of every kind, with one text wherever people or providers can put one.
func everyEvent(r *approvals.Request, s string) []approvals.Event {
	var out []approvals.Event
	for i, k := range approvals.Kinds() {
		out = append(out, approvals.Event{
			Kind: k, Seq: i + 1, Hash: strings.Repeat("0f", 32), At: start, By: approver, Plan: &r.Plan, Policy: &r.Policy, Reason: s, Proof: s,
			Button: approvals.ButtonApprove, Outcome: approvals.Unknown, Attempt: 1, Until: start, State: approvals.StateDone,
			Differences: []approvals.Difference{{What: s, Before: s, After: s}, {What: s, Before: s, After: s}},
		})
	}
	return out
}
