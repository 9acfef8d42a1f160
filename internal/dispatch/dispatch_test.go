package dispatch_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		idp    *idp
		state  approvals.State
		want   approvals.Outcome
		calls  int
		thread []approvals.Kind
	}{
		"done": {
			idp: &idp{}, state: approvals.StateDone, want: approvals.Done, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended},
		},
		"timed out after doing it": {
			idp: &idp{do: func(_ int, p *idp) (providers.Answer, error) {
				p.remove()
				return fail(providers.UnknownOutcome, 0)
			}},
			state: approvals.StateDone, want: approvals.Done, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended, approvals.Ended},
		},
		"timed out without doing it": {
			idp:   &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 0) }},
			state: approvals.StateNotDone, want: approvals.Unseen, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended, approvals.Ended},
		},
		"answered 500": {
			idp:   &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 500) }},
			state: approvals.StateNotDone, want: approvals.Unseen, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended, approvals.Ended},
		},
		"success where nothing happened": {
			idp: &idp{do: func(int, *idp) (providers.Answer, error) {
				return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
			}},
			state: approvals.StateNotDone, want: approvals.Unseen, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended, approvals.Ended},
		},
		"no rights": {
			idp:   &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.Denied, 403) }},
			state: approvals.StateNotDone, want: approvals.NotDone, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended},
		},
		"refused because somebody was faster": {
			idp: &idp{do: func(_ int, p *idp) (providers.Answer, error) {
				p.remove()
				return fail(providers.Refused, 400)
			}},
			state: approvals.StateDone, want: approvals.Already, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended},
		},
		"429 three times": {
			idp: &idp{do: func(n int, p *idp) (providers.Answer, error) {
				if n <= 3 {
					return fail(providers.RateLimited, 429)
				}
				p.remove()
				return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
			}},
			state: approvals.StateDone, want: approvals.Done, calls: 4,
			thread: []approvals.Kind{approvals.Approved, approvals.Deferred, approvals.Deferred, approvals.Deferred, approvals.Ended},
		},
		"429 for ever": {
			idp:   &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.RateLimited, 429) }},
			state: approvals.StateNotDone, want: approvals.NotDone, calls: 4,
			thread: []approvals.Kind{approvals.Approved, approvals.Deferred, approvals.Deferred, approvals.Deferred, approvals.Ended},
		},
		"a panic in the provider": {
			idp:   &idp{do: func(int, *idp) (providers.Answer, error) { panic("boom") }},
			state: approvals.StateNotDone, want: approvals.Unseen, calls: 1,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended, approvals.Ended},
		},
		"gone before the call": {
			idp: &idp{read: func(int) (providers.Account, error) {
				a := pat
				a.State, a.StateWord = providers.StateDeleted, "DELETED"
				return a, nil
			}},
			state: approvals.StateDone, want: approvals.Already, calls: 0,
			thread: []approvals.Kind{approvals.Approved, approvals.Ended},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, tc.idp, func(s *stage) {
				s.until("ended", inState(tc.state))
				r := s.quiet()
				if got := r.Steps[0].Outcome; got != tc.want {
					t.Errorf("outcome %s (%s), want %s", got, r.Steps[0].Proof, tc.want)
				}
				if got := s.idp.called(); got != tc.calls {
					t.Errorf("%d calls, want %d", got, tc.calls)
				}
				if d := cmp.Diff(tc.thread, kinds(s.slack.thread)); d != "" {
					t.Errorf("thread (-want +got):\n%s", d)
				}
				s.checkTold(r)
			})
		})
	}
}

// checkTold holds that every decision and deed is in the audit channel, in order and once, and that the card shows the end.
func (s *stage) checkTold(r *approvals.Request) {
	s.t.Helper()
	var want []approvals.Kind
	for _, e := range r.Events {
		if !e.Kind.Receipt() {
			want = append(want, e.Kind)
		}
	}
	if d := cmp.Diff(want, kinds(s.slack.audit)); d != "" {
		s.t.Errorf("audit (-want +got):\n%s", d)
	}
	for mark, n := range s.slack.posts {
		if n != 1 {
			s.t.Errorf("message %s was posted %d times", mark, n)
		}
	}
	if s.slack.cards != 1 {
		s.t.Errorf("%d cards", s.slack.cards)
	}
}

