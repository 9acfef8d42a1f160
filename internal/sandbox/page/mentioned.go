package page

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// mentioned are the files that the blocks in a state name, by the id or the address that stands there, as far as somebody may see them: a slack_file of an image
// (docs.slack.dev/reference/block-kit/composition-objects/slack-file-object), and a block of the type file.
func (s *server) mentioned(as string, state []byte) map[string]file {
	out := map[string]file{}
	if !bytes.Contains(state, []byte(`"slack_file"`)) && !bytes.Contains(state, []byte(`"external_id"`)) {
		return out
	}
	var tree any
	if json.Unmarshal(state, &tree) != nil {
		return out
	}
	for _, name := range named(tree) {
		f, ok := s.town.Slack.FileAt(name)
		if _, _, sees := s.town.Slack.FileFor(as, cmp.Or(f.ID, name)); !sees {
			continue
		}
		if !ok {
			f, _ = s.town.Slack.File(name)
		}
		out[name] = described(f)
	}
	return out
}

// named lists what files are called in a tree of JSON.
func named(tree any) []string {
	var out []string
	switch t := tree.(type) {
	case []any:
		for _, v := range t {
			out = append(out, named(v)...)
		}
	case map[string]any:
		if name := fileNamed(t); name != "" {
			return []string{name}
		}
		for _, v := range t {
			out = append(out, named(v)...)
		}
	}
	return out
}

// fileNamed is the id or the address by which a block or an element names a file; empty: it names none.
func fileNamed(b map[string]any) string {
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	if f, ok := b["slack_file"].(map[string]any); ok {
		return cmp.Or(text(f, "id"), text(f, "url"))
	}
	if b["type"] == "file" {
		return cmp.Or(text(b, "file_id"), text(b, "external_id"))
	}
	return ""
}
