package limits

import (
	"unicode/utf8"
)

const (
	mostID       = 255
	mostHeader   = 150
	mostTextObj  = 3000
	mostField    = 2000
	mostLabel    = 2000
	mostURL      = 3000
	mostMarkdown = 12000 // all markdown blocks of a message together
)

// The blocks of each surface. An alert lives in modals only (facts/slack.md).
var (
	messageBlocks = surface(map[string]check{
		"markdown": markdown, "table": loose, "file": loose, "context_actions": loose, "plan": loose, "task_card": loose,
	})
	modalBlocks = surface(map[string]check{"alert": loose})
	homeBlocks  = surface(nil)
)

func surface(more map[string]check) map[string]check {
	out := map[string]check{
		"section": section, "header": block(shape{"text": must(plain(1, mostHeader))}), "divider": block(shape{}),
		"context": block(shape{"elements": must(array(1, 10, contextElement))}),
		"actions": block(shape{"elements": must(array(1, 25, actionElement))}),
		"image":   block(imageFields()), "input": input, "rich_text": loose, "video": loose,
	}
	for k, f := range more {
		out[k] = f
	}
	return out
}

// blocks looks at a list of blocks, and that no two share an id.
func (c *checker) blocks(path string, v any, kinds map[string]check, most int) {
	array(0, most, func(c *checker, path string, v any) {
		c.action = map[string]bool{}
		variant(kinds)(c, path, v)
		m, _ := v.(map[string]any)
		if id, _ := m["block_id"].(string); id != "" {
			if c.blockID[id] {
				c.fault(path+"/block_id", "block_id already exists: %s", id)
			}
			c.blockID[id] = true
		}
	})(c, path, v)
}

func block(fields shape) check {
	fields["type"] = must(anything)
	fields["block_id"] = may(str(0, mostID))
	return object(fields)
}

// loose takes any object with a fitting id.
func loose(c *checker, path string, v any) {
	m, _ := v.(map[string]any)
	if id := m["block_id"]; id != nil {
		str(0, mostID)(c, path+"/block_id", id)
	}
}

func section(c *checker, path string, v any) {
	block(shape{
		"text": may(text(1, mostTextObj)), "fields": may(array(1, 10, text(1, mostField))), "accessory": may(accessory),
		"expand": may(boolean),
	})(c, path, v)
	if m, _ := v.(map[string]any); m["text"] == nil && m["fields"] == nil {
		c.fault(path, "missing required field: text or fields")
	}
}

func input(c *checker, path string, v any) {
	block(shape{
		"label": must(plain(1, mostLabel)), "element": must(inputElement), "hint": may(plain(1, mostLabel)), "optional": may(boolean),
		"dispatch_action": may(boolean),
	})(c, path, v)
}

func markdown(c *checker, path string, v any) {
	block(shape{"text": must(str(1, mostMarkdown))})(c, path, v)
	m, _ := v.(map[string]any)
	s, _ := m["text"].(string)
	c.md += utf8.RuneCountInString(s)
	if c.md > mostMarkdown && c.md-utf8.RuneCountInString(s) > 0 {
		c.fault(path+"/text", "all markdown blocks together must be less than %d characters", mostMarkdown+1)
	}
}

func imageFields() shape {
	return shape{
		"image_url": may(str(1, mostURL)), "slack_file": may(slackFile), "alt_text": must(str(1, mostLabel)),
		"title": may(plain(1, mostLabel)),
	}
}

// slackFile names a file of the workspace by its id or its address, and not by both.
func slackFile(c *checker, path string, v any) {
	object(shape{"id": may(str(1, mostID)), "url": may(str(1, mostURL))})(c, path, v)
	if m, _ := v.(map[string]any); (m["id"] == nil) == (m["url"] == nil) {
		c.fault(path, "needs either id or url")
	}
}

// text is a text object of either type.
func text(least, most int) check {
	return variant(map[string]check{"plain_text": plain(least, most), "mrkdwn": mrkdwn(least, most)})
}

// plain is a text object that must be plain_text.
func plain(least, most int) check {
	return object(shape{"type": must(enum("plain_text")), "text": must(str(least, most)), "emoji": may(boolean)})
}

func mrkdwn(least, most int) check {
	return object(shape{"type": must(enum("mrkdwn")), "text": must(str(least, most)), "verbatim": may(boolean)})
}
