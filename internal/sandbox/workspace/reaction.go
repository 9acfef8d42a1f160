package workspace

import (
	"fmt"
	"regexp"
	"slices"
)

// Reaction is an emoji at a message.
type Reaction struct {
	Name  string // without colons
	Users []string
}

var emojiName = regexp.MustCompile(`^[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?$`)

// React puts somebody's emoji at a message, or takes it away.
func (w *Workspace) React(userID, channel, ts, name string, on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mayAct(userID, w.channels[channel]); err != nil {
		return err
	}
	m := w.message(channel, ts)
	if m == nil || m.Deleted {
		return fmt.Errorf("%s cannot react: there is no such message", userID)
	}
	if err := w.react(m, userID, name, on); err != nil {
		return fmt.Errorf("%s cannot react with %s: %w", userID, name, err)
	}
	w.touch()
	return nil
}

// react changes the reactions of a message and tells the app. The lock is held.
func (w *Workspace) react(m *Message, userID, name string, on bool) *slackError {
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Name == name })
	there := i >= 0 && slices.Contains(m.Reactions[i].Users, userID)
	kind := "reaction_added"
	switch {
	case !emojiName.MatchString(name):
		return refuse("invalid_name")
	case on && there:
		return refuse("already_reacted")
	case !on && !there:
		return refuse("no_reaction")
	case on && i < 0:
		m.Reactions = append(m.Reactions, Reaction{Name: name, Users: []string{userID}})
	case on:
		m.Reactions[i].Users = append(m.Reactions[i].Users, userID)
	default:
		kind = "reaction_removed"
		m.Reactions[i].Users = slices.DeleteFunc(m.Reactions[i].Users, func(u string) bool { return u == userID })
		m.Reactions = slices.DeleteFunc(m.Reactions, func(r Reaction) bool { return len(r.Users) == 0 })
	}
	if ch := w.channels[m.Channel]; ch != nil && ch.in(w.cfg.BotUserID) {
		w.emit(kind, answer{
			"type": kind, "user": userID, "reaction": name, "item_user": m.User,
			"item": answer{"type": "message", "channel": m.Channel, "ts": m.TS},
		})
	}
	return nil
}

func reactionsJSON(m *Message) []answer {
	var out []answer
	for _, r := range m.Reactions {
		out = append(out, answer{"name": r.Name, "users": slices.Clone(r.Users), "count": len(r.Users)})
	}
	return out
}

// reactable returns the message that a call of the reactions' methods is about.
func (w *Workspace) reactable(c *Call) (*Message, *slackError) {
	if c.param("channel") == "" || c.param("timestamp") == "" {
		return nil, refuse("no_item_specified")
	}
	ch := w.channels[c.param("channel")]
	if ch == nil || ch.Private && !ch.in(w.cfg.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	m := w.message(ch.ID, c.param("timestamp"))
	switch {
	case m == nil, m.Deleted:
		return nil, refuse("message_not_found")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	return m, nil
}

func (w *Workspace) reactionsAdd(c *Call) (answer, *slackError)    { return w.reacts(c, true) }
func (w *Workspace) reactionsRemove(c *Call) (answer, *slackError) { return w.reacts(c, false) }

func (w *Workspace) reacts(c *Call, on bool) (answer, *slackError) {
	m, err := w.reactable(c)
	if err != nil {
		return nil, err
	}
	return nil, w.react(m, w.cfg.BotUserID, c.param("name"), on)
}

func (w *Workspace) reactionsGet(c *Call) (answer, *slackError) {
	m, err := w.reactable(c)
	if err != nil {
		return nil, err
	}
	return answer{"type": "message", "channel": m.Channel, "message": w.messageJSON(m, false)}, nil
}
