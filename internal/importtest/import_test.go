package importtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, must := range []string{"internal/approvals", "internal/providers", "internal/journal"} {
		if !slices.ContainsFunc(packages, func(p pkg) bool { return p.ImportPath == module+must }) {
			t.Errorf("go list does not know %s, so nothing was checked", must)
		}
	}
	for _, b := range breaches(packages) {
		t.Error(b)
	}
}

// TestBreachesAreSeen: edges that nobody should draw, each reported; and ones that are right, not reported.
func TestBreachesAreSeen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from, to string
		good     bool
	}{
		{from: "internal/approvals", to: "offboard/internal/providers", good: true},
		{from: "internal/approvals", to: "log/slog", good: true},
		{from: "internal/approvals", to: "offboard/internal/providers/wire"},
		{from: "internal/approvals", to: "offboard/internal/journal"},
		{from: "internal/approvals", to: "golang.org/x/sync/errgroup"},
		{from: "internal/commands", to: "offboard/internal/book", good: true},
		{from: "internal/commands", to: "offboard/internal/slackbot/cards"},
		{from: "internal/commands", to: "github.com/slack-go/slack"},
		{from: "internal/dispatch", to: "offboard/internal/providers/zitadel"},
		{from: "internal/dispatch", to: "offboard/internal/journal/embedded"},
		{from: "internal/providers/torii", to: "offboard/internal/providers/wire", good: true},
		{from: "internal/providers/torii", to: "offboard/internal/providers/zitadel"},
		{from: "internal/providers/torii", to: "offboard/internal/approvals"},
		{from: "internal/journal/embedded", to: "go.etcd.io/bbolt", good: true},
		{from: "internal/journal/redis", to: "go.etcd.io/bbolt/errors"},
		{from: "internal/journal/redis", to: "github.com/redis/go-redis/v9", good: true},
		{from: "internal/journal/redis", to: "offboard/internal/journal/embedded"},
		{from: "internal/sandbox/play", to: "github.com/slack-go/slack/slackevents", good: true},
		{from: "internal/slackbot/post", to: "offboard/internal/config"},
		{from: "internal/slackbot/post", to: "offboard/cmd/bot"},
		{from: "cmd/bot", to: "github.com/slack-go/slack"},
		{from: "cmd/bot", to: "offboard/internal/config", good: true},
		{from: "internal/sandbox/page", to: "offboard/internal/sandbox/browsertest"},
		{from: "internal/sandbox/page", to: "offboard/internal/sandbox/hand", good: true},
		{from: "internal/sandbox/page", to: "offboard/internal/sandbox/story"},
		{from: "internal/sandbox/hand", to: "offboard/internal/sandbox/story"},
		{from: "internal/sandbox/page", to: "github.com/chromedp/chromedp"},
		{from: "internal/misc", to: "fmt"},
	} {
		found := breaches([]pkg{{ImportPath: module + tc.from, Imports: []string{tc.to}}})
		if (len(found) == 0) != tc.good {
			t.Errorf("%s imports %s: %q", tc.from, tc.to, found)
		}
	}
	inTest := pkg{ImportPath: module + "internal/dispatch", XTestImports: []string{"github.com/redis/go-redis/v9"}}
	if found := breaches([]pkg{inTest}); len(found) != 1 {
		t.Errorf("a library in a test is not reported: %q", found)
	}
}

// list asks the go command for the module's packages. It needs no network: nothing is resolved beyond go.mod.
func list(t *testing.T) []pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	command.Dir = "../.."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, strings.TrimSpace(stderr.String()))
	}
	var packages []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
