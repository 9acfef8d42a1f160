package workspace

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (w *Workspace) teamURL() string { return "https://" + w.cfg.TeamName + ".slack.com/" }

func (w *Workspace) authTest(c *Call) (answer, *slackError) {
	out := answer{"url": w.teamURL(), "team": w.cfg.TeamName, "team_id": w.cfg.TeamID, "is_enterprise_install": false}
	if w.cfg.EnterpriseID != "" {
		out["enterprise_id"] = w.cfg.EnterpriseID
	}
	if c.token == w.cfg.AppToken {
		out["app_id"], out["app_name"] = w.cfg.AppID, w.cfg.BotName
		return out, nil
	}
	out["user"], out["user_id"], out["bot_id"] = w.cfg.BotName, w.cfg.BotUserID, w.cfg.BotID
	return out, nil
}

func (w *Workspace) botsInfo(c *Call) (answer, *slackError) {
	if c.param("bot") != w.cfg.BotID {
		return nil, refuse("bot_not_found")
	}
	return answer{"bot": w.botProfile()}, nil
}

func (w *Workspace) botProfile() answer {
	return answer{
		"id": w.cfg.BotID, "app_id": w.cfg.AppID, "user_id": w.cfg.BotUserID, "name": w.cfg.BotName, "deleted": false, "updated": 1,
		"team_id": w.cfg.TeamID, "icons": answer{},
	}
}

// emails reports whether e-mail addresses are shown to the app.
func (w *Workspace) emails() bool { return slices.Contains(w.cfg.Scopes, "users:read.email") }

func (w *Workspace) usersInfo(c *Call) (answer, *slackError) {
	p := w.people[c.param("user")]
	if p == nil {
		return nil, refuse("user_not_found")
	}
	return answer{"user": w.userJSON(p, w.emails())}, nil
}

func (w *Workspace) usersList(c *Call) (answer, *slackError) {
	ids, cursor, err := page(c, slices.Sorted(maps.Keys(w.people)), somePage, 1000)
	if err != nil {
		return nil, err
	}
	members := []any{}
	for _, id := range ids {
		members = append(members, w.userJSON(w.people[id], w.emails()))
	}
	return answer{"members": members, "response_metadata": answer{"next_cursor": cursor}}, nil
}

func (w *Workspace) usersLookup(c *Call) (answer, *slackError) {
	for _, p := range w.people {
		if p.Email != "" && !p.Deleted && !p.Bot && strings.EqualFold(p.Email, c.param("email")) {
			return answer{"user": w.userJSON(p, true)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

// oneTeam holds a call of an organisation's app to naming the workspace that is meant (facts/slack.md).
func (w *Workspace) oneTeam(c *Call) *slackError {
	if c.has("team_id") && c.param("team_id") != w.cfg.TeamID {
		return refuse("team_not_found")
	}
	return nil
}

func (w *Workspace) groupsList(c *Call) (answer, *slackError) {
	if err := w.oneTeam(c); err != nil {
		return nil, err
	}
	groups := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.groups)) {
		g := answer{"id": id, "team_id": w.cfg.TeamID, "is_usergroup": true, "name": id, "handle": strings.ToLower(id), "date_delete": 0}
		g["user_count"] = len(w.groups[id])
		if c.flag("include_users") {
			g["users"] = w.groups[id]
		}
		groups = append(groups, g)
	}
	return answer{"usergroups": groups}, nil
}

func (w *Workspace) groupMembers(c *Call) (answer, *slackError) {
	if err := w.oneTeam(c); err != nil {
		return nil, err
	}
	members, known := w.groups[c.param("usergroup")]
	if !known {
		return nil, refuse("no_such_subteam")
	}
	return answer{"users": members}, nil
}

// somePage is how much a call gets that does not say.
const somePage = 100

// page cuts one page out of a list of at most so many, or of absent when the call does not say, and returns the cursor of the next; empty: there is none.
func page[T any](c *Call, list []T, absent, most int) ([]T, string, *slackError) {
	limit, ok := c.number("limit", absent)
	if !ok || limit > most {
		return nil, "", refuse("invalid_limit")
	}
	from := 0
	if cursor := c.param("cursor"); cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		text, ours := strings.CutPrefix(string(raw), "next:")
		from, ok = atoi(text)
		if err != nil || !ours || !ok || from > len(list) {
			return nil, "", refuse("invalid_cursor")
		}
	}
	to := min(from+limit, len(list))
	if to == len(list) {
		return list[from:to], "", nil
	}
	return list[from:to], base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(to))), nil
}

func atoi(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}
