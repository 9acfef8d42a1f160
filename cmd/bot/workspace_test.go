package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// openWorkspace starts the workspace alone. printed gives what the command prints behind some words.
func openWorkspace(t *testing.T, args ...string) (v visitor, printed func(string) string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	out, code := &tape{}, make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"sandbox", "--workspace-only", "--listen", "127.0.0.1:0"}, args...), nil, out, out)
	}()
	t.Cleanup(func() {
		stop()
		if c := <-code; c != 0 {
			t.Errorf("it ended with %d", c)
		}
	})
	await(ctx, t, out, "Ctrl-C")
	return visitor{t: t, ctx: ctx, base: address.FindString(out.text())}, func(what string) string {
		m := regexp.MustCompile(regexp.QuoteMeta(what) + ` +(\S+)`).FindStringSubmatch(out.text())
		if m == nil {
			t.Fatalf("%s is not printed:\n%s", what, out.text())
		}
		return m[1]
	}
}

// await waits until words were written.
func await(ctx context.Context, t *testing.T, out *tape, words string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(out.text(), words) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%q was never written:\n%s", words, out.text())
		}
	}
}

// The workspace serves an app that is not ours, with nothing but what it prints: any command reaches the app signed, and what the app posts stands there.
func TestSandboxForAnAppOfYourOwn(t *testing.T) {
	t.Parallel()
	type delivery struct{ body, timestamp, signature string }
	got := make(chan delivery, 1)
	theirs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- delivery{string(raw), r.Header.Get("X-Slack-Request-Timestamp"), r.Header.Get("X-Slack-Signature")}
	}))
	t.Cleanup(theirs.Close)
	v, printed := openWorkspace(t, "--app-url", theirs.URL+"/slack/events")
	v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/hello world"})
	d := <-got
	if form, err := url.ParseQuery(d.body); err != nil || form.Get("command") != "/hello" || form.Get("text") != "world" {
		t.Errorf("the app got %s", d.body)
	}
	if want := workspace.Sign(printed("signing secret (HTTP)"), []byte(d.body), d.timestamp); d.signature != want {
		t.Errorf("signed %s, and by the secret that is printed it is %s", d.signature, want)
	}
	res, err := http.PostForm(printed("Slack's API")+"chat.postMessage", url.Values{
		"token": {printed("bot token")}, "channel": {town.General}, "text": {"hello from elsewhere"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	now := v.until(town.Bob, "what the app says stands there", func(s seen) bool { return len(s.messages(town.General)) == 1 })
	if len(now.Providers) != 0 || now.messages(town.General)[0].Text != "hello from elsewhere" {
		t.Errorf("bob sees %+v", now)
	}
}

func TestSandboxGoesToNoOtherMachine(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []string{"http://192.0.2.1/slack", "https://127.0.0.1/slack", "http://example.com/", "nonsense"} {
		out := &tape{}
		if code := run(t.Context(), []string{"sandbox", "--workspace-only", "--app-url", elsewhere}, nil, out, out); code != exitFault ||
			!strings.Contains(out.text(), "must be on this machine") {
			t.Errorf("%s: ended with %d: %s", elsewhere, code, out.text())
		}
	}
}
