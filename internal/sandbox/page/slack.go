package page

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"offboard/internal/sandbox/workspace"
)

// slack is how Slack itself behaves, and what the bot asked it.
type slack struct {
	Mode    string      `json:"mode"`
	Sockets int         `json:"sockets"`
	Calls   []slackCall `json:"calls"` // the newest first
	More    int         `json:"more"`  // calls that are not listed
	Lacks   []lack      `json:"lacks"`
	Events  []told      `json:"events"` // the newest first
}

type slackCall struct {
	At     string `json:"at"`
	Method string `json:"method"`
	Status int    `json:"status"` // 0: no answer, or not yet
	Error  string `json:"error"`
	Fault  string `json:"fault"`
}

// slackFaults are the ways in which the page can make Slack misbehave.
var slackFaults = map[string]workspace.Fault{
	"throttle":      {Method: "chat.postMessage", Kind: workspace.FaultThrottle, RetryAfter: 3},
	"timeout_after": {Method: "chat.postMessage", Kind: workspace.FaultTimeoutAfter},
	"post_500":      {Method: "chat.postMessage", Kind: workspace.FaultStatus, Status: http.StatusInternalServerError},
	"people":        {Method: "users.info", Kind: workspace.FaultStatus, Status: http.StatusServiceUnavailable},
	"slow":          {Kind: workspace.FaultSlow, Delay: slowBy},
	"down":          {Kind: workspace.FaultStatus, Status: http.StatusServiceUnavailable},
}

const behaves = "none"

// slackSwitch is what shall happen at Slack: a way to misbehave from now on, or something that happens to the sockets.
type slackSwitch struct {
	Do string `json:"do"`
}

func (s *server) setSlack(_ context.Context, w slackSwitch) error {
	fault, known := slackFaults[w.Do]
	switch {
	case w.Do == "refresh":
		s.town.Slack.Disconnect(workspace.ReasonRefreshRequested, 0, 0)
	case w.Do == "cut":
		s.town.Slack.Cut()
	case known:
		s.town.Slack.ClearFaults()
		s.town.Slack.Fault(fault)
	case w.Do == behaves:
		s.town.Slack.ClearFaults()
	default:
		return errors.New("there is no such switch")
	}
	return nil
}

func (s *server) slack() slack {
	out := slack{Mode: behaves, Sockets: s.town.Slack.OpenSockets(), Calls: []slackCall{}}
	for _, set := range s.town.Slack.Faults() {
		for name, f := range slackFaults {
			if set.Method == f.Method && set.Kind == f.Kind {
				out.Mode = name
			}
		}
	}
	all := s.town.Slack.Calls("")
	out.Lacks, out.Events = lacks(all), events(s.town.Slack.Delivered())
	slices.Reverse(all)
	out.More = max(0, len(all)-mostCalls)
	for _, c := range all[:len(all)-out.More] {
		out.Calls = append(out.Calls, slackCall{
			At: c.At.UTC().Format(time.RFC3339), Method: c.Method, Status: c.Status, Error: c.Error, Fault: string(c.Fault),
		})
	}
	return out
}
