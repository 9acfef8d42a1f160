package limits

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// What a message may hold.
const (
	MostText       = 40000 // code points of text in chat.postMessage
	MostUpdateText = 4000  // code points of text in chat.update (facts/slack.md)
	MostBlocks     = 50
	mostViewBlocks = 100
)

// CheckMessage returns the faults of a message to be posted; blocks may be nil.
func CheckMessage(text string, blocks json.RawMessage) []string {
	return append(checkText(text, blocks, MostText), CheckBlocks(blocks)...)
}

// CheckUpdate returns the faults of a message to be put in the place of another; blocks may be nil.
func CheckUpdate(text string, blocks json.RawMessage) []string {
	return append(checkText(text, blocks, MostUpdateText), CheckBlocks(blocks)...)
}

func checkText(text string, blocks json.RawMessage, most int) []string {
	if n := utf8.RuneCountInString(text); n > most {
		return []string{fmt.Sprintf("[ERROR] must be less than %d characters [json-pointer:/text]", most+1)}
	}
	if text == "" && NoBlocks(blocks) {
		return []string{"[ERROR] no text and no blocks [json-pointer:/]"}
	}
	return nil
}

// NoBlocks reports whether there are no blocks: nothing, null or an empty list.
func NoBlocks(blocks json.RawMessage) bool {
	var list []json.RawMessage
	return len(blocks) == 0 || json.Unmarshal(blocks, &list) == nil && len(list) == 0
}

// CheckBlocks returns the faults of a message's blocks.
func CheckBlocks(blocks json.RawMessage) []string {
	if NoBlocks(blocks) {
		return nil
	}
	c := newChecker()
	if list, ok := c.decode("/blocks", blocks); ok {
		c.blocks("/blocks", list, messageBlocks, MostBlocks)
	}
	return c.faults
}

// CheckMetadata returns the faults of a message's metadata; nil, null and {} are none, because that is how metadata is removed.
func CheckMetadata(metadata json.RawMessage) []string {
	if len(metadata) == 0 {
		return nil
	}
	c := newChecker()
	v, ok := c.decode("/metadata", metadata)
	if m, isMap := v.(map[string]any); !ok || v == nil || isMap && len(m) == 0 {
		return c.faults
	}
	object(shape{"event_type": must(str(1, mostID)), "event_payload": must(anyObject), "entities": may(anything)})(c, "/metadata", v)
	return c.faults
}

// CheckView returns the faults of a view for views.open, push, update or publish.
func CheckView(view json.RawMessage) []string {
	c := newChecker()
	v, ok := c.decode("/view", view)
	if !ok {
		return c.faults
	}
	variant(map[string]check{"modal": modal, "home": home})(c, "/view", v)
	return c.faults
}

// CheckSuggestions returns the faults of what an app gives to choose from in a menu that asks it.
func CheckSuggestions(given json.RawMessage) []string {
	c := newChecker()
	v, ok := c.decode("", given)
	if !ok {
		return c.faults
	}
	object(listsOf(0))(c, "", v) // an empty list says that nothing fits
	if m, _ := v.(map[string]any); m["options"] == nil && m["option_groups"] == nil {
		c.fault("", "missing required field: options or option_groups")
	}
	return c.faults
}

const (
	mostTitle   = 24
	mostPrivate = 3000
)

// viewFields are what modal and home views have in common.
func viewFields(more shape) shape {
	out := shape{
		"type": must(anything), "blocks": must(anything), "private_metadata": may(str(0, mostPrivate)),
		"callback_id": may(str(0, mostID)), "external_id": may(str(0, mostID)),
	}
	for k, f := range more {
		out[k] = f
	}
	return out
}

func modal(c *checker, path string, v any) {
	title := plain(1, mostTitle)
	object(viewFields(shape{
		"title": must(title), "submit": may(title), "close": may(title), "clear_on_close": may(boolean), "notify_on_close": may(boolean),
		"submit_disabled": may(boolean),
	}))(c, path, v)
	view, _ := v.(map[string]any)
	c.blocks(path+"/blocks", view["blocks"], modalBlocks, mostViewBlocks)
	if view["submit"] == nil && hasInput(view["blocks"]) {
		c.fault(path+"/submit", "missing required field: submit (the view has an input block)")
	}
}

func home(c *checker, path string, v any) {
	object(viewFields(shape{"title": may(anything), "submit": may(anything), "close": may(anything)}))(c, path, v)
	view, _ := v.(map[string]any)
	c.blocks(path+"/blocks", view["blocks"], homeBlocks, mostViewBlocks)
}

func hasInput(blocks any) bool {
	list, _ := blocks.([]any)
	for _, b := range list {
		if block, _ := b.(map[string]any); block["type"] == "input" {
			return true
		}
	}
	return false
}
