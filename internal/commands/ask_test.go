package commands_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/providers"
)

func down(say string) error {
	return &providers.Error{Kind: providers.Temporary, Op: "search", Say: say}
}

// One line each: what is typed, what is said, how many accounts are offered, and whether a request is on record.
func TestAskFinds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		line    string
		arrange func(s *stage)
		says    string
		offers  int
		records int
	}{
		"one at one provider": {
			line: "dana@example.com", says: "OFF-1 is recorded: delete Name of 101 at Eins", records: 1,
		},
		"in the vendor's words": {
			line: "dana@example.com", says: "OFF-1 is recorded: terminate Name of 101 at ECGrid", records: 1,
			arrange: func(s *stage) { s.eins.vendor = "ECGrid" },
		},
		"by id":       {line: "101", says: "OFF-1 is recorded", records: 1},
		"in capitals": {line: "DANA@example.com", says: "OFF-1 is recorded", records: 1},
		"nobody": {
			line: "who@example.com", says: "Nobody was found for who@example.com at eins, zwei",
		},
		"two at one provider":  {line: "twin@example.com", says: "2 accounts were found", offers: 2},
		"one at each provider": {line: "both@example.com", says: "2 accounts were found", offers: 2},
		"as many as a provider gives": {
			line: "many@example.com", says: "More accounts were found for many@example.com than fit here", offers: 20,
			arrange: func(s *stage) { s.eins.hires(20, "many@example.com") },
		},
		"more than a list shows": {
			line: "many@example.com", says: "name its id and its provider if it is not among these 20", offers: 20,
			arrange: func(s *stage) { s.eins.hires(19, "many@example.com"); s.zwei.hires(2, "many@example.com") },
		},
		"as many as a list shows": {
			line: "many@example.com", says: "20 accounts were found", offers: 20,
			arrange: func(s *stage) { s.eins.hires(19, "many@example.com"); s.zwei.hires(1, "many@example.com") },
		},
		"one at the provider that is named": {
			line: "both@example.com provider:zwei", says: "OFF-1 is recorded: deactivate", records: 1,
		},
		"the action that only one has": {
			line: "both@example.com action:deactivate", says: "OFF-1 is recorded: deactivate", records: 1,
		},
		"no such provider": {
			line: "dana@example.com provider:drei", says: "There is no provider drei. There are: eins, zwei.",
		},
		"a provider without the action": {
			line: "dana@example.com provider:eins action:deactivate", says: "eins has no action deactivate. It has: delete. Nothing was done.",
		},
		"no provider with the action": {
			line: "dana@example.com action:deactivate", says: "No provider has the action deactivate",
			arrange: func(s *stage) { s.zwei.actions = []providers.ActionInfo{deletes()} },
		},
		"one found and another provider down": {
			line: "dana@example.com", says: "zwei could not be searched: Zwei is away.", offers: 1,
			arrange: func(s *stage) { s.zwei.finds = down("Zwei is away") },
		},
		"none found and a provider down": {
			line: "who@example.com", says: "zwei could not be searched: it gave no clear answer.",
			arrange: func(s *stage) { s.zwei.finds = errors.New("secret details") },
		},
		"the provider that is named is down": {
			line: "dana@example.com provider:eins", says: "eins could not be searched",
			arrange: func(s *stage) { s.eins.finds = down("Eins is away") },
		},
		"another provider says not found": {
			line: "dana@example.com", says: "OFF-1 is recorded", records: 1,
			arrange: func(s *stage) { s.zwei.finds = &providers.Error{Kind: providers.NotFound} },
		},
		"another provider has a bug": {
			line: "dana@example.com", says: "zwei could not be searched", offers: 1,
			arrange: func(s *stage) { s.zwei.panics = true },
		},
		"found, but not to be read": {
			line: "dana@example.com", says: "Eins could not be read just now: Eins is away. Nothing was done.",
			arrange: func(s *stage) { s.eins.reads = down("Eins is away") },
		},
		"whose the bot's own is cannot be said": {
			line: "dana@example.com", says: "could not be asked which account is the bot's own",
			arrange: func(s *stage) { s.eins.selves = down("Eins is away") },
		},
		"a rehearsal": {
			line: "dana@example.com", says: "OFF-1 is recorded: rehearse: delete Name of 101", records: 1,
			arrange: func(s *stage) { s.set.Writes = false },
		},
		"no card may go out": {
			line: "dana@example.com", says: "No card can be posted",
			arrange: func(s *stage) { s.set.CardsMayGoOut = func(context.Context) error { return errors.New("shared") } },
		},
		"a mention": {
			line: "<@" + dana + ">", says: "OFF-1 is recorded: delete Name of 101", records: 1,
		},
		"a mention without an address":     {line: "<@" + nomail + ">", says: "Slack has no confirmed e-mail address"},
		"a mention of a stranger":          {line: "<@" + sid + ">", says: "cannot be looked up from here (stranger)"},
		"a mention that nobody can answer": {line: "<@U0NOBODY>", says: "The bot cannot check who you are now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if tc.arrange != nil {
				tc.arrange(s)
			}
			o := s.types(alice, tc.line)
			check(t, o, tc.says)
			last := o.told[len(o.told)-1]
			if len(o.told) != 1 || len(last.Choices) != tc.offers || s.recorded() != tc.records {
				t.Errorf("told %d times, offered %d, recorded %d; want 1, %d, %d", len(o.told), len(last.Choices), s.recorded(), tc.offers, tc.records)
			}
			if tc.records == 1 && last.Card != home {
				t.Errorf("the reply links to %v", last.Card)
			}
		})
	}
}

