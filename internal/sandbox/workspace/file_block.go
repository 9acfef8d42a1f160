package workspace

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// picturesOf refuses blocks that show a file of the workspace which is no picture, or which the app cannot read
// (docs.slack.dev/reference/block-kit/composition-objects/slack-file-object).
func (w *Workspace) picturesOf(c *Call) *slackError {
	for param, code := range map[string]string{"blocks": "invalid_blocks", "attachments": "invalid_attachments", "view": "invalid_arguments"} {
		var tree any
		if !strings.Contains(c.param(param), `"slack_file"`) || json.Unmarshal([]byte(c.param(param)), &tree) != nil {
			continue
		}
		if !w.showable(tree) {
			return faulty(code, []string{"[ERROR] invalid slack file [json-pointer:/" + param + "]"})
		}
	}
	return nil
}

// showable reports whether every slack_file in a tree of JSON is a picture that the app can read.
func (w *Workspace) showable(tree any) bool {
	switch t := tree.(type) {
	case []any:
		return !slices.ContainsFunc(t, func(v any) bool { return !w.showable(v) })
	case map[string]any:
		for key, v := range t {
			if f, ok := v.(map[string]any); ok && key == "slack_file" && !w.isPicture(f) || !w.showable(v) {
				return false
			}
		}
	}
	return true
}

func (w *Workspace) isPicture(named map[string]any) bool {
	id, _ := named["id"].(string)
	address, _ := named["url"].(string)
	f := w.file(cmp.Or(id, "none"))
	if f == nil {
		f = w.fileAt(address)
	}
	return f != nil && f.Picture != "" && !f.Deleted && w.mayRead(w.cfg.BotUserID, f)
}
