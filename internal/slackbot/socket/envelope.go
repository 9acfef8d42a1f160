package socket

import (
	"encoding/json"

	"offboard/internal/slackbot/inbound"
)

// envelope is a message from Slack. The payload stays as it came: it is what a delivery is known by.
type envelope struct {
	Type    string          `json:"type"`
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"`
	Reason  string          `json:"reason"` // of a disconnect
	Info    struct {
		App string `json:"app_id"`
	} `json:"connection_info"` // of a hello
}

// kind is what a payload is; empty: nothing that we know.
func (e *envelope) kind() inbound.Kind {
	switch e.Type {
	case "slash_commands":
		return inbound.KindCommand
	case "interactive":
		return inbound.KindInteraction
	case "events_api":
		return inbound.KindEvent
	default:
		return ""
	}
}

// largestAck is below what Slack silently drops (facts/slack.md: 20 KB).
const largestAck = 20_000

type acknowledgement struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// acknowledge makes the message that acknowledges an envelope. carried is false when the body could not go along.
func (e *envelope) acknowledge(body []byte) (message []byte, carried bool, err error) {
	if body != nil && e.Accepts {
		message, err = json.Marshal(acknowledgement{e.ID, body})
		if err == nil && len(message) < largestAck {
			return message, true, nil
		}
	}
	message, err = json.Marshal(acknowledgement{ID: e.ID})
	return message, body == nil, err
}
