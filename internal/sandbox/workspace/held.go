package workspace

import (
	"maps"
	"strings"
)

// Held is what somebody has entered and chosen in the elements of a message, a form or a Home tab and not sent yet: by block id, by action id, each as
// [Press]'s Value has it. What is not in it is as it began.
type Held map[string]map[string]string

// with is what is held once an element holds a value.
func (h Held) with(block, action, value string) Held {
	out := Held{}
	maps.Copy(out, h)
	inner := maps.Clone(h[block])
	if inner == nil {
		inner = map[string]string{}
	}
	inner[action] = value
	out[block] = inner
	return out
}

// values gives what all elements of some blocks hold, as state.values of a payload does: of all that hold something, not only of those in input
// blocks (Slack's changelog of September 2020, "A full state on view submission and block actions").
func (h Held) values(blocks []map[string]any) answer {
	out := answer{}
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			id, _ := b["block_id"].(string)
			action, _ := e["action_id"].(string)
			if !holds(e) {
				continue
			}
			inner, _ := out[id].(answer)
			if inner == nil {
				inner = answer{}
				out[id] = inner
			}
			inner[action] = h.value(e, id, action)
		}
	}
	return out
}

func (h Held) value(e map[string]any, block, action string) answer {
	value, named := h[block][action]
	if !named {
		value = initial(e)
	}
	if strings.HasSuffix(e["type"].(string), "_input") { // half typed too: its lengths are looked at when it is submitted
		return answer{"type": e["type"], "value": orNull(value)}
	}
	key, chosen, err := choose(e, value)
	if err != nil { // an option that is gone
		key, chosen, _ = choose(e, "")
	}
	out := answer{"type": e["type"], key: chosen}
	addZone(out, e)
	return out
}

// holds reports whether an element keeps what is entered: buttons and overflow menus do not.
func holds(e map[string]any) bool {
	kind, _ := e["type"].(string)
	if kind == "overflow" {
		return false
	}
	_, _, err := choose(map[string]any{"type": kind}, "")
	return err == nil
}
