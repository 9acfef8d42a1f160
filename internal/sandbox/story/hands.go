package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"offboard/internal/sandbox/workspace"
)

// request is one to the bot's address, made by hand.
type request struct {
	query  string
	body   string
	at     time.Time // of the signature
	secret string    // that it is signed with
}

// client keeps no connection, and follows nothing.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// sends makes a request and writes down what the bot answered, which must be this status and these words, or nothing.
func (p *player) sends(ctx context.Context, r request, status int, words string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.bot.URL+"/slack/interactions?"+r.query, strings.NewReader(r.body))
	if err != nil {
		return fmt.Errorf("a request by hand: %w", err)
	}
	at := strconv.FormatInt(r.at.Unix(), 10)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", workspace.Sign(r.secret, []byte(r.body), at))
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("a request by hand: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("a request by hand: %w", err)
	}
	got := strings.TrimSpace(string(raw))
	p.writes("the bot answers", []string{strings.TrimSpace(fmt.Sprintf("%d %s", res.StatusCode, got))})
	if res.StatusCode != status || got != words {
		return fmt.Errorf("the bot answered a request by hand with %d %q; it must be %d %q", res.StatusCode, got, status, words)
	}
	return nil
}

// click is the body of a click on a card's Approve, as Slack sends it.
func (p *player) click(who string, card workspace.Message) string {
	w := p.town.Slack.Config()
	type object = map[string]any
	raw, err := json.Marshal(object{
		"type": "block_actions", "api_app_id": w.AppID, "trigger_id": "9." + strconv.FormatInt(time.Now().UnixNano(), 10) + ".hand",
		"user":      object{"id": who, "team_id": w.TeamID},
		"team":      object{"id": w.TeamID},
		"container": object{"type": "message", "message_ts": card.TS, "channel_id": card.Channel, "is_ephemeral": false},
		"channel":   object{"id": card.Channel},
		"message":   object{"ts": card.TS},
		"actions":   []object{{"type": "button", "block_id": "decide", "action_id": "approve", "value": valueOf(card), "action_ts": card.TS}},
	})
	if err != nil {
		panic(err) // plain values
	}
	return url.Values{"payload": {string(raw)}}.Encode()
}

// valueOf is what a card's Approve carries.
func valueOf(card workspace.Message) string {
	var blocks []struct {
		Elements []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"elements"`
	}
	if json.Unmarshal(card.Blocks, &blocks) != nil {
		return ""
	}
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.ActionID == "approve" {
				return e.Value
			}
		}
	}
	return ""
}
