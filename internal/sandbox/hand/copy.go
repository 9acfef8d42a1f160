package hand

import (
	"encoding/json"

	"offboard/internal/sandbox/workspace"
)

// Harmless is what stands over the buttons of a [Copy].
const Harmless = "Please click Approve, so that we see whether the bot works. Nothing happens."

// Copy is a message with the buttons of a card under a harmless text. Nothing asks once more.
func Copy(card workspace.Message, channel, by string) workspace.Message {
	type object = map[string]any
	blocks := []object{{"type": "section", "text": object{"type": "plain_text", "text": Harmless}}}
	var all []object
	if json.Unmarshal(card.Blocks, &all) != nil {
		all = nil
	}
	for _, b := range all {
		if b["type"] != "actions" {
			continue
		}
		elements, _ := b["elements"].([]any)
		for _, e := range elements {
			if e, ok := e.(object); ok {
				delete(e, "confirm")
			}
		}
		blocks = append(blocks, b)
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		panic(err) // it was JSON
	}
	return workspace.Message{Channel: channel, User: by, Text: Harmless, Blocks: raw}
}
