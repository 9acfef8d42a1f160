package approvals_test

import (
	"errors"
	"testing"

	"offboard/internal/approvals"
)

// The door before each message lets one poster pass: whoever has looked at the request before another one passed has to look again.
func TestOneAtATimePostsAMessage(t *testing.T) {
	t.Parallel()
	receipt := func(k approvals.Kind, key string) approvals.Receipt {
		return approvals.Receipt{Event: approvals.Event{Kind: k, Key: key, Place: approvals.Place{Channel: "C", TS: "1"}}}
	}
	for name, tc := range map[string]struct {
		since   approvals.Wish // what happened after the poster looked; nil: nothing
		refused bool
	}{
		"nothing since":            {nil, false},
		"another is posting it":    {approvals.Send{Key: "t2", Seen: 2}, true},
		"another has posted it":    {receipt(approvals.Told, "t2"), true},
		"another's post failed":    {receipt(approvals.Failed, "t2"), true},
		"the thread was lost":      {receipt(approvals.Lost, approvals.KeyThread), true},
		"another message was told": {receipt(approvals.Told, approvals.KeyCard), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wished(t, &approvals.Request{ID: "r", Number: 1}, asking(), morning)
			r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
			seen := r.Version()
			if tc.since != nil {
				r = wished(t, r, tc.since, morning)
			}
			events, err := approvals.Decide(r, approvals.Send{Key: "t2", Upto: 2, Seen: seen}, morning)
			_, refused := errors.AsType[*approvals.Refusal](err)
			if refused != tc.refused || !refused && (len(events) != 1 || events[0].Kind != approvals.Sending || events[0].Upto != 2) {
				t.Errorf("%+v, %v", events, err)
			}
			failed := approvals.Receipt{Event: approvals.Event{Kind: approvals.Failed, Key: "t2"}, Seen: seen}
			if _, err := approvals.Decide(r, failed, morning); (err != nil) != tc.refused {
				t.Errorf("a failure of then: %v", err)
			}
		})
	}
}
