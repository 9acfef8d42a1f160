package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/config"
	"offboard/internal/providers"
	"offboard/internal/secret"
)

// atOne are two names for one ECGrid, and another ECGrid.
func atOne(t *testing.T) []providers.Provider {
	t.Helper()
	cfg := &config.Config{}
	for _, p := range []struct{ name, url string }{
		{"one", "https://id.example.com"}, {"two", "https://ID.example.com:443/"}, {"other", "https://id.example.org"},
	} {
		cfg.Providers = append(cfg.Providers, config.Provider{Name: p.name, Type: config.ECGrid, URL: p.url, APIKey: secret.New("key")})
	}
	ps, err := buildProviders(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// An account is protected at its provider, whichever of the provider's names it is asked for by; so are those with a role there.
func TestProtectedUnderEveryName(t *testing.T) {
	t.Parallel()
	got, err := protection([]config.Protected{
		{Name: "protected 1", Email: "ceo@example.com"},
		{Name: "protected 2", Provider: "one", ID: "17"},
		{Name: "protected 3", Provider: "two", Role: "NetworkAdmin", AndAbove: true, Approvals: 3},
		{Name: "protected 4", Provider: "other", Role: "NetOps"},
		{Name: "protected 5", Domain: "board.example.com", Approvals: 2},
		{Name: "protected 6", Group: "S0EXECS"},
	}, atOne(t))(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"one", "two"}
	want := approvals.Guard{Shields: []approvals.Shield{
		{Name: "protected 1", Email: "ceo@example.com"},
		{Name: "protected 2", ID: "17", Providers: both},
		{Name: "protected 3", Roles: []string{"Root", "TechOps", "NetOps", "NetworkAdmin"}, Providers: both, Approvals: 3},
		{Name: "protected 4", Roles: []string{"NetOps"}, Providers: []string{"other"}},
		{Name: "protected 5", Domain: "board.example.com", Approvals: 2},
		{Name: "protected 6", Group: "S0EXECS"},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A list is what the file says at that moment; what cannot be read, or not be understood, is an error and never an empty list.
func TestProtectedListIsReadAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "list.txt")
	source := protection([]config.Protected{{Name: "protected 1", File: file, Approvals: 2}}, atOne(t))
	for _, tc := range []struct {
		content string
		want    []approvals.Shield // nil: unreadable
	}{
		{"ceo@example.com\n", []approvals.Shield{{Name: "protected 1, line 1 of list.txt", Email: "ceo@example.com", Approvals: 2}}},
		{"\ufeff# the board\r\n\r\n@board.example.com\r\none:17", []approvals.Shield{
			{Name: "protected 1, line 3 of list.txt", Domain: "board.example.com", Approvals: 2},
			{Name: "protected 1, line 4 of list.txt", ID: "17", Providers: []string{"one", "two"}, Approvals: 2},
		}},
		{"# nobody\n", []approvals.Shield{}},
		{"", nil},
		{"ceo", nil},
		{"ceo@example.com\nceo@exam", []approvals.Shield{
			{Name: "protected 1, line 1 of list.txt", Email: "ceo@example.com", Approvals: 2},
			{Name: "protected 1, line 2 of list.txt", Email: "ceo@exam", Approvals: 2},
		}},
		{"ceo@example.com\n<<<<<<< theirs", nil},
		{"okta:1", nil},
		{"@", nil},
		{"@*.example.com", nil},
		{"ceo@example.com\x00", nil},
		{"\xff\xfe", nil},
	} {
		if err := os.WriteFile(file, []byte(tc.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := source(t.Context())
		if (err != nil) != (tc.want == nil) {
			t.Errorf("%q: %+v, %v", tc.content, got, err)
		}
		if len(tc.want) > 0 {
			if d := cmp.Diff(tc.want, got.Shields); d != "" {
				t.Errorf("%q (-want +got):\n%s", tc.content, d)
			}
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got, err := source(t.Context()); err == nil {
		t.Errorf("gone: %+v", got)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := source(t.Context()); err == nil {
		t.Errorf("a folder: %+v", got)
	}
}

// The configuration knows the same roles, in the same order, as the vendors do.
func TestTheRolesOfTheConfiguration(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Providers: []config.Provider{
		{Name: "ecgrid", Type: config.ECGrid, URL: "https://a.example.com", APIKey: secret.New("key"), Action: providers.Delete},
		{Name: "zitadel", Type: config.ZITADEL, URL: "https://b.example.com", Token: secret.New("key"), Action: providers.Delete},
		{Name: "torii", Type: config.Torii, URL: "https://c.example.com", SecretKey: secret.New("key"), Environment: "e", Action: providers.Delete},
	}}
	ps, err := buildProviders(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range ps {
		if d := cmp.Diff(config.RoleOrder(cfg.Providers[i].Type), p.Describe().RoleOrder); d != "" {
			t.Errorf("%s (-configuration +vendor):\n%s", p.Describe().Name, d)
		}
	}
}
