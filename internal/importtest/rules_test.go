package importtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

const module = "offboard/"

// rule says what the packages that match a pattern may import of this module. Patterns are those of path.Match, and one that ends in
// "/..." matches the folder and everything below it.
type rule struct {
	of   string
	may  []string
	pure bool // the standard library and may, nothing else
}

// rules: the first that matches a package holds for it.
var rules = []rule{
	{of: "internal/approvals", may: []string{"internal/providers"}, pure: true},
	{of: "internal/providers", pure: true},
	{of: "internal/journal", pure: true},
	{of: "internal/secret", pure: true},
	{of: "internal/mrkdwn", pure: true},
	{of: "internal/lease", pure: true},
	{of: "internal/outbound", pure: true},
	{of: "internal/book", may: []string{"internal/approvals", "internal/journal", "internal/providers"}, pure: true},

	{of: "internal/commands/...", may: asking},
	{of: "internal/dispatch/...", may: append([]string{"internal/lease"}, asking...)},

	{of: "internal/providers/wire", may: []string{"internal/providers", "internal/secret", "internal/outbound"}},
	{of: "internal/providers/providertest", may: []string{"internal/providers", "internal/secret", "internal/sandbox/fault"}},
	{of: "internal/providers/*", may: []string{"internal/providers", "internal/providers/wire", "internal/secret", "internal/outbound"}},
	{of: "internal/journal/redis/redistest", pure: true},
	{of: "internal/journal/*", may: []string{"internal/journal", "internal/secret"}},

	{of: "internal/slackbot/...", may: []string{
		"internal/slackbot/...", "internal/commands/...", "internal/dispatch/...", "internal/approvals", "internal/book",
		"internal/audit", "internal/journal", "internal/providers", "internal/mrkdwn", "internal/secret", "internal/lease",
		"internal/outbound",
	}},
	{of: "internal/audit/...", may: []string{"internal/approvals", "internal/book", "internal/journal", "internal/providers", "internal/mrkdwn"}},
	{of: "internal/config", may: []string{"internal/approvals", "internal/providers", "internal/secret"}},
	{of: "internal/manifest", pure: true},
	{of: "internal/importtest", pure: true},
	{of: "docs", pure: true},

	{of: "internal/sandbox/hand", may: []string{"internal/sandbox/workspace"}},
	{of: "internal/sandbox/page", may: []string{
		"internal/approvals", "internal/book", "internal/journal", "internal/mrkdwn", "internal/providers", "internal/slackbot/...",
		"internal/sandbox/fault", "internal/sandbox/hand", "internal/sandbox/town", "internal/sandbox/workspace",
	}},
	{of: "internal/sandbox/...", may: []string{"internal/..."}},
	{of: "cmd/bot", may: []string{"internal/..."}},
}

// asking is what commands and dispatch see: the core, its fold over the journal, the contracts, and how text is made safe.
var asking = []string{"internal/approvals", "internal/book", "internal/journal", "internal/providers", "internal/mrkdwn"}

// library says which packages may import a library, tests included.
type library struct {
	path string // the library and everything below it
	in   []string
}

var libraries = []library{
	{path: "github.com/slack-go/slack", in: []string{"internal/slackbot/...", "internal/sandbox/..."}},
	{path: "github.com/redis/go-redis", in: []string{"internal/journal/redis"}},
	{path: "go.etcd.io/bbolt", in: []string{"internal/journal/embedded"}},
	{path: "github.com/chromedp", in: []string{"internal/sandbox/browsertest"}},
}

// forTests are packages that only tests import.
var forTests = []string{"internal/sandbox/browsertest"}

// pkg is what go list says of one package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// breaches returns one sentence for each import that a rule forbids, and for each package without a rule.
func breaches(packages []pkg) []string {
	var out []string
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		i := slices.IndexFunc(rules, func(r rule) bool { return matches(r.of, name) })
		if i < 0 {
			out = append(out, fmt.Sprintf("%s has no import rule", name))
			continue
		}
		for _, imported := range p.Imports {
			if why := rules[i].forbids(imported); why != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", name, imported, why))
			}
		}
		for _, imported := range p.Imports {
			if slices.Contains(forTests, strings.TrimPrefix(imported, module)) {
				out = append(out, fmt.Sprintf("%s imports %s, which is for tests", name, imported))
			}
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, l := range libraries {
				if below(imported, l.path) && !matchesAny(l.in, name) {
					out = append(out, fmt.Sprintf("%s imports %s, which belongs in %s", name, imported, strings.Join(l.in, " and ")))
				}
			}
		}
	}
	return out
}

func (r rule) forbids(imported string) string {
	own, ours := strings.CutPrefix(imported, module)
	switch {
	case ours && !matchesAny(r.may, own):
		return fmt.Sprintf("it may import %s", strings.Join(append(r.may, "no other package of ours"), ", "))
	case !ours && r.pure && outside(imported):
		return "it may import the standard library and no other module"
	default:
		return ""
	}
}

// outside reports whether an import is neither ours nor of the standard library: those have no dot in their first element.
func outside(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func matches(pattern, name string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return below(name, root)
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

func below(name, root string) bool { return name == root || strings.HasPrefix(name, root+"/") }
