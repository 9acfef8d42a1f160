// Package pings says whom a message would notify, so that tests can hold that the names of strangers notify nobody.
//
// It reads as Slack does: control sequences in angle brackets count wherever mrkdwn is parsed; bare @here, @everyone and #channel count
// in a mrkdwn object that is not verbatim, and in a message's text unless parse is none and link_names is off. plain_text counts
// nowhere (facts/slack.md, "Writing to Slack"). It does not look up whether a person or channel exists.
package pings

import (
	"encoding/json"
	"regexp"
)

var (
	sequence = regexp.MustCompile(`<(?:!(?:channel|here|everyone|subteam\^[A-Z0-9]+)|@[UWB][A-Z0-9]+)(?:\|[^<>]*)?>`)
	bare     = regexp.MustCompile(`(?i)(?:^|[^\pL\pN_&;/])([@](?:here|channel|everyone)\b|#\pL[\pL\pN_-]*)`)
	angled   = regexp.MustCompile(`<[^<>]*>`)
)

// Of returns what would notify or link by name, in the order of reading, each as it stands in the message. parse and linkNames are the
// parameters of chat.postMessage; blocks may be nil.
func Of(text, parse string, linkNames bool, blocks json.RawMessage) []string {
	out := find(text, parse != "none" || linkNames)
	var v any
	if json.Unmarshal(blocks, &v) == nil {
		out = append(out, walk(v)...)
	}
	return out
}

func find(text string, names bool) []string {
	out := sequence.FindAllString(text, -1)
	if !names {
		return out
	}
	for _, m := range bare.FindAllStringSubmatch(angled.ReplaceAllString(text, " "), -1) {
		out = append(out, m[1])
	}
	return out
}

// walk looks for text objects at any depth.
func walk(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, walk(e)...)
		}
	case map[string]any:
		text, _ := v["text"].(string)
		switch v["type"] {
		case "mrkdwn":
			return find(text, v["verbatim"] != true)
		case "markdown":
			return find(text, true)
		case "user", "usergroup", "broadcast":
			return append(out, rich(v))
		}
		for _, key := range []string{"text", "fields", "elements", "accessory", "element", "label", "hint", "title", "confirm", "options"} {
			out = append(out, walk(v[key])...)
		}
	}
	return out
}

// rich gives an element of rich text as the sequence it stands for.
func rich(v map[string]any) string {
	for _, key := range []string{"user_id", "usergroup_id", "range"} {
		if id, ok := v[key].(string); ok {
			return map[string]string{"user_id": "<@", "usergroup_id": "<!subteam^", "range": "<!"}[key] + id + ">"
		}
	}
	return "<!>"
}
