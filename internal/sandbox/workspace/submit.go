package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"offboard/internal/sandbox/workspace/limits"
)

// Submit fills in and submits an open form. values are by block id: what is typed, or the value of the option that is chosen (several:
// one a line); a block that is not named keeps what it starts with. What the app finds wrong stands in the view's Errors afterwards.
func (w *Workspace) Submit(ctx context.Context, userID, viewID string, values map[string]string) (Ack, error) {
	return w.SubmitHeld(ctx, userID, viewID, values, nil)
}

// SubmitHeld is Submit where more than the input blocks holds something.
func (w *Workspace) SubmitHeld(ctx context.Context, userID, viewID string, values map[string]string, held Held) (Ack, error) {
	w.mu.Lock()
	v := w.view(userID, viewID)
	payload, fixed, err := w.submission(v, userID, values, held)
	w.mu.Unlock()
	if err != nil {
		return Ack{}, fmt.Errorf("%s cannot submit %s: %w", userID, viewID, err)
	}
	return w.deliver(ctx, interaction(payload, fixed, func(a Ack) Ack { return w.settleView(v, a) })), nil
}

func (w *Workspace) submission(v *View, userID string, values map[string]string, held Held) (answer, Ack, error) {
	if v == nil {
		return nil, Ack{}, errors.New("there is no such form")
	}
	state, err := stateOf(w.offer(v.ID, v.Blocks), values, held)
	if err != nil {
		return nil, Ack{}, err
	}
	fixed := Ack{TriggerID: w.newTrigger(userID), TS: w.newTS()}
	out, view := w.act("view_submission", userID, fixed.TriggerID), w.viewJSON(v)
	view["state"] = answer{"values": state}
	out["view"], out["response_urls"] = view, []any{}
	return out, fixed, nil
}

// stateOf is what a form's inputs, and all else in it, hold: by block id, by action id.
func stateOf(blocks []map[string]any, values map[string]string, held Held) (answer, error) {
	out, used := held.values(blocks), 0
	for _, b := range blocks {
		id, _ := b["block_id"].(string)
		e, isInput := b["element"].(map[string]any)
		if !isInput {
			continue
		}
		value, named := values[id]
		if !named {
			value = initial(e)
		} else {
			used++
		}
		if value == "" && b["optional"] != true {
			return nil, fmt.Errorf("%s must be filled in", id)
		}
		key, held, err := choose(e, value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		action, _ := e["action_id"].(string)
		entered := answer{"type": e["type"], key: held}
		addZone(entered, e)
		out[id] = answer{action: entered}
	}
	if used != len(values) {
		return nil, errors.New("the form has no such field")
	}
	return out, nil
}

// settleView does what the acknowledgement of a submission asks for; nothing asked: the form closes.
func (w *Workspace) settleView(v *View, ack Ack) Ack {
	var body struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if len(ack.Payload) > 0 && json.Unmarshal(ack.Payload, &body) != nil {
		ack.Error = BadAnswer
		return ack
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.touch()
	v.Errors = nil
	switch body.Action {
	case "":
		w.close(v, len(ack.Payload) > 0 && string(ack.Payload) != "{}", &ack)
	case "clear":
		delete(w.views, v.User)
	case "errors":
		if !v.takes(body.Errors) {
			ack.Error = BadAnswer
		}
	case "update":
		if _, err := w.replaceView(v, body.View); err != nil {
			ack.Error, ack.Faults = BadAnswer, append([]string{err.code}, limits.CheckView(body.View)...)
		}
	case "push":
		next, err := w.newView(v.User, body.View, "modal")
		if err == nil {
			err = w.push(next)
		}
		if err != nil {
			ack.Error, ack.Faults = BadAnswer, []string{err.code}
		}
	default:
		ack.Error = BadAnswer
	}
	return ack
}

// close takes a form off its person's stack, unless the acknowledgement carried something that Slack does not understand.
func (w *Workspace) close(v *View, odd bool, ack *Ack) {
	if odd {
		ack.Error = BadAnswer
		return
	}
	w.views[v.User] = slices.DeleteFunc(w.views[v.User], func(o *View) bool { return o == v })
}

// takes shows errors at their inputs; false when there are none, or one has no input to stand at.
func (v *View) takes(faults map[string]string) bool {
	inputs := map[any]bool{}
	for _, b := range decodeBlocks(v.Blocks) {
		inputs[b["block_id"]] = b["type"] == "input"
	}
	for id := range faults {
		if !inputs[id] {
			return false
		}
	}
	v.Errors = faults
	return len(faults) > 0
}

// CloseView closes a form without submitting it. The app hears of it when the view has notify_on_close.
func (w *Workspace) CloseView(ctx context.Context, userID, viewID string) (Ack, error) {
	w.mu.Lock()
	v := w.view(userID, viewID)
	if v == nil {
		w.mu.Unlock()
		return Ack{}, fmt.Errorf("%s cannot close %s: there is no such form", userID, viewID)
	}
	w.close(v, false, nil)
	notify, payload := v.raw["notify_on_close"] == true, w.act("view_closed", userID, "")
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = w.viewJSON(v), false
	w.touch()
	w.mu.Unlock()
	if !notify {
		return Ack{}, nil
	}
	return w.deliver(ctx, interaction(payload, Ack{}, func(a Ack) Ack { return a })), nil
}
