package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// line is what somebody typed into the composer of a channel, or of a thread.
type line struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	Thread  string `json:"thread"` // the ts of its first message; empty: none
	Text    string `json:"text"`
}

// pressed is a button or a menu that somebody pressed, in a message or a form.
type pressed struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	View    string `json:"view"`
	Block   string `json:"block"`
	Action  string `json:"action"`
	Value   string `json:"value"`

	Held workspace.Held `json:"held"` // what else stands there
}

// filled is a form that somebody filled in.
type filled struct {
	As     string            `json:"as"`
	View   string            `json:"view"`
	Values map[string]string `json:"values"`
	Held   workspace.Held    `json:"held"` // what stands in the rest of the form
}

// faulty is how a provider shall misbehave.
type faulty struct {
	Provider string     `json:"provider"`
	Match    string     `json:"match"` // write, onward, any
	Mode     fault.Mode `json:"mode"`  // or down
}

// actTime is more than Slack gives an app.
const actTime = 10 * time.Second

// act makes a handler of what changes something, and answers nothing.
func act[T any](do func(context.Context, T) error) http.HandlerFunc {
	return asked(func(ctx context.Context, body T) (struct{}, error) { return struct{}{}, do(ctx, body) })
}

// asked makes a handler of what is answered. What was begun goes on when the browser goes away, as at Slack.
func asked[T, A any](do func(context.Context, T) (A, error)) http.HandlerFunc {
	const largest = 1 << 16
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, "Send JSON.")
			return
		}
		var body T
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, largest))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			refuse(w, http.StatusBadRequest, "That could not be read: "+err.Error())
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
		defer cancel()
		answer, err := do(ctx, body)
		if err != nil {
			refuse(w, http.StatusConflict, err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// typeLine runs a slash command, or says something in the channel.
func (s *server) typeLine(ctx context.Context, l line) error {
	if err := s.known(l); err != nil {
		return err
	}
	text := strings.TrimSpace(l.Text)
	switch {
	case text == "":
		return errors.New("type something first")
	case !strings.HasPrefix(text, "/"):
		s.town.Slack.Say(l.As, l.Channel, l.Thread, s.town.Slack.Escaped(text))
		return nil
	case l.Thread != "":
		return errors.New("commands do not work in threads, here as at Slack: type it in the channel")
	}
	command, rest, _ := strings.Cut(text, " ")
	if s.records != nil && command != town.Command {
		return fmt.Errorf("%s is not a command here; there is %s", command, town.Command)
	}
	return outcome(s.town.Slack.Command(ctx, l.As, l.Channel, command, strings.TrimSpace(rest)))
}

// known refuses people, channels and threads that there are not.
func (s *server) known(l line) error {
	if !slices.Contains(town.Everybody(), l.As) {
		return errors.New("nobody here is called that")
	}
	if !slices.Contains(s.places(l.As), l.Channel) {
		return errors.New("there is no such channel")
	}
	if s.closed(l) {
		return errClosed
	}
	if first, ok := s.town.Slack.Message(l.Channel, l.Thread); l.Thread != "" && (!ok || first.ThreadTS != "") {
		return errors.New("there is no such thread")
	}
	return nil
}

// places are the channels that somebody sees, the conversation with the bot last.
func (s *server) places(as string) []string {
	var out []string
	for _, id := range town.Channels() {
		if s.town.Slack.Sees(as, id) {
			out = append(out, id)
		}
	}
	return append(out, town.Direct(as))
}

func (s *server) press(ctx context.Context, p pressed) error {
	return outcome(s.town.Slack.Press(ctx, p.press()))
}

func (p pressed) press() workspace.Press {
	return workspace.Press{User: p.As, Channel: p.Channel, TS: p.TS, View: p.View, ActionID: p.Action, BlockID: p.Block, Value: p.Value, Held: p.Held}
}

func (s *server) submit(ctx context.Context, f filled) error {
	return outcome(s.town.Slack.SubmitHeld(ctx, f.As, f.View, f.Values, f.Held))
}

func (s *server) closeView(ctx context.Context, f filled) error {
	return outcome(s.town.Slack.CloseView(ctx, f.As, f.View))
}

// outcome is what the person is told of an act that went wrong.
func outcome(ack workspace.Ack, err error) error {
	if err != nil || ack.Error == "" {
		return err
	}
	return fmt.Errorf("the bot did not take it: %s", strings.Join(append([]string{ack.Error}, ack.Faults...), "; "))
}

// What the modes that have particulars do. The delay is shorter than any provider's time-out in the town's configuration.
const (
	slowBy     = 1500 * time.Millisecond
	retryAfter = 5 // seconds
)

// down is a fault of the connection and so none of the provider's own: nobody can be reached there.
const down fault.Mode = "down"

func (s *server) setFault(ctx context.Context, f faulty) error {
	if !slices.Contains(town.Providers(), f.Provider) || !slices.Contains([]string{"write", fault.Onward, "any"}, f.Match) ||
		!slices.Contains(append(fault.Modes(), down), f.Mode) {
		return errors.New("there is no such provider, or no such fault")
	}
	faults, outage := s.town.Faults(f.Provider), town.Up
	switch f.Mode { //nolint:exhaustive // the others are the provider's own
	case down:
		faults.Clear()
		outage = town.DownWhole
		if f.Match == "write" {
			outage = town.DownCalls
		}
	case fault.None:
		faults.Clear()
	default:
		faults.Only(f.Match, fault.Fault{Mode: f.Mode, Delay: slowBy, RetryAfter: retryAfter})
	}
	return s.town.Down(ctx, f.Provider, outage)
}

func (s *server) rehire(context.Context, struct{}) error {
	s.town.Rehire()
	return nil
}
