package workspace

import (
	"slices"
	"strings"
)

// readable returns a channel whose name, members and messages the app may read, given the scopes for each kind of channel.
func (w *Workspace) readable(c *Call, what string) (*Channel, *slackError) {
	ch := w.channels[c.param("channel")]
	kind := "channels:"
	switch {
	case ch == nil:
		return nil, refuse("channel_not_found")
	case ch.im != "":
		kind = "im:"
	case ch.Private:
		kind = "groups:"
	}
	if ch.Private && !ch.in(w.cfg.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	return ch, need(w.cfg.Scopes, kind+what)
}

func (w *Workspace) conversationInfo(c *Call) (answer, *slackError) {
	ch, err := w.readable(c, "read")
	if err != nil {
		return nil, err
	}
	out := w.channelJSON(ch)
	if c.flag("include_num_members") {
		out["num_members"] = len(ch.Members)
	}
	return answer{"channel": out}, nil
}

func (w *Workspace) conversationMembers(c *Call) (answer, *slackError) {
	ch, err := w.readable(c, "read")
	if err != nil {
		return nil, err
	}
	members, cursor, err := page(c, ch.Members, somePage, 1000)
	if err != nil {
		return nil, err
	}
	return answer{"members": append([]string{}, members...), "response_metadata": answer{"next_cursor": cursor}}, nil
}

func (w *Workspace) conversationOpen(c *Call) (answer, *slackError) {
	if id := c.param("channel"); id != "" {
		ch := w.channels[id]
		if ch == nil || ch.im == "" {
			return nil, refuse("channel_not_found")
		}
		return answer{"channel": w.channelJSON(ch)}, nil
	}
	users := strings.Split(c.param("users"), ",")
	p := w.people[users[0]]
	switch {
	case c.param("users") == "":
		return nil, refuse("users_list_not_supplied")
	case len(users) > 1:
		return nil, refuse("not_enough_users") // conversations of many are not kept here
	case p == nil:
		return nil, refuse("user_not_found")
	case p.Bot:
		return nil, refuse("cannot_dm_bot")
	}
	return answer{"channel": w.channelJSON(w.direct(p.ID))}, nil
}

// between returns the oldest and latest a call asks for, in microseconds, both included; ok is false for a ts that is none.
func between(c *Call) (oldest, latest int64, bad *slackError) {
	oldest, latest = 0, 1<<62
	if s := c.param("oldest"); s != "" {
		n, ok := parseTS(s)
		if !ok {
			return 0, 0, refuse("invalid_ts_oldest")
		}
		oldest = n
		if !c.flag("inclusive") {
			oldest++
		}
	}
	if s := c.param("latest"); s != "" {
		n, ok := parseTS(s)
		if !ok {
			return 0, 0, refuse("invalid_ts_latest")
		}
		latest = n
		if !c.flag("inclusive") {
			latest--
		}
	}
	return oldest, latest, nil
}

const (
	mostHistory = 999
	mostReplies = 1000
)

func (w *Workspace) history(c *Call) (answer, *slackError) {
	ch, err := w.readable(c, "history")
	if err != nil {
		return nil, err
	}
	if !ch.in(w.cfg.BotUserID) {
		return nil, refuse("not_in_channel")
	}
	oldest, latest, err := between(c)
	if err != nil {
		return nil, err
	}
	var found []*Message
	for _, m := range slices.Backward(w.messages[ch.ID]) {
		at, _ := parseTS(m.TS)
		if at >= oldest && at <= latest && (m.ThreadTS == "" || m.ThreadTS == m.TS) && (!m.Deleted || w.repliesOf(m) > 0) {
			found = append(found, m)
		}
	}
	return w.messagePage(c, found, somePage, mostHistory)
}

func (w *Workspace) replies(c *Call) (answer, *slackError) {
	ch, err := w.readable(c, "history")
	if err != nil {
		return nil, err
	}
	if !ch.in(w.cfg.BotUserID) {
		return nil, refuse("not_in_channel")
	}
	oldest, latest, err := between(c)
	if err != nil {
		return nil, err
	}
	parent := w.message(ch.ID, c.param("ts"))
	if parent == nil || parent.Deleted && w.repliesOf(parent) == 0 {
		return nil, refuse("thread_not_found")
	}
	found := []*Message{parent} // always, whatever oldest says
	for _, m := range w.messages[ch.ID] {
		at, _ := parseTS(m.TS)
		if m != parent && m.ThreadTS == parent.TS && !m.Deleted && at >= oldest && at <= latest {
			found = append(found, m)
		}
	}
	return w.messagePage(c, found, mostReplies, mostReplies)
}

func (w *Workspace) messagePage(c *Call, found []*Message, absent, most int) (answer, *slackError) {
	found, cursor, err := page(c, found, absent, most)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, m := range found {
		list = append(list, w.messageJSON(m, c.flag("include_all_metadata")))
	}
	return answer{"messages": list, "has_more": cursor != "", "response_metadata": answer{"next_cursor": cursor}}, nil
}
