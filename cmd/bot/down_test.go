package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
)

// removal asks for somebody's removal at Torii, lets the provider misbehave from then on, and has it approved.
func (v visitor) removal(who town.Leaver, match, mode string) {
	v.t.Helper()
	v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard " + who.Email + " provider:torii"})
	now := v.until(town.Bob, "bob sees the card", func(s seen) bool { return len(s.messages(town.Approvals)) == 1 })
	v.fault(match, mode)
	v.do("press", map[string]any{"as": town.Bob, "channel": town.Approvals, "ts": now.messages(town.Approvals)[0].TS, "action": "approve"})
}

func (v visitor) fault(match, mode string) {
	v.t.Helper()
	v.do("fault", map[string]any{"provider": "torii", "match": match, "mode": mode})
}

// later moves the sandbox's clock on by seconds.
func (v visitor) later(seconds int) {
	v.t.Helper()
	v.do("clock", map[string]any{"by": seconds})
}

func (s seen) card(words string) bool {
	cards := s.messages(town.Approvals)
	return len(cards) == 1 && strings.Contains(string(cards[0].Blocks), words)
}

// lines are what the thread of the only card says.
func (s seen) lines() string {
	var out []string
	for _, m := range s.messages(town.Approvals) {
		for _, r := range m.Replies {
			out = append(out, r.Text)
		}
	}
	return strings.Join(out, "\n")
}

// Design §1, sentence 3: what never left is sent again, at most three times; nothing arrives at the provider meanwhile, and the people are told so.
func TestACallThatGetsNoConnection(t *testing.T) {
	t.Parallel()
	v, _ := openSandbox(t)
	v.removal(town.Kim, "write", "down")
	putOff := func(s seen) int {
		return strings.Count(s.lines(), "Put off: Torii could not be reached; nothing was sent. Nothing was done.")
	}
	for n := 1; n <= 3; n++ {
		v.until(town.Bob, "the call is put off", func(s seen) bool { return putOff(s) == n })
		v.later(5 * n)
	}
	now := v.until(town.Bob, "the outcome is told", func(s seen) bool {
		return s.told("Not done: Torii could not be reached; nothing was sent; tried 4 times")
	})
	if state, writes := now.state("torii", town.Kim.ID); state != "active" || writes != 0 {
		t.Errorf("the provider has %s after %d calls", state, writes)
	}
	if putOff(now) != 3 || now.told("Outcome unknown") {
		t.Errorf("the thread says:\n%s", now.lines())
	}
}

// A provider that is back before the tries are used up does it, once.
func TestAProviderComesBackWithinTheTries(t *testing.T) {
	t.Parallel()
	v, _ := openSandbox(t)
	v.removal(town.Kim, "write", "down")
	v.until(town.Bob, "the call is put off", func(s seen) bool { return s.told("Put off: Torii could not be reached") })
	v.fault("write", "none")
	v.later(5)
	now := v.until(town.Bob, "the outcome is told", func(s seen) bool { return s.told("Done: Torii answered 204") })
	if state, writes := now.state("torii", town.Kim.ID); state != "deleted" || writes != 1 {
		t.Errorf("the provider has %s after %d calls", state, writes)
	}
}

// Where nobody answers at all, the account cannot be read again before the call, so none is begun: it is waited for, as long as the window.
func TestAProviderThatIsDownIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"back in time": true, "not back in time": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _ := openSandbox(t)
			v.removal(town.Kim, "any", "down")
			v.until(town.Bob, "the card says why it waits", func(s seen) bool { return s.card("Torii did not answer") })
			want, state, writes := "Done: Torii answered 204", "deleted", 1
			if back {
				v.fault("any", "none")
				v.later(60)
			} else {
				want, state, writes = "Expired: it could not begin in its window: Torii did not answer", "active", 0
				v.later(3700)
			}
			now := v.until(town.Bob, "the outcome is told", func(s seen) bool { return s.told(want) })
			if is, got := now.state("torii", town.Kim.ID); is != state || got != writes {
				t.Errorf("the provider has %s after %d calls", is, got)
			}
		})
	}
}
