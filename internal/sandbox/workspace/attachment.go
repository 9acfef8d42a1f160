package workspace

import "encoding/json"

// attachmentsWithIDs gives the blocks of attachments the ids that Slack gives them.
func attachmentsWithIDs(raw json.RawMessage) json.RawMessage {
	list := decodeBlocks(raw) // of objects, as blocks are
	if len(list) == 0 {
		return raw
	}
	for i, a := range list {
		a["id"] = i + 1
		if blocks := withIDs(encode(a["blocks"])); blocks != nil {
			a["blocks"] = blocks
		}
	}
	return encode(list)
}

// actionable are all blocks of a message that somebody can act in, those of its attachments last.
func (m *Message) actionable() json.RawMessage {
	all := decodeBlocks(m.Blocks)
	for _, a := range decodeBlocks(m.Attachments) {
		all = append(all, decodeBlocks(encode(a["blocks"]))...)
	}
	return encode(all)
}
