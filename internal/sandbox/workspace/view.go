package workspace

import (
	"encoding/json"
	"maps"
	"slices"

	"offboard/internal/sandbox/workspace/limits"
)

// View is a form or a home tab that somebody sees.
type View struct {
	ID              string
	User            string
	Type            string // modal, home
	CallbackID      string
	ExternalID      string
	PrivateMetadata string
	Hash            string
	RootID          string
	PreviousID      string
	Title           string
	Submit          string            // the word on the button; empty: nothing can be submitted
	Close           string            // the same; empty: Slack's own word
	Blocks          json.RawMessage   // with the block and action ids that Slack adds
	Errors          map[string]string // what the app found wrong, by block id; nil after the next submission

	raw map[string]any
}

const (
	mostPushed = 3
	mostView   = 250_000 // bytes
)

// newView holds a view to Slack's limits. The lock is held.
func (w *Workspace) newView(userID string, raw json.RawMessage, kind string) (*View, *slackError) {
	if len(raw) > mostView {
		return nil, refuse("view_too_large")
	}
	if faults := limits.CheckView(raw); len(faults) > 0 {
		return nil, faulty("invalid_arguments", faults)
	}
	v := &View{ID: word("V"), User: userID}
	if err := json.Unmarshal(raw, &v.raw); err != nil || v.raw["type"] != kind {
		return nil, faulty("invalid_arguments", []string{"[ERROR] the view must be of type " + kind + " [json-pointer:/view/type]"})
	}
	v.fill(w.newTS())
	for _, other := range w.allViews() {
		if v.ExternalID != "" && other.ExternalID == v.ExternalID {
			return nil, refuse("duplicate_external_id")
		}
	}
	v.RootID = v.ID
	return v, nil
}

func (v *View) fill(ts string) {
	text := func(key string) string { s, _ := v.raw[key].(string); return s }
	v.Type, v.CallbackID, v.ExternalID = text("type"), text("callback_id"), text("external_id")
	v.PrivateMetadata = text("private_metadata")
	label := func(key string) string {
		object, _ := v.raw[key].(map[string]any)
		s, _ := object["text"].(string)
		return s
	}
	v.Title, v.Submit, v.Close = label("title"), label("submit"), label("close")
	v.Blocks = withIDs(encode(v.raw["blocks"]))
	v.Hash = ts + "." + word("")
}

// allViews lists every open form. The lock is held.
func (w *Workspace) allViews() []*View {
	var out []*View
	for _, stack := range w.views {
		out = append(out, stack...)
	}
	return out
}

func (w *Workspace) viewJSON(v *View) answer {
	out := answer{}
	maps.Copy(out, v.raw)
	maps.Copy(out, answer{
		"id": v.ID, "team_id": w.cfg.TeamID, "app_id": w.cfg.AppID, "bot_id": w.cfg.BotID, "hash": v.Hash, "root_view_id": v.RootID,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "private_metadata": v.PrivateMetadata,
		"previous_view_id": nil, "state": answer{"values": answer{}}, "app_installed_team_id": w.cfg.TeamID,
	})
	if v.PreviousID != "" {
		out["previous_view_id"] = v.PreviousID
	}
	out["blocks"] = v.Blocks
	if v.Blocks == nil {
		out["blocks"] = []any{}
	}
	for _, flag := range []string{"clear_on_close", "notify_on_close"} {
		out[flag] = v.raw[flag] == true
	}
	return out
}

func (w *Workspace) viewsOpen(c *Call) (answer, *slackError) {
	v, err := w.newView("", c.raw("view"), "modal")
	if err != nil {
		return nil, err
	}
	t, err := w.exchange(c.param("trigger_id"))
	if err != nil {
		return nil, err
	}
	v.User = t.user
	w.views[t.user] = []*View{v}
	return answer{"view": w.viewJSON(v)}, nil
}

func (w *Workspace) viewsPush(c *Call) (answer, *slackError) {
	v, err := w.newView("", c.raw("view"), "modal")
	if err != nil {
		return nil, err
	}
	t, err := w.exchange(c.param("trigger_id"))
	if err != nil {
		return nil, err
	}
	v.User = t.user
	if err := w.push(v); err != nil {
		return nil, err
	}
	return answer{"view": w.viewJSON(v)}, nil
}

// push puts a form on top of its person's others.
func (w *Workspace) push(v *View) *slackError {
	stack := w.views[v.User]
	switch {
	case len(stack) == 0:
		return refuse("not_found")
	case len(stack) >= mostPushed:
		return refuse("push_limit_reached")
	}
	v.PreviousID, v.RootID = stack[len(stack)-1].ID, stack[0].ID
	w.views[v.User] = append(stack, v)
	return nil
}

func (w *Workspace) viewsUpdate(c *Call) (answer, *slackError) {
	all := w.allViews()
	i := slices.IndexFunc(all, func(v *View) bool {
		return c.param("view_id") == v.ID || c.has("external_id") && c.param("external_id") == v.ExternalID
	})
	if i < 0 {
		return nil, refuse("not_found")
	}
	v := all[i]
	if c.has("hash") && c.param("hash") != v.Hash {
		return nil, refuse("hash_conflict")
	}
	return w.replaceView(v, c.raw("view"))
}

// replaceView keeps the id and the place in the stack.
func (w *Workspace) replaceView(v *View, raw json.RawMessage) (answer, *slackError) {
	if faults := limits.CheckView(raw); len(faults) > 0 {
		return nil, faulty("invalid_arguments", faults)
	}
	v.raw, v.Errors = nil, nil
	if err := json.Unmarshal(raw, &v.raw); err != nil {
		return nil, refuse("invalid_arguments")
	}
	v.fill(w.newTS())
	return answer{"view": w.viewJSON(v)}, nil
}

// view returns somebody's open form. The lock is held.
func (w *Workspace) view(userID, viewID string) *View {
	for _, v := range w.views[userID] {
		if v.ID == viewID {
			return v
		}
	}
	return nil
}
