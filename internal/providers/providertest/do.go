package providertest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/sandbox/fault"
)

func doCases() map[string]func(*testing.T, *stand) {
	return map[string]func(*testing.T, *stand){
		"do/every action":            doEvery,
		"do/only this account":       doOnlyOne,
		"do/an action it has not":    doUnsupported,
		"do/odd ids":                 doOddIDs,
		"do/deadline passed":         doTooLate,
		"do/woken up too late":       doWoken,
		"do/context cancelled":       doCancelled,
		"do/cancelled under way":     doCancelledUnderWay,
		"do/nobody there":            doRefusedConnection,
		"do/many at once":            doConcurrently,
		"do/throttled, then allowed": doThrottled,
	}
}

func (s *stand) do(ctx context.Context, o providers.Order) (providers.Answer, error) {
	answer, err := s.p.Do(ctx, o)
	s.hear(answer, err)
	return answer, err
}

func doEvery(t *testing.T, s *stand) {
	for i, a := range s.p.Describe().Actions {
		id := s.Put(Person{Email: "anna@example.com"})
		o := s.order(t, id, a.Action)
		answer, err := s.do(t.Context(), o)
		if err != nil || answer.Status < 200 || answer.Status > 299 || answer.Text == "" {
			t.Errorf("%s = %+v, %v", a.Action, answer, err)
		}
		if !s.Done(id, a.Action) {
			t.Errorf("%s: success was told, and the server's record says otherwise", a.Action)
		}
		s.wantWrites(t, i+1)
		o.Answered = answer.Status
		s.look(t, o, providers.Reached)
		s.wantWrites(t, i+1)
	}
}

func doOnlyOne(t *testing.T, s *stand) {
	_, o := s.anna(t)
	bert := s.Put(Person{Email: "bert@example.com"})
	if _, err := s.do(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if s.Done(bert, o.Action) {
		t.Errorf("somebody else was hit")
	}
}

// wantUnsent is an error that says, truly, that nothing was sent.
func (s *stand) wantUnsent(t *testing.T, err error, kind providers.Kind) {
	t.Helper()
	e, ok := asError(err)
	if !ok || e.Kind != kind || !e.NotSent || e.Say == "" {
		t.Errorf("error = %+v, want %s and not sent", err, kind)
	}
	s.wantWrites(t, 0)
}

func doUnsupported(t *testing.T, s *stand) {
	_, o := s.anna(t)
	for _, a := range append(providers.Actions(), "", "erase") {
		if _, has := s.p.Describe().Info(a); has {
			continue
		}
		o.Action = a
		_, err := s.do(t.Context(), o)
		s.wantUnsent(t, err, providers.Refused)
	}
}

func doOddIDs(t *testing.T, s *stand) {
	_, o := s.anna(t)
	for _, id := range oddIDs {
		o.Account.ID = id
		_, err := s.do(t.Context(), o)
		if e, ok := asError(err); !ok || !e.NotSent {
			t.Errorf("do on %q: %+v", id, err)
		}
	}
	s.wantWrites(t, 0)
}

func doTooLate(t *testing.T, s *stand) {
	_, o := s.anna(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := s.do(ctx, o)
	s.wantUnsent(t, err, providers.Temporary)
}

// woken is the context of a process that was stopped beyond its deadline: the timer has not fired yet.
type woken struct{ context.Context }

func (woken) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func doWoken(t *testing.T, s *stand) {
	_, o := s.anna(t)
	_, err := s.do(woken{t.Context()}, o)
	s.wantUnsent(t, err, providers.Temporary)
}

func doCancelled(t *testing.T, s *stand) {
	_, o := s.anna(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.do(ctx, o)
	s.wantUnsent(t, err, providers.Temporary)
}

// doCancelledUnderWay gives up when the provider has done it and not answered.
func doCancelledUnderWay(t *testing.T, s *stand) {
	id, o := s.anna(t)
	s.Faults.Set("write", fault.Fault{Mode: fault.TimeoutAfter})
	ctx, cancel := context.WithTimeout(t.Context(), impatient)
	defer cancel()
	_, err := s.do(ctx, o)
	if e, ok := asError(err); !ok || e.Kind != providers.UnknownOutcome || e.NotSent {
		t.Errorf("error = %+v, want unknown outcome", err)
	}
	s.wantWrites(t, 1)
	if !s.Done(id, o.Action) {
		t.Fatalf("the server's record says that it was not done")
	}
	s.look(t, o, providers.Reached)
}

func doRefusedConnection(t *testing.T, s *stand) {
	_, o := s.anna(t)
	s.p = s.connect(t, nobodyThere(t), patient)
	_, err := s.do(t.Context(), o)
	s.wantUnsent(t, err, providers.Temporary)
}

func doConcurrently(t *testing.T, s *stand) {
	var all sync.WaitGroup
	orders := []providers.Order{}
	for range 8 {
		_, o := s.anna(t)
		orders = append(orders, o)
	}
	for _, o := range orders {
		all.Go(func() {
			if _, err := s.do(t.Context(), o); err != nil {
				t.Errorf("do: %v", err)
			}
		})
	}
	all.Wait()
	s.wantWrites(t, len(orders))
	if slices.ContainsFunc(orders, func(o providers.Order) bool { return !s.Done(o.Account.ID, o.Action) }) {
		t.Errorf("success was told, and the server's record says otherwise")
	}
}

func doThrottled(t *testing.T, s *stand) {
	id, o := s.anna(t)
	s.Faults.Set("write", fault.Fault{Mode: fault.Throttle, Times: 1, RetryAfter: 3})
	_, err := s.do(t.Context(), o)
	if e, ok := asError(err); !ok || e.Kind != providers.RateLimited || e.Wait != 3*time.Second {
		t.Errorf("error = %+v, want rate limited with 3s", err)
	}
	s.wantWrites(t, 1)
	if s.Done(id, o.Action) {
		t.Fatalf("the server's record says that it was done")
	}
	if _, err := s.do(t.Context(), o); err != nil || !s.Done(id, o.Action) {
		t.Errorf("second try: %v", err)
	}
	s.wantWrites(t, 2)
}
