package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"offboard/internal/sandbox/workspace/limits"
)

// Suggestions are what an app gives to choose from: one of the two.
type Suggestions struct {
	Options      json.RawMessage `json:"options,omitempty"`
	OptionGroups json.RawMessage `json:"option_groups,omitempty"`
}

// Suggest asks the app what can be chosen in a menu whose options are the app's to give, after p.Value was typed into it. The error says why Slack
// would not let that person; what became of the delivery stands in the Ack. What the app gave can be chosen from then on, and nothing else.
func (w *Workspace) Suggest(ctx context.Context, p Press) (Suggestions, Ack, error) {
	w.mu.Lock()
	payload, err := w.suggestion(p)
	w.mu.Unlock()
	if err != nil {
		return Suggestions{}, Ack{}, fmt.Errorf("%s cannot type into %s: %w", p.User, p.ActionID, err)
	}
	var given Suggestions
	d := interaction(payload, Ack{}, func(a Ack) Ack {
		given, a = w.settleSuggestions(p, a)
		return a
	})
	d.endpoint = optionsURL
	ack := w.deliver(ctx, d)
	return given, ack, nil
}

func optionsURL(e Endpoints) string { return e.Options }

// suggestion is the payload (https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload). The lock is held.
func (w *Workspace) suggestion(p Press) (answer, error) {
	out := w.act("block_suggestion", p.User, "")
	delete(out, "trigger_id") // nothing can be opened because of it
	out["action_id"], out["value"] = p.ActionID, p.Value
	if p.View != "" {
		v := w.acting(p.User, p.View)
		if v == nil {
			return nil, errors.New("there is no such form")
		}
		out["container"], out["view"] = answer{"type": "view", "view_id": v.ID}, w.viewJSON(v)
		return suggestible(out, v.Blocks, p)
	}
	ch := w.channels[p.Channel]
	if err := w.mayAct(p.User, ch); err != nil {
		return nil, err
	}
	m, private := w.shown(p)
	if m == nil || m.Deleted {
		return nil, errors.New("there is no such message")
	}
	out["container"] = answer{"type": "message", "message_ts": m.TS, "channel_id": ch.ID, "is_ephemeral": private}
	out["channel"] = answer{"id": ch.ID, "name": ch.shownName()}
	if !private {
		out["message"] = w.messageJSON(m, true)
	}
	return suggestible(out, m.actionable(), p)
}

// suggestible adds the block of the menu that is typed into.
func suggestible(out answer, blocks json.RawMessage, p Press) (answer, error) {
	for _, b := range decodeBlocks(blocks) {
		for _, e := range elementsOf(b) {
			if e["action_id"] == p.ActionID && (p.BlockID == "" || b["block_id"] == p.BlockID) && external(e) {
				out["block_id"] = b["block_id"]
				return out, nil
			}
		}
	}
	return nil, errors.New("there is no such menu")
}

func external(e map[string]any) bool {
	kind, _ := e["type"].(string)
	return strings.HasSuffix(kind, "external_select")
}

// settleSuggestions takes what the acknowledgement gives to choose from; an app that acknowledges with nothing has nothing.
func (w *Workspace) settleSuggestions(p Press, ack Ack) (Suggestions, Ack) {
	var given Suggestions
	if said := string(ack.Payload); said == "" || said == "{}" || said == `""` {
		return given, ack
	}
	if faults := limits.CheckSuggestions(ack.Payload); len(faults) > 0 {
		ack.Error, ack.Faults = BadAnswer, faults
		return given, ack
	}
	var element map[string]any
	if json.Unmarshal(ack.Payload, &given) != nil || json.Unmarshal(ack.Payload, &element) != nil {
		ack.Error = BadAnswer
		return Suggestions{}, ack
	}
	w.do(func() {
		key := menu{p.where(), p.ActionID}
		w.offered[key] = append(w.offered[key], optionsOf(element)...)
	})
	return given, ack
}

// menu is a menu whose options the app gives: the form or message it stands in, and its action id.
type menu struct{ where, action string }

// where names the form or the message of a press.
func (p Press) where() string {
	if p.View != "" {
		return p.View
	}
	return p.Channel + " " + p.TS
}

// offer decodes blocks, and puts into the menus whose options the app gives what it has given so far, and what they began with. The lock is held.
func (w *Workspace) offer(where string, raw json.RawMessage) []map[string]any {
	blocks := decodeBlocks(raw)
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			if !external(e) {
				continue
			}
			action, _ := e["action_id"].(string)
			begun, _ := e["initial_options"].([]any)
			e["options"] = append(append(begun, e["initial_option"]), w.offered[menu{where, action}]...)
		}
	}
	return blocks
}
