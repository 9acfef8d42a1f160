package inbound

import (
	"encoding/json"

	"offboard/internal/commands"
)

// AckBody is an acknowledgement as Slack reads it, over either transport; nil: an empty one. It is always ephemeral: in_channel would
// publish what was typed (facts/slack.md).
func AckBody(a commands.Ack) []byte {
	var body any
	switch {
	case len(a.Errors) > 0:
		body = struct {
			Action string            `json:"response_action"`
			Errors map[string]string `json:"errors"`
		}{"errors", a.Errors}
	case a.Text != "":
		body = struct {
			Type string `json:"response_type"`
			Text string `json:"text"`
		}{"ephemeral", a.Text}
	default:
		return nil
	}
	out, err := json.Marshal(body)
	if err != nil {
		return nil // texts always encode
	}
	return out
}
