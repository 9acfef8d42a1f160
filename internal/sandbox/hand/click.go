package hand

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"offboard/internal/sandbox/workspace"
)

// Click is the body of somebody's click on a card's Approve, as Slack sends it to the app of a workspace.
func Click(w workspace.Config, who string, card workspace.Message) string {
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
