package workspace

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Command types a slash command as somebody. The error says why Slack would not let that person; what became of the delivery, failures
// too, stands in the Ack.
func (w *Workspace) Command(ctx context.Context, userID, channelID, command, text string) (Ack, error) {
	w.mu.Lock()
	ch, p := w.channels[channelID], w.people[userID]
	if err := w.mayAct(userID, ch); err != nil {
		w.mu.Unlock()
		return Ack{}, err
	}
	if need(w.cfg.Scopes, "commands") != nil {
		w.mu.Unlock()
		return Ack{}, fmt.Errorf("%s is not a valid command: the app has no scope commands", command)
	}
	h := &hook{user: userID, channel: channelID}
	fixed := Ack{ResponseURL: w.newHook("commands", h), TriggerID: w.newTrigger(userID), TS: w.newTS()}
	form := url.Values{
		"token": {verificationToken}, "team_id": {w.cfg.TeamID}, "team_domain": {w.cfg.TeamName}, "channel_id": {ch.ID},
		"channel_name": {ch.shownName()}, "user_id": {userID}, "user_name": {p.Name}, "command": {command}, "text": {w.typed(text)},
		"api_app_id": {w.cfg.AppID}, "is_enterprise_install": {"false"}, "response_url": {fixed.ResponseURL}, "trigger_id": {fixed.TriggerID},
	}
	if w.cfg.EnterpriseID != "" {
		form.Set("enterprise_id", w.cfg.EnterpriseID)
		form.Set("enterprise_name", w.cfg.EnterpriseID)
	}
	w.mu.Unlock()
	flat := answer{}
	for k, v := range form {
		flat[k] = v[0]
	}
	return w.deliver(ctx, &delivery{
		kind: "slash_commands", endpoint: commandsURL, form: form, payload: encode(flat), ack: fixed, settle: w.settleMessage(h),
	}), nil
}

// mayAct says why somebody cannot act in a channel; nil: they can. The lock is held.
func (w *Workspace) mayAct(userID string, ch *Channel) error {
	if err := w.sees(userID, ch); err != nil {
		return err
	}
	if ch.Archived {
		return fmt.Errorf("%s is archived", ch.ID)
	}
	return nil
}

// shownName is how payloads name a channel (never to be used, facts/slack.md).
func (c *Channel) shownName() string {
	switch {
	case c.im != "":
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

var address = regexp.MustCompile(`[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// typed is what Slack makes of what was typed.
func (w *Workspace) typed(text string) string {
	s := w.switches
	if s.Typographic {
		text = typographic(text)
	}
	if s.EscapeMentions || s.MailtoEmails {
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	}
	if s.MailtoEmails {
		text = address.ReplaceAllString(text, "<mailto:$0|$0>")
	}
	if s.EscapeMentions {
		text = w.mentions(text)
	}
	return text
}

func typographic(text string) string {
	out, open := strings.ReplaceAll(text, "--", "—"), true
	var b strings.Builder
	for _, r := range out {
		switch {
		case r == '\'':
			r = '’'
		case r == '"' && open:
			r, open = '“', false
		case r == '"':
			r, open = '”', true
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mentions turns @name and #name into what should_escape makes of them, the longest names first.
func (w *Workspace) mentions(text string) string {
	type name struct{ typed, sent string }
	var names []name
	for _, p := range w.people {
		if p.Name != "" {
			names = append(names, name{"@" + p.Name, "<@" + p.ID + "|" + p.Name + ">"})
		}
	}
	for _, c := range w.channels {
		if c.Name != "" {
			names = append(names, name{"#" + c.Name, "<#" + c.ID + "|" + c.Name + ">"})
		}
	}
	slices.SortFunc(names, func(a, b name) int {
		return cmp.Or(cmp.Compare(len(b.typed), len(a.typed)), cmp.Compare(a.sent, b.sent))
	})
	var pairs []string
	for _, n := range names {
		pairs = append(pairs, n.typed, n.sent)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// named is @name or #name where a word begins.
var named = regexp.MustCompile(`(^|[\s(])([@#])([\p{L}\p{N}._-]+)`)

// Escaped is what Slack makes of what somebody writes into a message: & < > are escaped, and @name and #name become the ids of those that there are.
func (w *Workspace) Escaped(text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := map[string]string{}
	for _, p := range w.people {
		ids["@"+p.Name] = p.ID
	}
	for _, c := range w.channels {
		ids["#"+c.Name] = c.ID
	}
	return named.ReplaceAllStringFunc(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text), func(found string) string {
		m := named.FindStringSubmatch(found)
		name := strings.TrimRight(m[3], "._-")
		if id := ids[m[2]+name]; id != "" {
			return m[1] + "<" + m[2] + id + ">" + m[3][len(name):]
		}
		return found
	})
}
