package workspace

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"offboard/internal/sandbox/workspace/pings"
)

// Message is a message in a channel.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the first message of the thread; empty: it stands in the channel
	User        string
	BotID       string // empty: a person wrote it
	AppID       string
	Text        string
	Blocks      json.RawMessage // nil: none; with the block and action ids that Slack adds
	Attachments json.RawMessage
	Metadata    json.RawMessage // nil: none
	Files       []string        // the ids of what was shared with it
	Pings       []string        // whom it notifies, as package pings says
	Reactions   []Reaction
	EditedTS    string // empty: it does not say "edited"
	Deleted     bool
	Earlier     []Version // what it said before its updates, oldest first
}

// Version is what a message said once.
type Version struct {
	Text   string
	Blocks json.RawMessage
}

// Ephemeral is a message that one person sees.
type Ephemeral struct {
	Message
	To string // the person
}

func parseTS(ts string) (int64, bool) {
	secs, frac, dotted := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(secs, 10, 64)
	if err != nil || s < 0 || len(frac) > 6 || dotted && frac == "" {
		return 0, false
	}
	const digits = 6
	f, err := strconv.ParseInt("0"+frac+strings.Repeat("0", digits-len(frac)), 10, 64)
	return s*1_000_000 + f, err == nil
}

// message returns a message, deleted ones too; nil: there never was one.
func (w *Workspace) message(channel, ts string) *Message {
	for _, m := range w.messages[channel] {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

func (w *Workspace) repliesOf(parent *Message) int {
	n := 0
	for _, m := range w.messages[parent.Channel] {
		if m.ThreadTS == parent.TS && m != parent && !m.Deleted {
			n++
		}
	}
	return n
}

// add puts a message into its channel. The lock is held.
func (w *Workspace) add(m *Message) {
	m.TS = w.newTS()
	w.messages[m.Channel] = append(w.messages[m.Channel], m)
	w.heard(m)
}

// draft is what a call or a response_url wants a message to say.
type draft struct {
	text                  string
	blocks, attachments   json.RawMessage
	metadata              json.RawMessage
	parse, thread         string
	linkNames, hasMeta    bool
	inChannel             bool
	replace, deleteBefore bool
}

func (w *Workspace) botMessage(channel string, d draft) *Message {
	m := &Message{Channel: channel, ThreadTS: d.thread, User: w.cfg.BotUserID, BotID: w.cfg.BotID, AppID: w.cfg.AppID}
	m.say(d)
	return m
}

// say makes the message say what the draft says.
func (m *Message) say(d draft) {
	m.Text, m.Blocks, m.Attachments = d.text, withIDs(d.blocks), attachmentsWithIDs(d.attachments)
	m.Pings = pings.Of(d.text, d.parse, d.linkNames, d.blocks)
	if d.hasMeta {
		m.Metadata = nil
		if s := string(d.metadata); s != "{}" && s != "" {
			m.Metadata = d.metadata
		}
	}
}

// withIDs gives every block and element the id that Slack gives it when it has none; nil when there are no blocks.
func withIDs(raw json.RawMessage) json.RawMessage {
	var blocks []map[string]any
	if len(raw) == 0 || json.Unmarshal(raw, &blocks) != nil || len(blocks) == 0 {
		return nil
	}
	for _, b := range blocks {
		if id, _ := b["block_id"].(string); id == "" {
			b["block_id"] = word("")[:5]
		}
		for _, e := range elementsOf(b) {
			if id, _ := e["action_id"].(string); id == "" && interactive(e) {
				e["action_id"] = word("")[:5]
			}
		}
	}
	return encode(blocks)
}

// elementsOf lists what a person could act on in a block.
func elementsOf(b map[string]any) []map[string]any {
	var out []map[string]any
	list, _ := b["elements"].([]any)
	for _, e := range append(slices.Clone(list), b["accessory"], b["element"]) {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func interactive(e map[string]any) bool {
	switch e["type"] {
	case "mrkdwn", "plain_text", "image", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted":
		return false
	default:
		return true
	}
}

func (w *Workspace) messageJSON(m *Message, metadata bool) answer {
	if m.Deleted {
		return answer{
			"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": true, "ts": m.TS,
			"thread_ts": m.TS, "reply_count": w.repliesOf(m),
		}
	}
	out := answer{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": w.cfg.TeamID}
	if m.BotID != "" {
		out["bot_id"], out["app_id"] = m.BotID, m.AppID
	}
	if m.BotID == w.cfg.BotID {
		out["bot_profile"] = w.botProfile()
	}
	for key, raw := range map[string]json.RawMessage{"blocks": m.Blocks, "attachments": m.Attachments} {
		if raw != nil {
			out[key] = raw
		}
	}
	if len(m.Files) > 0 {
		out["files"], out["upload"], out["display_as_bot"] = w.filesJSON(m), true, false
	}
	if m.Metadata != nil && metadata {
		out["metadata"] = m.Metadata
	}
	if list := reactionsJSON(m); list != nil {
		out["reactions"] = list
	}
	if m.EditedTS != "" {
		out["edited"] = answer{"user": m.User, "ts": m.EditedTS}
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	} else if n := w.repliesOf(m); n > 0 {
		out["thread_ts"], out["reply_count"] = m.TS, n
	}
	return out
}
