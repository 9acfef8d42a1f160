package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// deed is one of the calls that the project is there for.
type deed struct {
	name, provider, action string
	at                     string // whose records tell the truth
	leaver                 town.Leaver
	before, after          string // the provider's own words
}

func deeds() []deed {
	return []deed{
		{"ECGrid terminate", "ecgrid", "delete", "ecgrid", town.Dana, "Active", "Terminated"},
		{"ZITADEL delete v2", "zitadel", "delete", "zitadel", town.Omar, "USER_STATE_ACTIVE", "USER_STATE_DELETED"},
		{"ZITADEL delete v1", "zitadel-v1", "delete", "zitadel", town.Lin, "USER_STATE_ACTIVE", "USER_STATE_DELETED"},
		{"ZITADEL deactivate", "zitadel", "deactivate", "zitadel", town.Priya, "USER_STATE_ACTIVE", "USER_STATE_INACTIVE"},
		{"Torii delete", "torii", "delete", "torii", town.Jonas, "active", "deleted"},
	}
}

// hurry lets every provider's call count as unanswered after a second.
var hurry = []string{
	"api_key: env:ECGRID_API_KEY", "api_key: env:ECGRID_API_KEY, timeout: 1s",
	"token: env:ZITADEL_TOKEN", "token: env:ZITADEL_TOKEN, timeout: 1s",
	"timeout: 2s", "timeout: 1s",
}

func (s *stage) faults(at string) *fault.Switch {
	switch at {
	case "ecgrid":
		return s.town.ECGrid.Faults()
	case "torii":
		return s.town.Torii.Faults()
	default:
		return s.town.ZITADEL.Faults()
	}
}

// approved asks for a deed, sets the fault for its call, and has it approved.
func (s *stage) approved(d deed, f fault.Fault) (cardTS string) {
	s.t.Helper()
	card := s.ask(d.leaver, "provider:"+d.provider+" action:"+d.action)
	s.faults(d.at).Set("write", f)
	s.press(town.Bob, card, "approve")
	return card.TS
}

// outcome waits for a line of the thread that tells an outcome and begins with one of the words.
func (s *stage) outcome(cardTS string, words ...string) {
	s.t.Helper()
	s.until("the outcome is told as "+strings.Join(words, " or "), func() bool {
		return slices.ContainsFunc(s.slack.Thread(town.Approvals, cardTS), func(m workspace.Message) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(m.Text, w) })
		})
	})
}

// holds holds what was told against the provider's own record, and that no more than most calls arrived.
func (s *stage) holds(d deed, does bool, least, most int) {
	s.t.Helper()
	want := d.before
	if does {
		want = d.after
	}
	if r := s.town.Record(d.at, d.leaver.ID); r.State != want || r.Writes < least || r.Writes > most {
		s.t.Errorf("%s has %+v on record, not %s after %d to %d calls", d.at, r, want, least, most)
	}
}

// However a call goes wrong, at most one leaves, "Done" is told only of what was done, and what may have been done is told as unknown first.
func TestHostileProviderFaults(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		for _, mode := range []fault.Mode{
			fault.TimeoutAfter, fault.TimeoutBefore, fault.Status500, fault.Status500After, fault.HTML, fault.HTMLAfter, fault.CutAfter,
			fault.Oversize,
		} {
			t.Run(d.name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, props{edit: hurry})
				card := s.approved(d, fault.Fault{Mode: mode})
				if mode.Does() {
					s.outcome(card, "Outcome unknown")
					s.outcome(card, "Done")
				} else {
					s.outcome(card, "Outcome unknown", "Not done")
				}
				s.stop()
				s.holds(d, mode.Does(), 1, 1)
				for _, m := range s.slack.Thread(town.Approvals, card) {
					if !mode.Does() && strings.HasPrefix(m.Text, "Done") {
						t.Errorf("told %q of what was not done", m.Text)
					}
				}
			})
		}
	}
}

// A redirect is not followed: whoever is there would get the credential.
func TestHostileRedirect(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			var visits atomic.Int32
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
			t.Cleanup(elsewhere.Close)
			s := newStage(t, props{edit: hurry})
			card := s.approved(d, fault.Fault{Mode: fault.Redirect, Location: elsewhere.URL})
			s.outcome(card, "Outcome unknown", "Not done")
			s.stop()
			s.holds(d, false, 1, 1)
			if n := visits.Load(); n != 0 {
				t.Errorf("the redirect was followed %d times", n)
			}
		})
	}
}

