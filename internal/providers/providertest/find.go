package providertest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"offboard/internal/providers"
)

func findCases() map[string]func(*testing.T, *stand) {
	return map[string]func(*testing.T, *stand){
		"find/nobody":              findNobody,
		"find/one by e-mail":       findByEmail,
		"find/many":                findMany,
		"find/never more than 20":  findCrowd,
		"find/by login":            findByLogin,
		"find/by id":               findByID,
		"find/an empty query":      findEmpty,
		"find/an e-mail is no id":  findOddIDs,
		"find/neighbours stay out": findNeighbours,
	}
}

func asError(err error) (*providers.Error, bool) { return errors.AsType[*providers.Error](err) }

// found asks and returns the ids, sorted.
func (s *stand) found(t *testing.T, by providers.By, value string) []string {
	t.Helper()
	accounts, err := s.p.Find(t.Context(), providers.Query{By: by, Value: value})
	s.hear(accounts, err)
	if err != nil {
		t.Fatalf("find by %s %q: %v", by, value, err)
	}
	ids := []string{}
	for _, a := range accounts {
		ids = append(ids, a.ID)
		if a.Provider != s.p.Describe().Name || a.Tenant == "" || a.State != providers.StateActive || a.StateWord == "" {
			t.Errorf("account is not whole: %+v", a)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *stand) wantFound(t *testing.T, by providers.By, value string, ids ...string) {
	t.Helper()
	slices.Sort(ids)
	if got := s.found(t, by, value); !slices.Equal(got, ids) {
		t.Errorf("find by %s %q = %q, want %q", by, value, got, ids)
	}
}

func findNobody(t *testing.T, s *stand) {
	s.Put(Person{Email: "anna@example.com"})
	s.wantFound(t, providers.ByEmail, "nobody@example.com")
	s.wantFound(t, providers.ByAny, "nobody@example.com")
	s.wantFound(t, providers.ByLogin, "nobody")
	s.wantFound(t, providers.ByID, s.Unknown)
	s.wantFound(t, providers.ByAny, s.Unknown)
}

func findByEmail(t *testing.T, s *stand) {
	anna := s.Put(Person{Email: "anna@example.com"})
	s.Put(Person{Email: "bert@example.com"})
	for _, spelling := range []string{"anna@example.com", "ANNA@Example.COM", "  anna@example.com "} {
		s.wantFound(t, providers.ByEmail, spelling, anna)
		s.wantFound(t, providers.ByAny, spelling, anna)
	}
}

func findMany(t *testing.T, s *stand) {
	a, b := s.Put(Person{Email: "anna@example.com"}), s.Put(Person{Email: "Anna@example.com"})
	s.wantFound(t, providers.ByEmail, "anna@example.com", a, b)
}

func findCrowd(t *testing.T, s *stand) {
	for range 25 {
		s.Put(Person{Email: "anna@example.com"})
	}
	if got := s.found(t, providers.ByEmail, "anna@example.com"); len(got) != 20 {
		t.Errorf("%d accounts, want 20", len(got))
	}
}

func findByLogin(t *testing.T, s *stand) {
	if !s.Logins {
		s.Put(Person{Email: "anna@example.com"})
		s.wantFound(t, providers.ByLogin, "anna")
		return
	}
	anna := s.Put(Person{Email: "anna@example.com", Login: "a.smith"})
	mail := s.Put(Person{Email: "other@example.com", Login: "mail@example.com"})
	s.wantFound(t, providers.ByLogin, "A.Smith", anna)
	s.wantFound(t, providers.ByAny, "a.smith", anna)
	s.wantFound(t, providers.ByLogin, "a.smit")
	s.wantFound(t, providers.ByEmail, "mail@example.com", mail) // a login counts where an e-mail address is asked for
	s.wantFound(t, providers.ByAny, "MAIL@example.com", mail)
}

func findByID(t *testing.T, s *stand) {
	anna := s.Put(Person{Email: "anna@example.com"})
	s.Put(Person{Email: "bert@example.com"})
	s.wantFound(t, providers.ByID, anna, anna)
	s.wantFound(t, providers.ByAny, anna, anna)
}

// findEmpty is the selector that matches everybody at two of three vendors.
func findEmpty(t *testing.T, s *stand) {
	s.Put(Person{Email: "anna@example.com"})
	for _, by := range []providers.By{providers.ByEmail, providers.ByLogin, providers.ByID, providers.ByAny} {
		for _, value := range []string{"", " ", "\t\n"} {
			accounts, err := s.p.Find(t.Context(), providers.Query{By: by, Value: value})
			s.hear(accounts, err)
			if providers.KindOf(err) != providers.Refused || len(accounts) != 0 {
				t.Errorf("find by %s %q = %v, %v; want refused", by, value, accounts, err)
			}
		}
	}
	if calls := s.Faults.Calls(); len(calls) != 0 {
		t.Errorf("an empty query was sent: %+v", calls)
	}
}

func findOddIDs(t *testing.T, s *stand) {
	anna := s.Put(Person{Email: "anna@example.com"})
	for _, value := range []string{"anna@example.com", "../" + anna, anna + "/..", anna + "?x=1", anna + "#", "%2e%2e", "*", "search"} {
		accounts, err := s.p.Find(t.Context(), providers.Query{By: providers.ByID, Value: value})
		s.hear(accounts, err)
		if len(accounts) != 0 {
			t.Errorf("find by id %q = %+v", value, accounts)
		}
	}
	s.wantWrites(t, 0)
}

func findNeighbours(t *testing.T, s *stand) {
	anna := s.Put(Person{Email: "anna@example.com"})
	for _, near := range []string{"anna@example.com.evil.example", "xanna@example.com", "anna@example.co", "anna+1@example.com"} {
		s.Put(Person{Email: near, Login: strings.ReplaceAll(near, "@", ".at.")})
	}
	s.wantFound(t, providers.ByEmail, "anna@example.com", anna)
	s.wantFound(t, providers.ByEmail, "nna@example.com")
	s.wantFound(t, providers.ByEmail, "%@example.com")
	s.wantFound(t, providers.ByEmail, "*@example.com")
}
