package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

// visitor drives the sandbox's page as a browser does.
type visitor struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // the test's own
	base string
}

// seen is what a test looks at of the page's state.
type seen struct {
	Channels []struct {
		ID       string
		Messages []shownMessage
	}
	App struct {
		Home   string
		Blocks json.RawMessage
	}
	Ahead    int64 // milliseconds
	Requests []seenRequest
	Views    []struct {
		ID     string
		Errors map[string]string
	}
	Slack struct {
		Sockets int
		Calls   []struct{ Status int }
	}
	Providers []struct {
		Name     string
		Accounts []town.Account
		Calls    []struct{ Write bool }
	}
}

type shownMessage struct {
	TS      string
	Private bool
	Text    string
	Blocks  json.RawMessage
	Replies []shownMessage
	Files   []struct {
		Name    string
		Deleted bool
	}

	Reactions []struct{ Name string }
	Request   string // whose card it is
}

func (v visitor) do(what string, body map[string]any) {
	v.t.Helper()
	if wrong := v.try(what, body); wrong != "" {
		v.t.Fatalf("%s %v: %s", what, body, wrong)
	}
}

// try does something and returns what was refused about it; empty: nothing was.
func (v visitor) try(what string, body map[string]any) string {
	v.t.Helper()
	status, said := v.send(what, body)
	if status == http.StatusOK {
		return ""
	}
	return fmt.Sprintf("%d %s", status, said)
}

// send does something as the page does, and returns what it was answered.
func (v visitor) send(what string, body map[string]any) (status int, said []byte) {
	v.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.base+"/api/"+what, bytes.NewReader(raw))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", v.base)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if said, err = io.ReadAll(res.Body); err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, said
}

// until follows somebody's page until it shows what ok looks for.
func (v visitor) until(as, what string, ok func(seen) bool) seen {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.ctx, http.MethodGet, v.base+"/api/events?as="+as, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	next := newEvents(res.Body)
	for {
		var now seen
		if err := next(&now); err != nil {
			v.t.Fatalf("waited in vain until %s: %v", what, err)
		}
		if ok(now) {
			return now
		}
	}
}

func (s seen) messages(channel string) []shownMessage {
	for _, c := range s.Channels {
		if c.ID == channel {
			return c.Messages
		}
	}
	return nil
}

func (s seen) state(provider, id string) (state string, writes int) {
	for _, p := range s.Providers {
		if p.Name != provider {
			continue
		}
		for _, c := range p.Calls {
			if c.Write {
				writes++
			}
		}
		for _, a := range p.Accounts {
			if a.ID == id {
				state = a.State
			}
		}
	}
	return state, writes
}

// told reports whether the thread of the only card has a message that begins so.
func (s seen) told(words string) bool {
	cards := s.messages(town.Approvals)
	if len(cards) != 1 {
		return false
	}
	for _, r := range cards[0].Replies {
		if strings.HasPrefix(r.Text, words) {
			return true
		}
	}
	return false
}

func privately(words string) func(seen) bool {
	return func(s seen) bool {
		for _, c := range s.Channels {
			for _, m := range c.Messages {
				if m.Private && strings.Contains(string(m.Blocks)+m.Text, words) {
					return true
				}
			}
		}
		return false
	}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// openSandbox starts the sandbox as the command line does, in a folder of its own for what it keeps.
func openSandbox(t *testing.T, args ...string) (v visitor, stop func() int) {
	t.Helper()
	ctx, halt := context.WithTimeout(context.Background(), 2*patience) // it is used for as long as any story takes
	out, code := &tape{}, make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, args...), nil, out, out)
	}()
	ended := false
	stop = func() int {
		halt()
		if ended {
			return 0
		}
		ended = true
		return <-code
	}
	t.Cleanup(func() { stop() })
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(out.text(), "Ctrl-C") {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it is not up:\n%s", out.text())
		}
	}
	return visitor{t: t, ctx: ctx, base: address.FindString(out.text())}, stop
}

// newEvents reads one state after the other from a stream of server-sent events.
func newEvents(r io.Reader) func(*seen) error {
	lines := bufio.NewReader(r)
	return func(s *seen) error {
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return err
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return json.Unmarshal([]byte(data), s)
			}
		}
	}
}
