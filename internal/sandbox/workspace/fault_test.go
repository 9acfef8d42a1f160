package workspace_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/workspace"
)

// attempt posts a message and gives up soon.
func attempt(t *testing.T, w *workspace.Workspace) (*http.Response, error) {
	t.Helper()
	const soon = 250 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	body := strings.NewReader(url.Values{"channel": {"C1"}, "text": {"x"}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.APIURL()+"chat.postMessage", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+w.Config().BotToken)
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	return res, err
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, kind := range workspace.FaultKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := start(t, workspace.Config{})
			w.Fault(workspace.Fault{
				Method: "chat.postMessage", Kind: kind, Times: 1, RetryAfter: 7, Error: "fatal_error", Delay: time.Millisecond,
			})
			res, err := attempt(t, w)
			done := map[workspace.FaultKind]bool{
				workspace.FaultStatusAfter: true, workspace.FaultTimeoutAfter: true, workspace.FaultCutAfter: true,
				workspace.FaultHTMLAfter: true, workspace.FaultSlow: true,
			}[kind]
			if posted := len(w.Messages("C1")) == 1; posted != done {
				t.Errorf("posted: %v, want %v", posted, done)
			}
			silent := strings.HasPrefix(string(kind), "timeout") || strings.HasPrefix(string(kind), "cut")
			if (err != nil) != silent || strings.HasPrefix(string(kind), "timeout") != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("answered: %v", err)
			}
			if kind == workspace.FaultThrottle && (res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "7") {
				t.Errorf("%d %v", res.StatusCode, res.Header)
			}
			answered := 0
			if res != nil {
				answered = res.StatusCode
			}
			if calls := w.Calls("chat.postMessage"); calls[0].Fault != kind || calls[0].Status != answered {
				t.Errorf("%+v, answered with %d", calls, answered)
			}
			if _, err := attempt(t, w); err != nil || len(w.Messages("C1")) == 0 {
				t.Errorf("the fault did not end after its one time: %v", err)
			}
		})
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := start(t, workspace.Config{RateLimits: true, Clock: func() time.Time { return now }})
	form := url.Values{"channel": {"C1"}, "text": {"x"}}.Encode()
	send := func() *http.Response {
		res, _ := callRaw(t, w, "chat.postMessage", "Bearer "+w.Config().BotToken, "application/x-www-form-urlencoded", form)
		return res
	}
	for i := range 15 {
		if res := send(); res.StatusCode != http.StatusOK {
			t.Fatalf("message %d: %d", i+1, res.StatusCode)
		}
	}
	res := send()
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" {
		t.Errorf("one message too many at once: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	now = now.Add(time.Second)
	if res := send(); res.StatusCode != http.StatusOK {
		t.Errorf("a second later: %d", res.StatusCode)
	}
	if n := len(w.Messages("C1")); n != 16 {
		t.Errorf("%d messages", n)
	}
}
