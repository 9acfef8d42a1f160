package providertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/sandbox/fault"
)

func readCases() map[string]func(*testing.T, *stand) {
	return map[string]func(*testing.T, *stand){
		"describe":                     describe,
		"self":                         self,
		"read/whole":                   readWhole,
		"read/unknown id":              readUnknown,
		"read/odd ids":                 readOddIDs,
		"read/retried":                 readRetried,
		"read/believes only JSON":      readForeign,
		"read/follows no redirect":     readRedirect,
		"read/ends with its context":   readContext,
		"read/nobody there":            readRefusedConnection,
		"read/many at once":            readConcurrently,
		"look/before anything is done": lookBefore,
	}
}

func describe(t *testing.T, s *stand) {
	d := s.p.Describe()
	if d.Name == "" || d.Vendor == "" || d.Timeout <= 0 || d.Settle < 0 || d.Host != strings.TrimPrefix(s.url, "http://") {
		t.Errorf("description is not whole: %+v", d)
	}
	if _, ok := d.Info(d.Default); !ok {
		t.Errorf("the default action %q is none of %+v", d.Default, d.Actions)
	}
	for _, a := range d.Actions {
		if a.Reversible && a.Warning == "" || a.Reversible != (a.Undo != "") {
			t.Errorf("action is not described: %+v", a)
		}
	}
	if len(s.Faults.Calls()) != 0 {
		t.Errorf("describing sent something")
	}
}

func self(t *testing.T, s *stand) {
	a, err := s.p.Self(t.Context())
	s.hear(a, err)
	if err != nil || a.ID != s.SelfID {
		t.Errorf("self = %q, %v; want %q", a.ID, err, s.SelfID)
	}
	s.wantWrites(t, 0)
}

func readWhole(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	a, err := s.p.Read(t.Context(), id)
	s.hear(a, err)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != id || a.Email != "anna@example.com" || a.State != providers.StateActive || a.StateWord == "" || a.Tenant == "" ||
		a.Provider != s.p.Describe().Name || a.Created.IsZero() || a.Name == "" {
		t.Errorf("account is not whole: %+v", a)
	}
	s.wantWrites(t, 0)
}

func readUnknown(t *testing.T, s *stand) {
	a, err := s.p.Read(t.Context(), s.Unknown)
	s.hear(a, err)
	switch kind := providers.KindOf(err); kind {
	case providers.NotFound, providers.Denied, providers.Misconfigured:
	case providers.Refused, providers.RateLimited, providers.Temporary, providers.UnknownOutcome:
		t.Errorf("reading an unknown id: %v", err)
	}
	if err == nil {
		t.Errorf("an unknown id was read: %+v", a)
	}
}

var oddIDs = []string{"", " ", ".", "..", "../me", "a/b", "a?b", "a#b", "%2e%2e", "a\nb", "é", strings.Repeat("9", 300)}

func readOddIDs(t *testing.T, s *stand) {
	for _, id := range oddIDs {
		a, err := s.p.Read(t.Context(), id)
		s.hear(a, err)
		if err == nil {
			t.Errorf("read %q = %+v", id, a)
		}
	}
	s.wantWrites(t, 0)
}

func readRetried(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	for _, f := range []fault.Fault{
		{Mode: fault.Status500}, {Mode: fault.CutAfter}, {Mode: fault.Throttle}, {Mode: fault.Throttle, RetryAfter: 1},
	} {
		f.Times = 1
		s.Faults.Set("read", f)
		if a, err := s.p.Read(t.Context(), id); err != nil || a.ID != id {
			t.Errorf("read after one %s = %+v, %v", f.Mode, a, err)
		}
	}
	s.wantWrites(t, 0)
}

func readForeign(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	for _, mode := range []fault.Mode{fault.HTML, fault.HTMLAfter, fault.Oversize} {
		s.Faults.Set("read", fault.Fault{Mode: mode})
		for name, err := range s.allReads(t.Context(), id) {
			if providers.KindOf(err) != providers.Misconfigured {
				t.Errorf("%s under %s: %v, want misconfigured", name, mode, err)
			}
		}
	}
	s.wantWrites(t, 0)
}

// allReads asks everything that can be asked, at once, and returns the errors.
func (s *stand) allReads(ctx context.Context, id string) map[string]error {
	var self, find, read, look error
	var all sync.WaitGroup
	all.Go(func() { _, self = s.p.Self(ctx) })
	all.Go(func() { _, find = s.p.Find(ctx, providers.Query{By: providers.ByEmail, Value: "anna@example.com"}) })
	all.Go(func() { _, read = s.p.Read(ctx, id) })
	all.Go(func() {
		_, look = s.p.Look(ctx, providers.Order{Account: providers.Account{ID: id}, Action: s.p.Describe().Default})
	})
	all.Wait()
	s.hear(self, find, read, look)
	return map[string]error{"self": self, "find": find, "read": read, "look": look}
}

// elsewhere is a server that nobody may ask anything.
func (s *stand) elsewhere(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed: %s %s", r.Method, r.URL.Path)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func readRedirect(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	for _, location := range []string{s.elsewhere(t), s.url} {
		s.Faults.Set("read", fault.Fault{Mode: fault.Redirect, Location: location})
		before := len(s.Faults.Calls())
		errs := s.allReads(t.Context(), id)
		for name, err := range errs {
			if providers.KindOf(err) != providers.Misconfigured {
				t.Errorf("%s: %v, want misconfigured", name, err)
			}
		}
		if asked := len(s.Faults.Calls()) - before; asked > len(errs) {
			t.Errorf("%d requests for %d questions", asked, len(errs))
		}
	}
}

func readContext(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	s.Faults.Set("read", fault.Fault{Mode: fault.TimeoutBefore})
	ctx, cancel := context.WithTimeout(t.Context(), impatient/4)
	defer cancel()
	start := time.Now()
	for name, err := range s.allReads(ctx, id) {
		if providers.KindOf(err) != providers.Temporary {
			t.Errorf("%s: %v, want temporary", name, err)
		}
	}
	if took := time.Since(start); took > patient/2 {
		t.Errorf("took %s", took)
	}
}

func readRefusedConnection(t *testing.T, s *stand) {
	s.p = s.connect(t, nobodyThere(t), patient)
	ctx, cancel := context.WithTimeout(t.Context(), impatient/10)
	defer cancel()
	for name, err := range s.allReads(ctx, s.Unknown) {
		if e, ok := asError(err); !ok || e.Kind != providers.Temporary {
			t.Errorf("%s: %v, want temporary", name, err)
		}
	}
}

// nobodyThere is the address of a port that nobody listens on.
func nobodyThere(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server.URL
}

func readConcurrently(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for name, err := range s.allReads(t.Context(), id) {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	all.Wait()
}

func lookBefore(t *testing.T, s *stand) {
	id := s.Put(Person{Email: "anna@example.com"})
	for _, a := range s.p.Describe().Actions {
		s.look(t, s.order(t, id, a.Action), providers.NotReached)
	}
	s.wantWrites(t, 0)
}
