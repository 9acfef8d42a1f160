package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// Press is somebody's click on a button, or choice in a menu, of a message, a form or the Home tab. Confirm dialogs are passed over.
type Press struct {
	User     string
	Channel  string // of the message
	TS       string // of the message, or of an ephemeral one that User sees
	View     string // instead of Channel and TS: an open form, or the Home tab
	ActionID string
	BlockID  string // empty: any block
	Value    string // of the button or option; empty: the first
	Held     Held   // what else stands in the message or the view
}

// Click presses the first button with an action id in a message.
func (w *Workspace) Click(ctx context.Context, userID, channelID, ts, actionID string) (Ack, error) {
	return w.Press(ctx, Press{User: userID, Channel: channelID, TS: ts, ActionID: actionID})
}

// Press acts. The error says why Slack would not let that person; what became of the delivery, failures too, stands in the Ack.
func (w *Workspace) Press(ctx context.Context, p Press) (Ack, error) {
	w.mu.Lock()
	payload, fixed, err := w.blockActions(p)
	w.mu.Unlock()
	if err != nil {
		return Ack{}, fmt.Errorf("%s cannot press %s: %w", p.User, p.ActionID, err)
	}
	d := interaction(payload, fixed, func(a Ack) Ack { return a })
	if p.View == "" {
		w.do(func() { w.clicked, w.click = d, p })
	}
	return w.deliver(ctx, d), nil
}

// Reclick delivers the last click on a message again, as [Workspace.Redeliver] does with whatever was delivered last, and says whose it was.
func (w *Workspace) Reclick(ctx context.Context) (Press, Ack, error) {
	w.mu.Lock()
	d, p := w.clicked, w.click
	w.mu.Unlock()
	if d == nil {
		return Press{}, Ack{}, errors.New("nobody has clicked yet")
	}
	return p, w.once(ctx, d), nil
}

func interaction(payload answer, fixed Ack, settle func(Ack) Ack) *delivery {
	text := encode(payload)
	return &delivery{
		kind: "interactive", endpoint: interactionsURL, form: url.Values{"payload": {string(text)}}, payload: text, ack: fixed, settle: settle,
	}
}

// act is what every interaction's payload has. The lock is held.
func (w *Workspace) act(kind, userID, triggerID string) answer {
	p := w.people[userID]
	if p == nil { // removed since the form was opened
		p = &Person{ID: userID, TeamID: w.cfg.TeamID}
	}
	out := answer{
		"type": kind, "token": verificationToken, "api_app_id": w.cfg.AppID, "trigger_id": triggerID, "enterprise": nil,
		"is_enterprise_install": false, "team": answer{"id": w.cfg.TeamID, "domain": w.cfg.TeamName},
		"user": answer{"id": userID, "username": p.Name, "name": p.Name, "team_id": p.TeamID},
	}
	if w.cfg.EnterpriseID != "" {
		out["enterprise"] = answer{"id": w.cfg.EnterpriseID, "name": w.cfg.EnterpriseID}
	}
	return out
}

func (w *Workspace) blockActions(p Press) (answer, Ack, error) {
	if p.View != "" {
		return w.viewActions(p)
	}
	ch := w.channels[p.Channel]
	if err := w.mayAct(p.User, ch); err != nil {
		return nil, Ack{}, err
	}
	m, private := w.shown(p)
	if m == nil || m.Deleted {
		return nil, Ack{}, errors.New("there is no such message")
	}
	blocks := w.offer(p.where(), m.actionable())
	action, err := w.action(blocks, p)
	if err != nil {
		return nil, Ack{}, err
	}
	fixed := Ack{
		ResponseURL: w.newHook("actions", &hook{user: p.User, channel: ch.ID, source: m}),
		TriggerID:   w.newTrigger(p.User), TS: w.newTS(),
	}
	out := w.act("block_actions", p.User, fixed.TriggerID)
	container := answer{"type": "message", "message_ts": m.TS, "channel_id": ch.ID, "is_ephemeral": private}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	out["container"], out["channel"] = container, answer{"id": ch.ID, "name": ch.shownName()}
	out["state"], out["response_url"], out["actions"] = p.state(blocks, action), fixed.ResponseURL, []answer{action}
	if !private { // Slack sends no message along for ephemeral ones
		out["message"] = w.messageJSON(m, true)
	}
	return out, fixed, nil
}

func (w *Workspace) viewActions(p Press) (answer, Ack, error) {
	v := w.acting(p.User, p.View)
	if v == nil {
		return nil, Ack{}, errors.New("there is no such form")
	}
	action, err := w.action(w.offer(p.where(), v.Blocks), p)
	if err != nil {
		return nil, Ack{}, err
	}
	fixed := Ack{TriggerID: w.newTrigger(p.User), TS: w.newTS()}
	out := w.act("block_actions", p.User, fixed.TriggerID)
	view := w.viewJSON(v)
	view["state"] = p.state(w.offer(p.where(), v.Blocks), action)
	out["container"], out["view"], out["actions"] = answer{"type": "view", "view_id": v.ID}, view, []answer{action}
	return out, fixed, nil
}

// state is what stands in all the elements once something was pressed.
func (p Press) state(blocks []map[string]any, action answer) answer {
	block, _ := action["block_id"].(string)
	id, _ := action["action_id"].(string)
	return answer{"values": p.Held.with(block, id, p.Value).values(blocks)}
}

// shown returns the message that somebody sees at a ts.
func (w *Workspace) shown(p Press) (m *Message, private bool) {
	for _, e := range w.private {
		if e.To == p.User && e.Channel == p.Channel && e.TS == p.TS {
			return &e.Message, true
		}
	}
	return w.message(p.Channel, p.TS), false
}

// action finds what is pressed and gives it as the payload's actions do.
func (w *Workspace) action(blocks []map[string]any, p Press) (answer, error) {
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			if e["action_id"] != p.ActionID || p.BlockID != "" && b["block_id"] != p.BlockID {
				continue
			}
			out := answer{"action_id": e["action_id"], "block_id": b["block_id"], "type": e["type"], "action_ts": w.newTS()}
			if e["type"] == "button" {
				if value, _ := e["value"].(string); p.Value != "" && value != p.Value {
					continue
				}
				for _, key := range []string{"text", "value", "style", "url", "confirm"} {
					if e[key] != nil {
						out[key] = e[key]
					}
				}
				return out, nil
			}
			key, chosen, err := choose(e, p.Value)
			if err != nil {
				return nil, err
			}
			out[key] = chosen
			addZone(out, e)
			return out, nil
		}
	}
	return nil, errors.New("there is no such button or menu")
}

func decodeBlocks(raw json.RawMessage) []map[string]any {
	var blocks []map[string]any
	if json.Unmarshal(raw, &blocks) != nil {
		return nil
	}
	return blocks
}
