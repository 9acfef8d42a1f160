package importtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verifiesOrigins is the one place where the word stands: there it is about a browser's origin, on loopback, and not about TLS.
const verifiesOrigins = "internal/sandbox/workspace/socket.go"

// asksEnvironment is the one place that asks the environment for a proxy, for a configuration that says so.
const asksEnvironment = "cmd/bot/route.go"

// TestEdges: in what the bot is made of nothing turns the verification of certificates off, speaks an old TLS, follows a redirect, or uses a proxy
// that the configuration does not name.
func TestEdges(t *testing.T) {
	t.Parallel()
	looked := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		looked++
		name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
		for _, fault := range edges(name, file) {
			t.Errorf("%s: %s", name, fault)
		}
		return nil
	})
	if err != nil || looked < 100 {
		t.Errorf("%d files were looked at: %v", looked, err)
	}
}

// edges lists what a file does that it must not. The sandbox is on loopback and talks to itself.
func edges(name string, file *ast.File) []string {
	var out []string
	sandbox := strings.HasPrefix(name, "internal/sandbox/")
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Name == "InsecureSkipVerify" && name != verifiesOrigins {
				out = append(out, "it has a way not to verify a certificate")
			}
		case *ast.CompositeLit:
			if !sandbox {
				out = append(out, literal(n)...)
			}
		case *ast.SelectorExpr:
			if !sandbox {
				out = append(out, selected(name, n)...)
			}
		}
		return true
	})
	return out
}

func literal(n *ast.CompositeLit) []string {
	switch of := qualified(n.Type); {
	case of == "http.Client" && !has(n, "CheckRedirect"):
		return []string{"an http.Client follows redirects: set CheckRedirect"}
	case of == "http.Transport" && has(n, "Proxy"):
		return []string{"an http.Transport has a Proxy: outbound.Route has it"}
	case of == "tls.Config" && !has(n, "MinVersion"):
		return []string{"a tls.Config does not say MinVersion"}
	default:
		return nil
	}
}

// defaults are what follows redirects and asks the environment for a proxy.
var defaults = []string{"http.Get", "http.Head", "http.Post", "http.PostForm", "http.DefaultClient", "http.DefaultTransport"}

func selected(name string, n *ast.SelectorExpr) []string {
	switch what := qualified(n); {
	case slices.Contains(defaults, what):
		return []string{what + " follows redirects and uses the environment's proxy"}
	case strings.HasPrefix(what, "http.ProxyFromEnvironment") && name != asksEnvironment:
		return []string{"it asks the environment for a proxy"}
	default:
		return nil
	}
}

// qualified is package.Name; empty for anything else.
func qualified(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if p, ok := s.X.(*ast.Ident); ok {
			return fmt.Sprintf("%s.%s", p.Name, s.Sel.Name)
		}
	}
	return ""
}

func has(n *ast.CompositeLit, key string) bool {
	return slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		k, ok := kv.Key.(*ast.Ident)
		return ok && k.Name == key
	})
}

// TestEdgesAreSeen: each thing that must not be is noticed.
func TestEdgesAreSeen(t *testing.T) {
	t.Parallel()
	for code, good := range map[string]bool{
		"http.Client{CheckRedirect: f}": true, "tls.Config{MinVersion: 1}": true, "http.Transport{}": true, "http.NewRequest": true,
		"http.Client{}": false, "&http.Client{Timeout: 1}": false, "tls.Config{}": false, "http.Transport{Proxy: f}": false,
		"tls.Config{MinVersion: 1, InsecureSkipVerify: true}": false, "http.DefaultClient.Do": false, "http.Get": false, "http.ProxyFromEnvironment": false,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar _ = "+code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if found := edges("cmd/bot/x.go", file); (len(found) == 0) != good {
			t.Errorf("%s: %q", code, found)
		}
	}
}
