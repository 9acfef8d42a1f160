package main

import (
	"log/slog"
	"strings"
	"testing"

	"offboard/internal/providers"
)

// hollow is a provider that panics at whatever it is asked.
type hollow struct{ providers.Provider }

func (hollow) Describe() providers.Description { return providers.Description{Name: "hollow"} }

func TestAPanicAtTheFirstLookIsNoReasonNotToStart(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	a := &app{providers: []providers.Provider{hollow{}}, log: slog.New(slog.NewTextHandler(&out, nil))}
	if err := a.meetProviders(t.Context()); err != nil || !strings.Contains(out.String(), "provider=hollow") {
		t.Errorf("%v; log: %s", err, out.String())
	}
}
