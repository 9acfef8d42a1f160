package manifest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/manifest"
)

// client is where everything that calls Slack stands.
const client = "../slackbot"

// TestManifestMatchesCode: every method that the code calls is in the table, and so its scopes are in the manifest; and the table has
// none that nothing calls, so that the manifest asks for no scope that is not needed.
func TestManifestMatchesCode(t *testing.T) {
	t.Parallel()
	called := map[string]string{}
	set := token.NewFileSet()
	for _, file := range sources(t, set, client) {
		for method, at := range calls(file) {
			called[method] = set.Position(at).String()
		}
	}
	methods := manifest.Methods()
	for _, m := range slices.Sorted(maps.Keys(called)) {
		if _, ok := methods[m]; !ok {
			t.Errorf("%s calls %s, which manifest.Methods does not list", called[m], m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(methods)) {
		if called[m] == "" {
			t.Errorf("manifest.Methods lists %s, which nothing in %s calls", m, client)
		}
	}
}

// TestCalls shows what counts as a call: any mention of a method outside of a comparison.
func TestCalls(t *testing.T) {
	t.Parallel()
	const source = `package p
import "github.com/slack-go/slack"
const update = "chat.update"
func f(c caller, m string) {
	c.Call(ctx, "users.info", nil)
	table := map[string]any{"x": "views.open"}
	switch m { case "auth.test": }
	if m == "bots.info" { log("chat.postMessage is about messages", "example.com") }
	slack.New("x").PostMessage()
}`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(calls(file)))
	if diff := cmp.Diff([]string{"chat.update", "slack.New", "users.info", "views.open"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

var method = regexp.MustCompile(`^(auth|bots|users|usergroups|conversations|chat|views|apps)\.[a-zA-Z.]+$`)

// calls returns the Slack methods that a file mentions other than to compare with them, each with its place. A client of slack-go
// calls by Go methods, which would not be seen, so making one counts as an unlisted method.
func calls(file *ast.File) map[string]token.Pos {
	out, compared := map[string]token.Pos{}, map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CaseClause:
			for _, word := range n.List {
				compared[word] = true
			}
		case *ast.BinaryExpr:
			compared[n.X], compared[n.Y] = true, true
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "slack" && n.Sel.Name == "New" {
				out["slack.New"] = n.Pos()
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && method.MatchString(s) && !compared[n] {
				out[s] = n.Pos()
			}
		}
		return true
	})
	return out
}

// sources parses the Go files below a folder, tests left out.
func sources(t *testing.T, set *token.FileSet, root string) []*ast.File {
	t.Helper()
	var out []*ast.File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		out = append(out, file)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files in %s: %v", len(out), root, err)
	}
	return out
}
