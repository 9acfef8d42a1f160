package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// value is one value of the file with its path, for sentences, and its place.
type value struct {
	r    *reader
	node ast.Node
	path string // "slack.team", "policies[0].match"; empty for the whole file
	at   place  // of the value where it begins on the key's line, else of its key
}

func (v value) name() string {
	if v.path == "" {
		return "the file"
	}
	return v.path
}

func (v value) fault(format string, args ...any) {
	v.r.fault(v.at, "%s %s", v.name(), fmt.Sprintf(format, args...))
}

func (v value) warn(format string, args ...any) {
	v.r.warn(v.at, "%s %s", v.name(), fmt.Sprintf(format, args...))
}

// is says what the value is, for sentences.
func (v value) is() string {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.NullNode, nil:
		return "empty"
	default:
		return "an anchor, alias or tag, which this file cannot have; write the value out"
	}
}

func (v value) empty() bool {
	_, null := v.node.(*ast.NullNode)
	return null || v.node == nil
}

// field is one key of a group with its value.
type field struct {
	name string
	at   place
	value
}

// fields is a group of keys while it is being read: what is asked for is known, what is left over is a fault.
type fields struct {
	of    value
	all   []field // in the order of the file, without duplicates
	known []string
	hint  func(unknown string) (string, bool) // says what to do about an unknown key; may be nil
}

// fields opens a group of keys; false and a fault when the value is something else.
func (v value) fields() (*fields, bool) {
	var pairs []*ast.MappingValueNode
	switch n := v.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		v.fault("must be a group of keys; it is %s", v.is())
		return nil, false
	}
	f := &fields{of: v}
	for _, p := range pairs {
		f.add(p)
	}
	return f, true
}

// grouped reports whether the value is a group of keys.
func (v value) grouped() bool {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	default:
		return false
	}
}

func (f *fields) add(p *ast.MappingValueNode) {
	at := placeOf(p.Key, f.of.at)
	name, ok := keyName(p.Key)
	if !ok {
		f.of.r.fault(at, "%s has a key that is not a plain word; write a word, a colon and a blank", f.of.name())
		return
	}
	if i := slices.IndexFunc(f.all, func(e field) bool { return e.name == name }); i >= 0 {
		f.of.r.fault(at, "duplicate key %q; it stands in line %d already: keep one of the two", name, f.all[i].at.line)
		return
	}
	path := name
	if f.of.path != "" {
		path = f.of.path + "." + name
	}
	v := value{r: f.of.r, node: p.Value, path: path, at: placeOf(p.Value, at)}
	if v.at.line != at.line || v.empty() {
		v.at = at
	}
	f.all = append(f.all, field{name: name, at: at, value: v})
}

// plainWord is also what a key may look like in a sentence: anything else could be a secret that lost its blank after the colon.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

func keyName(key ast.MapKeyNode) (string, bool) {
	var name string
	switch k := key.(type) {
	case *ast.StringNode:
		name = k.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		name = k.GetToken().Value
	default:
		return "", false
	}
	return name, plainWord.MatchString(name) && !secretShape.MatchString(name)
}

func placeOf(n ast.Node, otherwise place) place {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return otherwise
	}
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return placeOf(m.Values[0].Key, otherwise)
		}
	case *ast.MappingValueNode:
		return placeOf(m.Key, otherwise)
	}
	p := n.GetToken().Position
	return place{line: max(p.Line, 1), column: max(p.Column, 1)}
}

// optional returns the value of a key; false when it is left out or empty.
func (f *fields) optional(name string) (value, bool) {
	if !slices.Contains(f.known, name) {
		f.known = append(f.known, name)
	}
	i := slices.IndexFunc(f.all, func(e field) bool { return e.name == name })
	if i < 0 || f.all[i].empty() {
		return value{}, false
	}
	return f.all[i].value, true
}

// required is optional, with a fault when there is nothing; what says what belongs there.
func (f *fields) required(name, what string) (value, bool) {
	v, ok := f.optional(name)
	if !ok {
		f.missing(name, what)
	}
	return v, ok
}

func (f *fields) missing(name, what string) {
	at, path := f.of.at, name
	if f.of.path != "" {
		path = f.of.path + "." + name
	}
	for _, e := range f.all {
		if e.name == name {
			at = e.at
		}
	}
	f.of.r.fault(at, "%s is missing; it is %s", path, what)
}

// done reports every key that nobody asked for.
func (f *fields) done() {
	for _, e := range f.all {
		if !slices.Contains(f.known, e.name) {
			f.of.r.fault(e.at, "unknown key %q; %s", e.name, f.instead(e.name))
		}
	}
}

func (f *fields) instead(name string) string {
	if f.hint != nil {
		if say, ok := f.hint(name); ok {
			return say
		}
	}
	if like, ok := nearest(name, f.known); ok {
		return fmt.Sprintf("did you mean %q?", like)
	}
	return "known here: " + strings.Join(f.known, ", ")
}
