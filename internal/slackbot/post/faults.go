package post

import (
	"errors"
	"net/http"
	"time"

	"offboard/internal/dispatch"
	"offboard/internal/slackbot/webapi"
)

// unsaidWait is how long a 429 without Retry-After is waited out.
const unsaidWait = 30 * time.Second

// gone are Slack's errors for a message that cannot be changed or answered any more.
var gone = map[string]bool{
	"message_not_found": true, "cant_update_message": true, "edit_window_closed": true, "thread_not_found": true,
	"cannot_reply_to_message": true, "restricted_action_thread_locked": true, "restricted_action_non_threadable_channel": true,
}

// closed are Slack's errors for a channel that we cannot write to.
var closed = map[string]bool{
	"channel_not_found": true, "is_archived": true, "not_in_channel": true, "restricted_action": true, "is_inactive": true,
	"restricted_action_read_only_channel": true, "restricted_action_thread_only_channel": true,
}

// tellError says what an error of the Web API means for telling; nil stays nil.
func tellError(err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*webapi.Error](err)
	if !ok {
		return &dispatch.TellError{Kind: dispatch.TellMaybe, Err: err}
	}
	t := &dispatch.TellError{Err: e}
	t.Kind, t.Wait = kind(e)
	return t
}

func kind(e *webapi.Error) (dispatch.TellKind, time.Duration) {
	switch {
	case e.Limited() && e.RetryAfter == 0:
		return dispatch.TellLater, unsaidWait
	case e.Limited():
		return dispatch.TellLater, e.RetryAfter
	case e.Maybe:
		return dispatch.TellMaybe, 0
	case gone[e.Code]:
		return dispatch.TellGone, 0
	case closed[e.Code]:
		return dispatch.TellClosed, 0
	case webapi.Permanent(e):
		return dispatch.TellBroken, 0
	case e.Transient() || e.Status == http.StatusNotFound && e.Code == "":
		return dispatch.TellLater, e.RetryAfter // a bare 404 comes from something in the way, not from Slack
	default:
		return dispatch.TellBroken, 0
	}
}

func broken(err error) error { return &dispatch.TellError{Kind: dispatch.TellBroken, Err: err} }

func shut(why string) error {
	return &dispatch.TellError{Kind: dispatch.TellClosed, Err: errors.New(why)}
}

// unsearchable reports whether looking for a message failed in a way that will not change, so that the search can say nothing: where
// there is no such thread or channel our message is not there either, and without the scope to read it is posted again rather than
// never (design §9: at most one duplicate, and only where our own message could not be searched for).
func unsearchable(err error) bool {
	e, ok := errors.AsType[*webapi.Error](err)
	return ok && (gone[e.Code] || closed[e.Code] || e.Code == "missing_scope" || e.Code == "not_allowed_token_type")
}
