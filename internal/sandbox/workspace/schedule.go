package workspace

import (
	"slices"
	"strconv"
	"time"

	"offboard/internal/sandbox/workspace/limits"
)

// scheduled is a message that is to be posted later.
type scheduled struct {
	id, channel string
	at, made    time.Time
	draft       draft
}

// mostAhead is how far ahead a message can be scheduled (Slack's documentation of chat.scheduleMessage).
const mostAhead = 120 * 24 * time.Hour

func (w *Workspace) scheduleMessage(c *Call) (answer, *slackError) {
	ch, err := w.writable(c.param("channel"))
	if err != nil {
		return nil, err
	}
	d, err := c.readDraft(limits.MostText)
	if err != nil {
		return nil, err
	}
	n, bad := strconv.ParseInt(c.param("post_at"), 10, 64)
	at, now := time.Unix(n, 0), w.cfg.Clock()
	switch {
	case bad != nil:
		return nil, refuse("invalid_time")
	case !at.After(now):
		return nil, refuse("time_in_past")
	case at.Sub(now) > mostAhead:
		return nil, refuse("time_too_far")
	}
	s := &scheduled{id: word("Q"), channel: ch.ID, at: at, made: now, draft: d}
	w.scheduled = append(w.scheduled, s)
	w.beside.Go(func() { w.postScheduled(s) })
	said := w.messageJSON(w.botMessage(ch.ID, d), true)
	delete(said, "ts")
	said["type"] = "delayed_message"
	return answer{"channel": ch.ID, "scheduled_message_id": s.id, "post_at": n, "message": said}, nil
}

func (w *Workspace) postScheduled(s *scheduled) {
	if !w.awake(s.at) {
		return
	}
	w.do(func() {
		if i := slices.Index(w.scheduled, s); i >= 0 { // else it was taken back
			w.scheduled = slices.Delete(w.scheduled, i, i+1)
			w.add(w.botMessage(s.channel, s.draft))
		}
	})
}

func (w *Workspace) scheduledList(c *Call) (answer, *slackError) {
	list := []answer{}
	for _, s := range w.scheduled {
		if c.param("channel") == "" || c.param("channel") == s.channel {
			list = append(list, answer{
				"id": s.id, "channel_id": s.channel, "post_at": s.at.Unix(), "date_created": s.made.Unix(), "text": s.draft.text,
			})
		}
	}
	return answer{"scheduled_messages": list, "response_metadata": answer{"next_cursor": ""}}, nil
}

func (w *Workspace) deleteScheduled(c *Call) (answer, *slackError) {
	before := len(w.scheduled)
	w.scheduled = slices.DeleteFunc(w.scheduled, func(s *scheduled) bool {
		return s.id == c.param("scheduled_message_id") && s.channel == c.param("channel")
	})
	if len(w.scheduled) == before {
		return nil, refuse("invalid_scheduled_message_id")
	}
	return nil, nil
}
