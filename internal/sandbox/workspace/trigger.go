package workspace

import (
	"fmt"
	"time"
)

// triggerLife is how long a trigger_id can be used; once (facts/slack.md).
const triggerLife = 3 * time.Second

type trigger struct {
	user string
	at   time.Time
	used bool
}

// newTrigger returns a trigger_id for somebody's act. The lock is held.
func (w *Workspace) newTrigger(userID string) string {
	w.lastTS = max(w.lastTS+1, w.cfg.Clock().UnixMicro())
	id := fmt.Sprintf("%d.%d.%s", w.lastTS, w.lastTS%1000000, word(""))
	w.triggers[id] = &trigger{user: userID, at: w.cfg.Clock()}
	return id
}

// exchange uses a trigger up.
func (w *Workspace) exchange(id string) (*trigger, *slackError) {
	t := w.triggers[id]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case w.cfg.Clock().Sub(t.at) > triggerLife:
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}
