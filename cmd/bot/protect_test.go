package main

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/config"
	"offboard/internal/secret"
)

// An account is protected at its provider, whichever of the provider's names it is asked for by.
func TestProtectedUnderEveryName(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Protected: []string{"ceo@example.com", "one:17"}}
	for name, url := range map[string]string{
		"one": "https://id.example.com", "two": "https://ID.example.com:443/", "other": "https://id.example.org",
	} {
		cfg.Providers = append(cfg.Providers, config.Provider{Name: name, Type: config.ECGrid, URL: url, APIKey: secret.New("key")})
	}
	ps, err := buildProviders(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"ceo@example.com", "one:17", "two:17"}, protected(cfg.Protected, ps)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
