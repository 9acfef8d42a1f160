package inbound

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"offboard/internal/commands"
)

// Kind is which of Slack's kinds of delivery something is.
type Kind string

// The kinds.
const (
	KindCommand     Kind = "command"
	KindInteraction Kind = "interaction" // a click or a form that was sent off
	KindEvent       Kind = "event"
)

// Kinds lists every Kind.
func Kinds() []Kind { return []Kind{KindCommand, KindInteraction, KindEvent} }

// Raw is an authenticated delivery.
type Raw struct {
	Kind Kind
	Form url.Values // a command over HTTP: the parameters of the body; nil otherwise
	JSON []byte     // everything else
	Keys []string   // what the transport knows the delivery by; see BodyKey and EnvelopeKeys
	At   time.Time  // when it reached us
}

// Request is what somebody asks for. Exactly one field is set.
type Request struct {
	Command *commands.Command
	Click   *commands.Click
	Submit  *commands.Submit
}

// Handle lets the handler decide.
func (r Request) Handle(ctx context.Context, h commands.Handler) (commands.Ack, commands.Later, error) {
	switch {
	case r.Command != nil:
		return h.Command(ctx, *r.Command)
	case r.Click != nil:
		return h.Click(ctx, *r.Click)
	case r.Submit != nil:
		return h.Submit(ctx, *r.Submit)
	default:
		return commands.Ack{}, nil, errors.New("inbound: an empty request")
	}
}

// Reply answers the person who asked, privately. It may be nil.
func (r Request) Reply() commands.Replier {
	switch {
	case r.Command != nil:
		return r.Command.Reply
	case r.Click != nil:
		return r.Click.Reply
	case r.Submit != nil:
		return r.Submit.Reply
	default:
		return nil
	}
}

// NotOurs is an authentic delivery that is not for us (design §9): it is acknowledged with nothing, logged, and has no effect.
type NotOurs struct{ Why Why }

func (n *NotOurs) Error() string { return "not for us: " + string(n.Why) }

// Why is why a delivery is not for us: a word for logs.
type Why string

// The reasons.
const (
	WhyTeam      Why = "other team"
	WhyApp       Why = "other app"
	WhyCommand   Why = "other command"
	WhyType      Why = "unknown type"
	WhyAction    Why = "unknown action"
	WhySeveral   Why = "several actions"
	WhyForm      Why = "unknown form"
	WhyEvent     Why = "event"
	WhyMalformed Why = "malformed"
)

// Repliers makes what answers one person privately. responseURL and channel may be empty.
type Repliers func(responseURL, channel, user string) commands.Replier

// Decoder knows whose deliveries are ours.
type Decoder struct {
	team, app, command string
	repliers           Repliers
}

// NewDecoder returns a decoder for one team (T…, or E… for a whole organisation), one app and one slash command with its slash. An
// empty app is not checked: over Socket Mode the app-level token already says which app it is. repliers may be nil: nobody is answered.
func NewDecoder(team, app, command string, repliers Repliers) (*Decoder, error) {
	switch {
	case team == "":
		return nil, errors.New("inbound: the team is empty")
	case !strings.HasPrefix(command, "/"):
		return nil, errors.New("inbound: the command has no slash")
	}
	if repliers == nil {
		repliers = func(string, string, string) commands.Replier { return nil }
	}
	return &Decoder{team: team, app: app, command: command, repliers: repliers}, nil
}

// App is the app whose deliveries are ours; empty: any.
func (d *Decoder) App() string { return d.app }

// Decode makes a request of a delivery. Its only error is *NotOurs.
func (d *Decoder) Decode(raw Raw) (Request, error) {
	switch raw.Kind {
	case KindCommand:
		return d.decodeCommand(raw)
	case KindInteraction:
		return d.decodeInteraction(raw)
	case KindEvent:
		return Request{}, &NotOurs{WhyEvent}
	default:
		return Request{}, &NotOurs{WhyType}
	}
}

// ours reports why a delivery of this app and team is not for us; nil: it is. On an org-wide install the team can be missing
// (facts/slack.md): then who the person is decides, and the directory asks Slack about that.
func (d *Decoder) ours(app, team, enterprise string) error {
	if d.app != "" && app != d.app {
		return &NotOurs{WhyApp}
	}
	good := team == d.team
	if strings.HasPrefix(d.team, "E") {
		good = good || enterprise == d.team
	} else if team == "" {
		good = enterprise != ""
	}
	if !good {
		return &NotOurs{WhyTeam}
	}
	return nil
}

func (d *Decoder) delivery(raw Raw, trigger string) commands.Delivery {
	var out commands.Delivery
	if trigger != "" {
		out.Keys = append(out.Keys, digestKey("trigger", []byte(trigger)))
	}
	out.Keys = append(out.Keys, raw.Keys...)
	return out
}

// isID reports whether s looks like one of Slack's ids. Those are letters and digits behind one of the given letters.
func isID(s, kinds string) bool {
	const longest = 64
	if len(s) < 2 || len(s) > longest || !strings.Contains(kinds, s[:1]) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

const (
	userIDs    = "UW"
	channelIDs = "CGD"
)
