package workspace

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

func (w *Workspace) teamInfo(c *Call) (answer, *slackError) {
	if id := cmp.Or(c.param("team"), w.cfg.TeamID); id != w.cfg.TeamID {
		return nil, refuse("team_not_found")
	}
	return answer{"team": answer{
		"id": w.cfg.TeamID, "name": w.cfg.TeamName, "domain": w.cfg.TeamName, "url": w.teamURL(), "email_domain": "",
		"icon": answer{"image_default": true},
	}}, nil
}

// conversationsList lists the channels that there are for the app.
func (w *Workspace) conversationsList(c *Call) (answer, *slackError) {
	return w.listed(c, func(ch *Channel) bool { return !ch.Private || ch.in(w.cfg.BotUserID) })
}

// usersConversations lists the channels that somebody is in, of those that there are for the app.
func (w *Workspace) usersConversations(c *Call) (answer, *slackError) {
	user := cmp.Or(c.param("user"), w.cfg.BotUserID)
	if w.people[user] == nil {
		return nil, refuse("user_not_found")
	}
	return w.listed(c, func(ch *Channel) bool { return ch.in(user) && (!ch.Private || ch.in(w.cfg.BotUserID)) })
}

// kinds are the types of channels by which they are listed, the scope that lets an app read them, and how events name them.
var kinds = map[string]struct{ scope, kind string }{
	"public_channel": {"channels:read", "channels"}, "private_channel": {"groups:read", "groups"}, "im": {"im:read", "im"},
	"mpim": {"mpim:read", "mpim"},
}

func (w *Workspace) listed(c *Call, there func(*Channel) bool) (answer, *slackError) {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(cmp.Or(c.param("types"), "public_channel"), ",") {
		k, known := kinds[strings.TrimSpace(name)]
		if !known {
			return nil, refuse("invalid_types")
		}
		if err := need(w.cfg.Scopes, k.scope); err != nil {
			return nil, err
		}
		wanted[k.kind] = true
	}
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(w.channels)) {
		if ch := w.channels[id]; wanted[ch.kind()] && there(ch) && (!ch.Archived || !c.flag("exclude_archived")) {
			ids = append(ids, id)
		}
	}
	ids, cursor, err := page(c, ids, somePage, 1000)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, id := range ids {
		out := w.channelJSON(w.channels[id])
		if w.channels[id].im == "" {
			out["num_members"] = len(w.channels[id].Members)
		}
		list = append(list, out)
	}
	return answer{"channels": list, "response_metadata": answer{"next_cursor": cursor}}, nil
}

func (w *Workspace) conversationsJoin(c *Call) (answer, *slackError) {
	ch := w.channels[c.param("channel")]
	switch {
	case ch == nil:
		return nil, refuse("channel_not_found")
	case ch.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	case ch.in(w.cfg.BotUserID):
		return answer{"channel": w.channelJSON(ch), "warning": "already_in_channel", "response_metadata": answer{"warnings": []string{"already_in_channel"}}}, nil
	}
	w.joins(ch, w.cfg.BotUserID)
	return answer{"channel": w.channelJSON(ch)}, nil
}

// joins makes somebody a member, and tells the app when it is one too. The lock is held.
func (w *Workspace) joins(ch *Channel, userID string) {
	ch.Members = append(ch.Members, userID)
	if ch.in(w.cfg.BotUserID) {
		w.emit("member_joined_channel", answer{
			"type": "member_joined_channel", "user": userID, "channel": ch.ID, "channel_type": ch.ID[:1], "team": w.cfg.TeamID,
		})
	}
}
