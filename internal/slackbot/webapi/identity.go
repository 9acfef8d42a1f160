package webapi

import (
	"context"
	"net/url"
)

// Identity is who a bot token speaks for.
type Identity struct {
	UserID       string `json:"user_id"`
	BotID        string `json:"bot_id"`
	TeamID       string `json:"team_id"`
	EnterpriseID string `json:"enterprise_id"`
	URL          string `json:"url"`
}

// Lacks names the ids without which we would not know ourselves.
func (i *Identity) Lacks() string {
	switch {
	case i.UserID == "":
		return "user_id"
	case i.BotID == "":
		return "bot_id"
	case i.TeamID == "":
		return "team_id"
	default:
		return ""
	}
}

// Identity asks Slack whom the token speaks for.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	var i Identity
	err := c.Call(ctx, "auth.test", nil, &i)
	return i, err
}

type botInfo struct {
	Bot struct {
		ID    string `json:"id"`
		AppID string `json:"app_id"`
	} `json:"bot"`
}

// Lacks names what is missing.
func (b *botInfo) Lacks() string {
	if b.Bot.ID == "" || b.Bot.AppID == "" {
		return "bot.app_id"
	}
	return ""
}

// AppID asks Slack which app a bot belongs to (design §9: where slack.app_id is not configured).
func (c *Client) AppID(ctx context.Context, botID string) (string, error) {
	var b botInfo
	if err := c.Call(ctx, "bots.info", url.Values{"bot": {botID}}, &b); err != nil {
		return "", err
	}
	if b.Bot.ID != botID {
		return "", &Error{Method: "bots.info", Status: 200, Err: ErrLacking, read: true}
	}
	return b.Bot.AppID, nil
}