func TestAskRefuses(t *testing.T) {
	t.Parallel()
	state := func(p *idp, id string, s providers.State) {
		for i := range p.accounts {
			if p.accounts[i].ID == id {
				p.accounts[i].State, p.accounts[i].StateWord = s, "WORD"
			}
		}
	}
	protect := func(x approvals.Shield) func(s *stage) {
		return func(s *stage) { s.set.Guard = protects(x) }
	}
	for name, tc := range map[string]struct {
		user    string
		line    string
		arrange func(s *stage)
		says    string
	}{
		"protected by e-mail": {line: "dana@example.com", arrange: protect(approvals.Shield{Email: "Dana@Example.com"}), says: "is protected"},
		"protected by id":     {line: "dana@example.com", arrange: protect(approvals.Shield{ID: "101", Providers: []string{"eins"}}), says: "is protected"},
		"the bot's own":       {line: "bot@example.com", says: "is the bot's own"},
		"the requester's own": {line: "alice@example.com", says: "This account is your own"},
		"already deleted": {
			line:    "dana@example.com",
			arrange: func(s *stage) { state(s.eins, "101", providers.StateDeleted) },
			says:    "already deleted (WORD)",
		},
		"already inactive": {
			line:    "pat@example.com",
			arrange: func(s *stage) { state(s.zwei, "202", providers.StateInactive) },
			says:    "already inactive",
		},
		"may not ask":             {user: carol, line: "dana@example.com", says: "You may not ask"},
		"an approver may not ask": {user: bob, line: "dana@example.com", says: "You may not ask"},
		"a guest":                 {user: gus, line: "dana@example.com", says: "Guests cannot."},
		"who is asking cannot be said": {
			line:    "dana@example.com",
			arrange: func(s *stage) { s.dir.down = errors.New("down") },
			says:    "The bot cannot check who you are now",
		},
		"a group cannot be read": {
			user: carol, line: "dana@example.com", says: "The bot cannot check who you are now",
			arrange: func(s *stage) { s.set.Requesters.Groups, s.dir.noGroups = []string{"S1"}, errors.New("ratelimited") },
		},
		"the records are away": {
			line: "dana@example.com", arrange: func(s *stage) { s.store.writes = errors.New("disk full") }, says: "The bot cannot record this now",
		},
		// The search shows an old address; only the read by id shows the one that is protected.
		"protected as it is now": {
			line: "dana@example.com", says: "is protected",
			arrange: func(s *stage) {
				protect(approvals.Shield{Email: "ceo@example.com"})(s)
				s.eins.now = map[string]providers.Account{"101": account("eins", "101", "ceo@example.com")}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if tc.arrange != nil {
				tc.arrange(s)
			}
			if tc.user == "" {
				tc.user = alice
			}
			check(t, s.types(tc.user, tc.line), tc.says)
			if s.recorded() != 0 {
				t.Error("a request is on record")
			}
		})
	}
}

func TestAStrangerIsOwedNoAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if o := s.types(sid, "dana@example.com"); len(o.told) != 0 || s.recorded() != 0 {
		t.Errorf("told %v, recorded %d", o.told, s.recorded())
	}
}

