package limits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// checker collects faults.
type checker struct {
	faults  []string
	blockID map[string]bool
	action  map[string]bool // the action ids of the block being looked at
	md      int             // code points of markdown blocks so far
}

func newChecker() *checker { return &checker{blockID: map[string]bool{}} }

func (c *checker) fault(path, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", fmt.Sprintf(format, args...), path))
}

func (c *checker) decode(path string, raw json.RawMessage) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		c.fault(path, "not valid JSON")
		return nil, false
	}
	return v, true
}

// check looks at one value.
type check func(c *checker, path string, v any)

type field struct {
	need  bool
	check check
}

func must(f check) field { return field{need: true, check: f} }
func may(f check) field  { return field{check: f} }

// shape is an object's fields. A field that is not listed is a fault, as it is to Slack; null counts as absent.
type shape map[string]field

func object(s shape) check {
	return func(c *checker, path string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			c.fault(path, "must be an object")
			return
		}
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if f, known := s[name]; !known {
				c.fault(path, "invalid additional property: %s", name)
			} else if m[name] != nil {
				f.check(c, path+"/"+name, m[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s)) {
			if s[name].need && m[name] == nil {
				c.fault(path, "missing required field: %s", name)
			}
		}
	}
}

// variant looks at an object by the kind that its type names.
func variant(kinds map[string]check) check {
	return func(c *checker, path string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			c.fault(path, "must be an object")
			return
		}
		kind, _ := m["type"].(string)
		f, known := kinds[kind]
		if !known {
			c.fault(path+"/type", "unsupported type: %s", kind)
			return
		}
		f(c, path, v)
	}
}

func array(least, most int, each check) check {
	return func(c *checker, path string, v any) {
		list, ok := v.([]any)
		switch {
		case !ok:
			c.fault(path, "must be an array")
			return
		case len(list) < least:
			c.fault(path, "no fewer than %d items allowed", least)
		case len(list) > most:
			c.fault(path, "no more than %d items allowed", most)
		}
		for i, e := range list {
			each(c, fmt.Sprintf("%s/%d", path, i), e)
		}
	}
}

func str(least, most int) check {
	return func(c *checker, path string, v any) {
		s, ok := v.(string)
		if !ok {
			c.fault(path, "must be a string")
			return
		}
		if n := utf8.RuneCountInString(s); n < least {
			c.fault(path, "must be more than %d characters", least-1)
		} else if n > most {
			c.fault(path, "must be less than %d characters", most+1)
		}
	}
}

func enum(values ...string) check {
	return func(c *checker, path string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			c.fault(path, "must be a valid enum value: %v", values)
		}
	}
}

func boolean(c *checker, path string, v any) {
	if _, ok := v.(bool); !ok {
		c.fault(path, "must be a boolean")
	}
}

func whole(least, most int64) check {
	return func(c *checker, path string, v any) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		if !ok || err != nil || i < least || i > most {
			c.fault(path, "must be a whole number from %d to %d", least, most)
		}
	}
}

func anything(*checker, string, any) {}

func anyObject(c *checker, path string, v any) {
	if _, ok := v.(map[string]any); !ok {
		c.fault(path, "must be an object")
	}
}
