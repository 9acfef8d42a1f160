package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// text returns a text. Numbers are texts as written: an id of digits alone need not be quoted.
func (v value) text() (string, bool) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSuffix(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	default:
		v.fault("must be a text; it is %s", v.is())
		return "", false
	}
}

// shaped returns a text that must have a shape.
func (v value) shaped(s shape) (string, bool) {
	t, ok := v.text()
	if ok && !s.fits(t) {
		v.fault("is not %s", s.what)
		return "", false
	}
	return t, ok
}

func (v value) boolean() bool {
	n, ok := v.node.(*ast.BoolNode)
	if !ok {
		v.fault("must be true or false, without quotes; it is %s", v.is())
		return false
	}
	return n.Value
}

// positive reads a whole number from 1 on.
func (v value) positive(most int) int {
	n, ok := v.node.(*ast.IntegerNode)
	if !ok {
		v.fault("must be a whole number; it is %s", v.is())
		return 0
	}
	switch i := n.Value.(type) {
	case int64:
		if i >= 1 && i <= int64(most) {
			return int(i)
		}
	case uint64:
		if i >= 1 && i <= uint64(most) { //nolint:gosec // most is small and positive
			return int(i)
		}
	}
	v.fault("must be from 1 to %d", most)
	return 0
}

// Below this, people would hardly have the time to read a card.
const briefest = time.Minute

// duration is time for people.
func (v value) duration() time.Duration {
	d := v.span()
	if d > 0 && d < briefest {
		v.warn("is shorter than a minute; people will hardly have the time to read")
	}
	return d
}

// span is a time above zero.
func (v value) span() time.Duration {
	t, ok := v.text()
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(t)
	if err != nil || d <= 0 {
		v.fault("must be a duration above zero, for example 30m or 24h")
		return 0
	}
	return d
}

// items returns the values of a list.
func (v value) items() []value {
	n, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.fault("must be a list, for example [a, b]; it is %s", v.is())
		return nil
	}
	out := make([]value, 0, len(n.Values))
	for i, item := range n.Values {
		out = append(out, value{r: v.r, node: item, path: fmt.Sprintf("%s[%d]", v.path, i), at: placeOf(item, v.at)})
	}
	return out
}

// words returns a list of texts of one shape. What stands there twice counts once.
func (v value) words(s shape) []string {
	var out []string
	for _, item := range v.items() {
		w, ok := item.shaped(s)
		switch {
		case !ok:
		case slices.Contains(out, w):
			item.warn("stands in the list twice")
		default:
			out = append(out, w)
		}
	}
	return out
}

// choice returns one of some words.
func choice[T ~string](v value, words []T) (T, bool) {
	t, ok := v.text()
	if !ok {
		return "", false
	}
	if !slices.Contains(words, T(t)) {
		v.fault("must be %s", either(words))
		return "", false
	}
	return T(t), true
}

// either says a list of words as people say it: "a, b or c".
func either[T ~string](words []T) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " or "
		default:
			out += ", "
		}
		out += string(w)
	}
	return out
}