func TestRequestersByGroupAndByOtherID(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Requesters = commands.Rights{Users: []string{"W0BOB"}, Groups: []string{"S1"}}
	s.dir.people[bob] = approvals.Person{ID: bob, Also: []string{"W0BOB"}, Email: "bob@example.com"}
	check(t, s.types(bob, "dana@example.com"), "OFF-1 is recorded")
	check(t, s.types(bea, "pat@example.com"), "OFF-2 is recorded")
	check(t, s.types(alice, "104"), "You may not ask")
}

// The card shows what a read by id says now, not what the search's index still shows.
func TestTheAccountIsReadAgainByID(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	now := account("eins", "101", "dana@example.com")
	now.Name, now.Roles, now.StateWord = "Dana Married", []string{"OWNER"}, "LOCKED"
	s.eins.now = map[string]providers.Account{"101": now}
	r := s.requested()
	got := r.Plan.Steps[0].Account
	if got.Name != "Dana Married" || got.StateWord != "LOCKED" || len(got.Roles) != 1 {
		t.Errorf("the plan holds %+v", got)
	}
}

// An @mention becomes a search for the e-mail address, and the person stays the target even if the address at the provider changes.
func TestAMentionIsTheTarget(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	now := account("eins", "101", "another@example.com")
	s.eins.now = map[string]providers.Account{"101": now}
	check(t, s.types(alice, "<@"+dana+"|dana>"), "OFF-1 is recorded")
	r := s.number(1)
	if q := s.eins.queries[0]; r.Plan.Target.ID != dana || q.By != providers.ByEmail || q.Value != "dana@example.com" {
		t.Errorf("target %+v, query %+v", r.Plan.Target, q)
	}
	check(t, s.send(s.click(dana, approvals.ButtonApprove, r)), "your own account")
}

func TestTheStrictestPolicyHolds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Policies = []approvals.Policy{
		{Name: "policy 1", Actions: []providers.Action{providers.Delete}, Approvals: 2, Expires: time.Hour},
		{Name: "policy 2", Approvals: 1, Expires: 24 * time.Hour, Window: 5 * time.Minute, Confirm: approvals.ConfirmTyped},
		{Name: "policy 3", Providers: []string{"zwei"}, Approvals: 5},
	}
	p := s.requested().Policy
	if p.Approvals != 2 || p.Expires != time.Hour || p.Window != 5*time.Minute || p.Confirm != approvals.ConfirmTyped {
		t.Errorf("policy = %+v", p)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.PerHour, s.set.PerRequesterPerDay = 3, 2
	s.set.Requesters.Users = append(s.set.Requesters.Users, bob)
	check(t, s.types(alice, "dana@example.com"), "OFF-1 is recorded")
	check(t, s.types(alice, "pat@example.com"), "OFF-2 is recorded")
	check(t, s.types(alice, "104"), "The limit of 2 requests a day for one requester is reached")
	check(t, s.types(bob, "104"), "OFF-3 is recorded")
	check(t, s.types(bea, "105"), "The limit of 3 requests an hour is reached")
	s.at = s.at.Add(61 * time.Minute)
	check(t, s.types(bea, "105"), "OFF-4 is recorded")
	check(t, s.types(alice, "102"), "a day for one requester")
	s.at = s.at.Add(24 * time.Hour)
	check(t, s.types(alice, "102"), "OFF-5 is recorded")
}

func TestACommandIsHandledOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for i, keys := range [][]string{{"trigger/a", "body/a"}, {"trigger/a", "body/b"}, {"trigger/b", "body/a"}} {
		to := &replies{}
		ack, later, err := s.service().Command(t.Context(), commands.Command{
			From: commands.Sender{UserID: alice}, Delivery: commands.Delivery{Keys: keys}, Text: "dana@example.com", Reply: to,
		})
		o := s.finish(to, ack, later, err)
		if said := o.text() != ""; said != (i == 0) {
			t.Errorf("delivery %d: said %q", i, o.text())
		}
	}
	if s.recorded() != 1 {
		t.Errorf("%d requests", s.recorded())
	}
}

func TestALostReplyLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	to := &replies{fail: errors.New("expired_url")}
	_, later, err := s.service().Command(t.Context(), commands.Command{
		From: commands.Sender{UserID: alice}, Delivery: s.delivery(), Text: "dana@example.com", Reply: to,
	})
	if err != nil {
		t.Fatal(err)
	}
	later(t.Context())
	if s.recorded() != 1 {
		t.Error("nothing is on record")
	}
}
