package workspace

import (
	"slices"
	"strings"
)

// heard tells the app of a message that came, and that it is mentioned in it. It hears of the channels that it is a member of, and of its own messages
// too. The lock is held.
func (w *Workspace) heard(m *Message) {
	if id := "U" + strings.TrimPrefix(m.Channel, "D"); w.people[id] != nil {
		w.direct(id) // whoever writes to the app opens the conversation
	}
	ch := w.channels[m.Channel]
	if ch == nil || !ch.in(w.cfg.BotUserID) {
		return
	}
	event := w.messageEvent(m, ch)
	w.emit("message."+ch.kind(), event)
	if ch.im == "" && m.User != w.cfg.BotUserID && strings.Contains(m.Text, "<@"+w.cfg.BotUserID+">") {
		mention := answer{"type": "app_mention", "channel": ch.ID, "event_ts": m.TS}
		for _, key := range []string{"user", "text", "ts", "team", "thread_ts", "blocks"} {
			if event[key] != nil {
				mention[key] = event[key]
			}
		}
		w.emit("app_mention", mention)
	}
}

func (w *Workspace) messageEvent(m *Message, ch *Channel) answer {
	out := w.messageJSON(m, true)
	out["channel"], out["channel_type"], out["event_ts"] = ch.ID, strings.TrimSuffix(ch.kind(), "s"), m.TS
	if len(m.Files) > 0 {
		out["subtype"] = "file_share" // in the event alone (docs.slack.dev/reference/events/message/file_share)
	}
	return out
}

// kind is how the names of events call a channel.
func (c *Channel) kind() string {
	switch {
	case c.im != "":
		return "im"
	case c.Private:
		return "groups"
	}
	return "channels"
}

// heardChange tells the app of a message that was another before, or is deleted now. A deleted message with replies changes into a tombstone.
// The lock is held.
func (w *Workspace) heardChange(before Message, m *Message) {
	ch := w.channels[m.Channel]
	if ch == nil || !ch.in(w.cfg.BotUserID) || !slices.Contains(w.messages[m.Channel], m) { // an ephemeral one is in no channel
		return
	}
	ts := w.newTS()
	event := answer{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": ch.ID, "channel_type": strings.TrimSuffix(ch.kind(), "s"),
		"ts": ts, "event_ts": ts, "previous_message": w.messageJSON(&before, true),
	}
	if m.Deleted && w.repliesOf(m) == 0 {
		event["subtype"], event["deleted_ts"] = "message_deleted", m.TS
	} else {
		event["message"] = w.messageJSON(m, true)
	}
	w.emit("message."+ch.kind(), event)
}
