package webapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/lease"
)

// halting is a context with a lease, of a process that stands still for an hour once it has a connection to Slack, when halts is set.
func halting(ctx context.Context, halts *atomic.Bool) context.Context {
	var slept atomic.Int64
	store := func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if halts.Load() {
			slept.Store(int64(time.Hour))
		}
	}}
	return httptrace.WithClientTrace(lease.With(ctx, lease.New(lease.Now(store), time.Minute, store)), trace)
}

// A process that stands still with its connection made, until after the time that its work was claimed for, writes nothing when it wakes. It
// may read.
func TestNothingIsWrittenAfterTheLease(t *testing.T) {
	t.Parallel()
	for name, params := range map[string]url.Values{
		"a short message": {"text": {"x"}},
		"a long message":  {"text": {strings.Repeat("x", 100_000)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var writes, reads atomic.Int64
			c, _ := slackAt(t, func(w http.ResponseWriter, r *http.Request) {
				whole := r.ParseForm() == nil
				switch {
				case strings.HasSuffix(r.URL.Path, "conversations.history"):
					reads.Add(1)
				case whole:
					writes.Add(1)
				}
				answer(http.StatusOK, "application/json", `{"ok":true,"ts":"1.2"}`)(w, r)
			})
			halts := &atomic.Bool{}
			if err := c.Call(halting(t.Context(), halts), "chat.postMessage", params, nil); err != nil || writes.Load() != 1 {
				t.Errorf("%d writes while the lease lasts, and %v", writes.Load(), err)
			}
			halts.Store(true)
			ctx := halting(t.Context(), halts)
			err := fault(t, c.Call(ctx, "chat.postMessage", params, nil))
			if !errors.Is(err, lease.ErrOver) || !err.NotSent || err.Maybe || writes.Load() != 1 {
				t.Errorf("%d writes, and %+v", writes.Load(), *err)
			}
			if err := c.Call(ctx, "conversations.history", nil, nil); err != nil || reads.Load() != 1 {
				t.Errorf("%d reads, and %v", reads.Load(), err)
			}
		})
	}
}
