package workspace

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// eventScopes are the bot events that there are, as an app's manifest names them, and the scopes of which one lets an app subscribe; none: none is needed.
var eventScopes = map[string][]string{
	"message.channels": {"channels:history"}, "message.groups": {"groups:history"}, "message.im": {"im:history"},
	"app_mention": {"app_mentions:read"}, "app_home_opened": nil, "member_joined_channel": {"channels:read", "groups:read"},
	"reaction_added": {"reactions:read"}, "reaction_removed": {"reactions:read"},
	"file_shared": {"files:read"},
}

// EveryEvent lists the bot events that an app can subscribe to here.
func EveryEvent() []string { return slices.Sorted(maps.Keys(eventScopes)) }

// slackRetries are how long after each failure Slack sends an event again: at once, after a minute, after five more (Slack's
// documentation of the Events API, "Retries").
var slackRetries = []time.Duration{0, time.Minute, 5 * time.Minute}

// EventInfo is one attempt to deliver an event.
type EventInfo struct {
	At      time.Time
	Event   string // as the manifest names it: message.channels
	Attempt int    // 0 is the first
	Error   string // as [Ack]'s; empty: the app acknowledged it
}

// Delivered lists the attempts to deliver events, in the order in which they ended.
func (w *Workspace) Delivered() []EventInfo {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.delivered)
}

// emit sends an event to an app that subscribes to it, and does not wait for it. The lock is held.
func (w *Workspace) emit(name string, event answer) {
	if w.ctx.Err() != nil || !slices.Contains(w.cfg.Events, name) || need(w.cfg.Scopes, eventScopes[name]...) != nil {
		return
	}
	if event["event_ts"] == nil {
		event["event_ts"] = w.newTS()
	}
	payload := w.callback(event) // now: what it tells of may change
	w.beside.Go(func() { w.notify(name, payload) })
}

// callback is an event as the Events API wraps it.
func (w *Workspace) callback(event map[string]any) json.RawMessage {
	return encode(answer{
		"token": verificationToken, "team_id": w.cfg.TeamID, "context_team_id": w.cfg.TeamID, "context_enterprise_id": nil,
		"api_app_id": w.cfg.AppID, "event": event, "type": "event_callback", "event_id": word("Ev"), "event_time": w.cfg.Clock().Unix(),
		"is_ext_shared_channel": false,
		"authorizations": []answer{{
			"enterprise_id": nil, "team_id": w.cfg.TeamID, "user_id": w.cfg.BotUserID, "is_bot": true, "is_enterprise_install": false,
		}},
	})
}

// notify delivers an event until the app has acknowledged it, does not want it again, or Slack gives up.
func (w *Workspace) notify(name string, payload json.RawMessage) {
	d := &delivery{kind: eventsAPI, endpoint: eventsURL, payload: payload, settle: func(a Ack) Ack { return a }}
	for _, wait := range append([]time.Duration{0}, w.cfg.EventRetries...) {
		now := w.cfg.Clock()
		if !w.awake(now.Add(wait)) {
			return
		}
		d.timestamp = seconds(w.cfg.Clock())
		ack := w.once(w.ctx, d)
		info := EventInfo{At: w.cfg.Clock(), Event: name, Attempt: d.attempt, Error: ack.Error}
		w.do(func() { w.delivered = append(w.delivered, info) })
		if ack.Error == "" || ack.NoRetry {
			return
		}
		d.attempt++
		d.reason = again(ack)
	}
}

// again is why an event is sent again, in Slack's words.
func again(ack Ack) string {
	switch {
	case ack.Error == TimedOut && ack.Socket > 0:
		return "timeout"
	case ack.Error == TimedOut:
		return "http_timeout"
	case ack.Error == Failed, ack.Error == NoReader:
		return "connection_failed"
	case ack.Status > 0:
		return "http_error"
	}
	return "unknown_error"
}

// lookAtClock is how often something that waits for a moment looks at the workspace's clock, which may be moved.
const lookAtClock = 200 * time.Millisecond

// awake waits until the workspace's clock shows a moment. It reports false when the workspace has ended.
func (w *Workspace) awake(due time.Time) bool {
	tick := time.NewTicker(lookAtClock)
	defer tick.Stop()
	for w.cfg.Clock().Before(due) {
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return false
		}
	}
	return w.ctx.Err() == nil
}
