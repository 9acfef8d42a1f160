package config

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"offboard/internal/secret"
)

// The file's bounds. The parser takes quadratic time over deep nesting and long lines; no honest file comes near.
const (
	fileMax  = 1 << 20
	lineMax  = 4096
	depthMax = 32
)

// reader is one reading of one file.
type reader struct {
	file     string
	text     source
	getenv   func(string) string
	readFile func(string) ([]byte, error)
	faults   Faults
	warnings Faults
	files    []*secret.File // the secrets that stand in files
}

// Load reads and checks the configuration file at path, and the secrets it points to. The error is [Faults], all of them; the
// warnings are there with and without an error.
func Load(path string, getenv func(string) string, readFile func(string) ([]byte, error)) (*Config, []Warning, error) {
	r := &reader{file: path, getenv: getenv, readFile: readFile}
	content, err := readFile(path)
	if err != nil {
		r.fault(place{}, "cannot be read: %s%s", why(err), instead(err))
		return nil, nil, r.faults
	}
	c := r.config(content)
	warnings, err := r.verdict()
	if err != nil {
		return nil, warnings, err
	}
	return c, warnings, nil
}

// instead says what to do about a file that is not there.
func instead(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "; name another with --config, or write it: the README shows one"
	}
	return ""
}

func (r *reader) config(content []byte) *Config {
	root, ok := r.parse(content)
	if !ok {
		return nil
	}
	f, ok := value{r: r, node: root, at: place{line: 1, column: 1}}.fields()
	if !ok {
		return nil
	}
	c := &Config{}
	c.Slack = readSlack(f)
	c.HTTP = readHTTP(f, c.Slack.Transport)
	c.Journal = readJournal(f)
	if v, ok := f.optional("writes"); ok {
		c.Writes = v.boolean()
	}
	c.Requesters = readPeople(f, "requesters", "who may ask, as in {users: [U0123456], groups: [S0123456]}", "ask")
	c.Approvers = readPeople(f, "approvers", "who may approve, as in {users: [U0123456], groups: [S0123456]}", "approve")
	c.Rights = readRights(f)
	var names []string
	c.Providers, names = readProviders(f)
	c.Policies = readPolicies(f, names, c.Approvers)
	c.Protected = readProtected(f, c.Providers, names)
	c.Limits = readLimits(f)
	c.Digest = readDigest(f)
	c.Caps = readCaps(f)
	f.done()
	c.Files = r.files
	enoughPeople(f, c)
	return c
}

// parse gives the file's one document.
func (r *reader) parse(content []byte) (ast.Node, bool) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !r.bounded(content) {
		return nil, false
	}
	r.text = newSource(string(content))
	file, err := parse(content)
	if err != nil {
		r.unreadable(err)
		return nil, false
	}
	var root ast.Node
	for _, d := range file.Docs {
		switch {
		case d == nil || d.Body == nil || d.Body.Type() == ast.CommentGroupType:
		case root != nil:
			r.fault(placeOf(d.Body, place{line: 1, column: 1}), "there is a second document after ---; keep one")
			return nil, false
		default:
			root = d.Body
		}
	}
	if root == nil {
		r.fault(place{line: 1, column: 1}, "the file is empty; the README shows what belongs into it")
	}
	return root, root != nil
}

var errParserPanic = errors.New("the parser gave up")

// parse guards against the parser's panics on malformed input.
func parse(content []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, errParserPanic
		}
	}()
	return parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
}

// The parser's own sentences are fixed texts, but for duplicate keys, which it is told to allow.
func (r *reader) unreadable(err error) {
	e, ok := errors.AsType[*yaml.SyntaxError](err)
	if !ok || e.Token == nil || e.Token.Position == nil {
		r.fault(place{line: 1, column: 1}, "this is not valid YAML; look for a missing bracket, quote or blank after a colon")
		return
	}
	at := place{line: max(e.Token.Position.Line, 1), column: max(e.Token.Position.Column, 1)}
	r.fault(at, "this is not valid YAML: %s", e.Message)
}

// bounded refuses what the parser should not see at all.
func (r *reader) bounded(content []byte) bool {
	switch {
	case len(content) > fileMax:
		r.fault(place{}, "is larger than 1 MiB; this is not a configuration file")
		return false
	case !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0:
		r.fault(place{}, "is not UTF-8 text; save it as UTF-8")
		return false
	}
	depth := 0
	for i, line := range strings.Split(string(content), "\n") {
		depth += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		depth = max(depth, 0)
		if len(line) > lineMax {
			r.fault(place{line: i + 1, column: 1}, "this line is too long; break it up")
			return false
		}
		if depth > depthMax {
			r.fault(place{line: i + 1, column: 1}, "more than %d brackets are open here; close them", depthMax)
			return false
		}
	}
	return true
}
