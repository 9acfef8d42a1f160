package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"offboard/internal/secret"
)

func TestNeverPrinted(t *testing.T) {
	t.Parallel()
	type holder struct {
		Token secret.String
		From  secret.Source
		own   secret.Source
	}
	f := newRig(t, "marked-secret").File
	h := holder{Token: secret.New("marked-secret"), From: f, own: f}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+" "+verb+"\n", h, &h, h.Token, f)
		fmt.Fprintf(&out, verb+" "+verb+"\n", h.own, []any{f, h.Token})
	}
	if err := json.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	if err := yaml.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "file", f)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "file", f)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "holder", h, "token", h.Token)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "holder", h, "token", h.Token)
	if strings.Contains(out.String(), "marked-secret") || strings.Contains(out.String(), fmt.Sprintf("%x", "marked-secret")) {
		t.Errorf("the secret was printed:\n%s", out.String())
	}
	if h.Token.Reveal() != "marked-secret" {
		t.Errorf("Reveal = %q", h.Token.Reveal())
	}
}

func TestZeroValueIsEmpty(t *testing.T) {
	t.Parallel()
	var s secret.String
	if !s.Empty() || s.Reveal() != "" {
		t.Errorf("the zero value is not empty")
	}
}