func TestUnseenIsLookedAtForADay(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lands bool
		want  approvals.Outcome
	}{"a late call lands": {true, approvals.Done}, "nothing comes": {false, approvals.NotDone}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 0) }}
			play(t, p, func(s *stage) {
				r := s.until("unseen", func(r *approvals.Request) bool { return r.Steps[0].Outcome == approvals.Unseen })
				if n := len(r.Steps[0].Looks); n != 3 {
					t.Errorf("unseen after %d looks", n)
				}
				if !r.Open() {
					t.Error("the account is not reserved any more")
				}
				if tc.lands {
					s.idp.mu.Lock()
					s.idp.remove()
					s.idp.mu.Unlock()
				}
				r = s.until("final", (*approvals.Request).Final)
				if got := r.Steps[0].Outcome; got != tc.want || s.idp.called() != 1 {
					t.Errorf("outcome %s after %d calls, want %s", got, s.idp.called(), tc.want)
				}
				if r.Open() {
					t.Error("the account is still reserved")
				}
			})
		})
	}
}

// TestClockOfTheStore: where the store's clock differs from the machine's, a call has the time that it was given all the same.
func TestClockOfTheStore(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			p := &idp{}
			s := newStage(t, p)
			defer s.close()
			s.sleep(ahead)
			r := s.ask(true)
			s.run("a", true)
			s.approve(r)
			s.until("done", inState(approvals.StateDone))
			if limit := p.Describe().Timeout; p.left > limit || p.left < limit/2 {
				t.Errorf("clock %s ahead: the call had %s of %s", ahead, p.left, limit)
			}
		})
	}
}

func TestNothingToSeeEndsAsUnknownForAHuman(t *testing.T) {
	t.Parallel()
	p := &idp{
		do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 0) },
		look: func() (providers.Sight, error) {
			return providers.Sight{Verdict: providers.Invisible, Text: "no longer visible"}, nil
		},
	}
	play(t, p, func(s *stage) {
		r := s.until("for a human", func(r *approvals.Request) bool { return r.Steps[0].Human })
		if r.State != approvals.StateUnknown || !r.Open() {
			t.Errorf("state %s, open %t", r.State, r.Open())
		}
		s.until("told", func(*approvals.Request) bool {
			s.slack.mu.Lock()
			defer s.slack.mu.Unlock()
			return slices.Contains(kinds(s.slack.thread), approvals.Unresolved)
		})
	})
}

func TestChangedAccountVoidsApprovals(t *testing.T) {
	t.Parallel()
	p := &idp{read: func(int) (providers.Account, error) {
		a := pat
		a.Email = "other@example.com"
		return a, nil
	}}
	play(t, p, func(s *stage) {
		s.until("drifted", func(r *approvals.Request) bool { return len(r.Drift) > 0 })
		r := s.quiet()
		if r.State != approvals.StatePending || len(r.Approvals) != 0 || s.idp.called() != 0 {
			t.Errorf("%s with %d approvals after %d calls", r.State, len(r.Approvals), s.idp.called())
		}
		if d := cmp.Diff([]approvals.Difference{{What: "e-mail", Before: "pat@example.com", After: "other@example.com"}}, r.Drift); d != "" {
			t.Errorf("difference (-want +got):\n%s", d)
		}
		s.approve(r)
		s.until("done", inState(approvals.StateDone))
	})
}

// A process that was stopped between reading the account and calling knows only what was so before: it reads again.
func TestWhatWasReadBeforeASleepIsReadAgain(t *testing.T) {
	t.Parallel()
	changed := pat
	changed.Email = "other@example.com"
	p := &idp{}
	p.read = func(n int) (providers.Account, error) {
		if n > 1 {
			return changed, nil
		}
		p.sleep(40 * time.Minute)
		return pat, nil
	}
	play(t, p, func(s *stage) {
		r := s.until("asked again", func(r *approvals.Request) bool { return len(r.Drift) > 0 || r.State.Ended() })
		if r.State != approvals.StatePending || s.idp.called() != 0 {
			t.Errorf("%s after %d calls", r.State, s.idp.called())
		}
	})
}

