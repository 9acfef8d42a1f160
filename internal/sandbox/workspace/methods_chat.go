package workspace

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"offboard/internal/sandbox/workspace/limits"
)

// readDraft holds what is to be said to Slack's limits.
func (c *Call) readDraft(mostText int) (draft, *slackError) {
	d := draft{
		text: c.param("text"), blocks: c.raw("blocks"), attachments: c.raw("attachments"), metadata: c.raw("metadata"),
		hasMeta: c.has("metadata"), parse: c.param("parse"), linkNames: c.flag("link_names"), thread: c.param("thread_ts"),
	}
	if c.has("markdown_text") {
		if d.text != "" || !limits.NoBlocks(d.blocks) {
			return d, refuse("markdown_text_conflict")
		}
		d.text = c.param("markdown_text")
		d.blocks = encode([]answer{{"type": "markdown", "text": d.text}})
	}
	err := d.check(mostText)
	return d, err
}

func (d *draft) check(mostText int) *slackError {
	if len(d.blocks) > 0 && d.blocks[0] != '[' {
		return refuse("invalid_blocks_format")
	}
	if faults := limits.CheckBlocks(d.blocks); len(faults) > 0 {
		return faulty("invalid_blocks", faults)
	}
	if faults := limits.CheckMetadata(d.metadata); len(faults) > 0 {
		return faulty("invalid_metadata_format", faults)
	}
	if len(d.attachments) > 0 && !json.Valid(d.attachments) {
		return refuse("invalid_attachments")
	}
	switch {
	case utf8.RuneCountInString(d.text) > mostText:
		return refuse("msg_too_long")
	case strings.TrimSpace(d.text) == "" && limits.NoBlocks(d.blocks) && (len(d.attachments) == 0 || string(d.attachments) == "[]"):
		return refuse("no_text")
	}
	return nil
}

// writable returns the channel that a call wants to write to.
func (w *Workspace) writable(id string) (*Channel, *slackError) {
	ch := w.channels[id]
	if p := w.people[id]; ch == nil && p != nil { // the person's id stands for the conversation with them
		if p.Bot {
			return nil, refuse("cannot_dm_bot")
		}
		ch = w.direct(p.ID)
	}
	for _, named := range w.channels {
		if ch == nil && named.Name != "" && id == "#"+named.Name {
			ch = named
		}
	}
	switch {
	case ch == nil, ch.Private && !ch.in(w.cfg.BotUserID):
		return nil, refuse("channel_not_found")
	case ch.Archived:
		return nil, refuse("is_archived")
	case !ch.in(w.cfg.BotUserID) && need(w.cfg.Scopes, "chat:write.public") != nil:
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

func (w *Workspace) postMessage(c *Call) (answer, *slackError) {
	ch, err := w.writable(c.param("channel"))
	if err != nil {
		return nil, err
	}
	d, err := c.readDraft(limits.MostText)
	if err != nil {
		return nil, err
	}
	if d.thread != "" {
		parent := w.message(ch.ID, d.thread)
		if parent == nil {
			return nil, refuse("thread_not_found")
		}
		if parent.ThreadTS != "" {
			d.thread = parent.ThreadTS // a reply to a reply joins its thread
		}
	}
	m := w.botMessage(ch.ID, d)
	w.add(m)
	return answer{"channel": ch.ID, "ts": m.TS, "message": w.messageJSON(m, true)}, nil
}

// ours returns a message that this app wrote and may change.
func (w *Workspace) ours(c *Call, otherwise string) (*Message, *slackError) {
	ch := w.channels[c.param("channel")]
	if ch == nil || ch.Private && !ch.in(w.cfg.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	m := w.message(ch.ID, c.param("ts"))
	switch {
	case m == nil, m.Deleted:
		return nil, refuse("message_not_found")
	case m.BotID != w.cfg.BotID:
		return nil, refuse(otherwise)
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	return m, nil
}

// updateMessage replaces what a message says: without blocks it has none afterwards. Metadata stays unless it is named. Only a
// change of text alone shows "edited" (facts/slack.md).
func (w *Workspace) updateMessage(c *Call) (answer, *slackError) {
	m, err := w.ours(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	d, err := c.readDraft(limits.MostUpdateText)
	if err != nil {
		return nil, err
	}
	before := *m
	m.Earlier = append(m.Earlier, Version{Text: m.Text, Blocks: m.Blocks})
	m.say(d)
	if m.Blocks == nil && m.Text != before.Text {
		m.EditedTS = w.newTS()
	}
	w.heardChange(before, m)
	return answer{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": w.messageJSON(m, true)}, nil
}

func (w *Workspace) deleteMessage(c *Call) (answer, *slackError) {
	m, err := w.ours(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	w.deletes(m)
	return answer{"channel": m.Channel, "ts": m.TS}, nil
}

// deletes deletes a message and tells the app. The lock is held.
func (w *Workspace) deletes(m *Message) {
	before := *m
	m.Deleted = true
	w.heardChange(before, m)
}

func (w *Workspace) postEphemeral(c *Call) (answer, *slackError) {
	ch, err := w.writable(c.param("channel"))
	if err != nil {
		return nil, err
	}
	if !ch.in(c.param("user")) {
		return nil, refuse("user_not_in_channel")
	}
	d, err := c.readDraft(limits.MostText)
	if err != nil {
		return nil, err
	}
	e := w.tell(c.param("user"), ch.ID, d)
	return answer{"message_ts": e.TS}, nil
}

// tell shows somebody a private message.
func (w *Workspace) tell(userID, channel string, d draft) *Ephemeral {
	e := &Ephemeral{Message: *w.botMessage(channel, d), To: userID}
	e.TS = w.newTS()
	w.private = append(w.private, e)
	return e
}

func (w *Workspace) permalink(c *Call) (answer, *slackError) {
	ch := w.channels[c.param("channel")]
	if ch == nil || ch.Private && !ch.in(w.cfg.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	m := w.message(ch.ID, c.param("message_ts"))
	if m == nil || m.Deleted {
		return nil, refuse("message_not_found")
	}
	link := w.teamURL() + "archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + ch.ID
	}
	return answer{"channel": ch.ID, "permalink": link}, nil
}