// Design §9, "429 on the call": sent again after Retry-After, at most three more times.
func TestHostileThrottled(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		t.Run(d.name+"/once", func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{edit: hurry})
			card := s.approved(d, fault.Fault{Mode: fault.Throttle, RetryAfter: 1, Times: 1})
			s.outcome(card, "Done")
			s.holds(d, true, 2, 2)
			s.apart(d, time.Second)
		})
	}
	d := deeds()[0]
	t.Run("for ever", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: hurry})
		card := s.approved(d, fault.Fault{Mode: fault.Throttle, RetryAfter: 1})
		s.outcome(card, "Not done")
		s.stop()
		s.holds(d, false, 4, 4)
		s.apart(d, time.Second)
	})
	t.Run("without a word", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: hurry})
		card := s.approved(d, fault.Fault{Mode: fault.Throttle})
		s.outcome(card, "Put off")
		s.stop()
		s.holds(d, false, 1, 1)
	})
	t.Run("longer than the window", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: append([]string{"window: 1h", "window: 2m"}, hurry...)})
		card := s.approved(d, fault.Fault{Mode: fault.Throttle, RetryAfter: 600})
		s.outcome(card, "Not done")
		s.stop()
		s.holds(d, false, 1, 1)
	})
}

// apart holds that calls for an account were at least so far apart.
func (s *stage) apart(d deed, least time.Duration) {
	s.t.Helper()
	var last time.Time
	for _, c := range s.faults(d.at).Calls() {
		if !c.Write {
			continue
		}
		if gap := c.At.Sub(last); !last.IsZero() && gap < least {
			s.t.Errorf("sent again after %s, not %s", gap, least)
		}
		last = c.At
	}
}

// A provider that nobody answers at has been asked nothing, and one that comes back in time is asked then.
func TestHostileUnreadableBeforeTheCall(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: hurry})
	card := s.ask(town.Dana, "")
	s.town.ECGrid.Faults().Set("any", fault.Fault{Mode: fault.Status500})
	s.press(town.Bob, card, "approve")
	s.thread(card, "Approved by")
	s.until("the account was looked for", func() bool { return len(s.out.entries("recheck postponed")) > 0 })
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Errorf("ECGrid got %d calls", r.Writes)
	}
	s.town.ECGrid.Faults().Clear()
	s.thread(card, "Done")
}

// Three looks that see the account unchanged make "not done, as far as can be seen"; a new request takes over, with fresh approvals.
func TestHostileNotDoneAfterAll(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: hurry, patience: 2 * time.Minute})
	d := deeds()[0]
	card := s.approved(d, fault.Fault{Mode: fault.Status500, Times: 1})
	s.outcome(card, "Outcome unknown")
	s.deliver(commandsPath, s.command(town.Alice, d.leaver.Email))
	s.told(town.Alice, "already open") // reserved while unknown
	s.outcome(card, "Not done, as far as can be seen")
	s.deliver(commandsPath, s.command(town.Alice, d.leaver.Email))
	s.until("there is a new card", func() bool { return len(s.cards(d.leaver.ID)) == 2 })
	again := s.card(d.leaver.ID)
	if !strings.Contains(string(again.Blocks), "0 of 1 approvals") {
		t.Errorf("the new request has approvals: %s", again.Blocks)
	}
	s.press(town.Carol, again, "approve")
	s.outcome(again.TS, "Done")
	s.holds(d, true, 2, 2)
}

// A rehearsal does everything but the call, and says so on the card and in the outcome.
func TestHostileRehearsal(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{rehearsal: true})
			card := s.ask(d.leaver, "provider:"+d.provider+" action:"+d.action)
			if text := card.Text + string(card.Blocks); !strings.Contains(text, "ehearsal") {
				t.Errorf("the card does not say that it is a rehearsal: %s", text)
			}
			s.press(town.Bob, card, "approve")
			s.outcome(card.TS, "Rehearsal")
			s.stop()
			s.holds(d, false, 0, 0)
		})
	}
}