// What a provider answered is known to one process alone until it is on record: that goes on trying for as long as the disk is full.
func TestAnAnswerOutlivesAFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{look: func() (providers.Sight, error) {
			return providers.Sight{Verdict: providers.Invisible, Text: "no longer visible"}, nil
		}}
		s := newStage(t, p)
		defer s.close()
		room := time.Now().Add(20 * time.Minute)
		s.full = func() bool { return p.called() > 0 && time.Now().Before(room) }
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("ended", func(r *approvals.Request) bool { return r.State.Ended() })
		if got := r.Steps[0]; got.Outcome != approvals.Done || p.called() != 1 {
			t.Errorf("%s (%s) after %d calls", got.Outcome, got.Proof, p.called())
		}
	})
}

func TestRehearsalCallsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.approve(s.ask(false))
		s.run("a", false)
		r := s.until("over", (*approvals.Request).Final)
		if r.Steps[0].Outcome != approvals.Rehearsed || s.idp.called() != 0 {
			t.Errorf("outcome %s after %d calls", r.Steps[0].Outcome, s.idp.called())
		}
	})
}

func TestWritesSwitchedOnAfterApprovalAsksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.approve(s.ask(false))
		s.run("a", true)
		r := s.until("asked again", func(r *approvals.Request) bool { return len(r.Drift) > 0 })
		if r.State != approvals.StatePending || s.idp.called() != 0 {
			t.Errorf("%s after %d calls", r.State, s.idp.called())
		}
	})
}

func TestAnotherHostAsksAgainAndIsNotLookedAt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{host: "copy.example.com"})
		defer s.close()
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("asked again", func(r *approvals.Request) bool { return len(r.Drift) > 0 })
		if r.State != approvals.StatePending || s.idp.called() != 0 || s.idp.reads != 0 {
			t.Errorf("%s after %d calls and %d reads", r.State, s.idp.called(), s.idp.reads)
		}
	})
	p := &idp{do: func(_ int, p *idp) (providers.Answer, error) {
		p.host = "copy.example.com"
		p.remove()
		return fail(providers.UnknownOutcome, 0)
	}}
	play(t, p, func(s *stage) {
		r := s.until("for a human", func(r *approvals.Request) bool { return r.Steps[0].Human })
		if r.State != approvals.StateUnknown {
			t.Errorf("%s, by looking at another host", r.State)
		}
	})
}

func TestUnreadableProviderExpiresUncalled(t *testing.T) {
	t.Parallel()
	p := &idp{read: func(int) (providers.Account, error) {
		return providers.Account{}, &providers.Error{Kind: providers.Temporary, Vendor: "IDP"}
	}}
	play(t, p, func(s *stage) {
		s.until("expired", inState(approvals.StateExpired))
		if s.idp.called() != 0 {
			t.Errorf("%d calls", s.idp.called())
		}
	})
}

func TestLostReplicaIsReadBackNeverCalledAgain(t *testing.T) {
	t.Parallel()
	for _, did := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, &idp{})
			defer s.close()
			s.approve(s.ask(true))
			deadline := time.Now().Add(20 * time.Second)
			w := approvals.Begin{Replica: "dead", Deadline: deadline, Now: pat, Asked: time.Now(), People: time.Now(), Writes: true,
				Standing: []approvals.Standing{{ID: "U2", Person: approvals.Person{ID: "U2"}}},
			}
			if _, err := s.book.Update(t.Context(), s.id, book.Wish(w)); err != nil {
				t.Fatal(err)
			}
			if did {
				s.idp.remove()
			}
			s.run("b", true)
			r := s.until("read back", func(r *approvals.Request) bool { return len(r.Steps[0].Looks) > 0 })
			if late := r.Steps[0].Looks[0].At.Sub(deadline); late < 0 || late > 10*time.Second {
				t.Errorf("first look %v after the deadline", late)
			}
			want := map[bool]approvals.Outcome{true: approvals.Done, false: approvals.Unseen}[did]
			r = s.until("known", func(r *approvals.Request) bool { return r.Steps[0].Outcome != approvals.Unknown })
			if r.Steps[0].Outcome != want || s.idp.called() != 0 {
				t.Errorf("outcome %s after %d calls, want %s after none", r.Steps[0].Outcome, s.idp.called(), want)
			}
		})
	}
}

func TestManyReplicasCallOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		r := s.ask(true)
		for _, name := range []string{"a", "b", "c", "d"} {
			s.run(name, true)
		}
		s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		s.approve(r)
		s.until("done", inState(approvals.StateDone))
		if s.idp.called() != 1 {
			t.Errorf("%d calls", s.idp.called())
		}
		s.checkTold(s.quiet())
	})
}
