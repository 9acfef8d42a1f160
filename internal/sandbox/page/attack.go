package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/sandbox/hand"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// attack is what somebody tries.
type attack struct {
	Do      string `json:"do"`
	Request string `json:"request"` // OFF-1: the request that it is about
	Who     string `json:"who"`     // whose right is changed
	On      bool   `json:"on"`      // it is given, not taken
}

// said is what came of an attack.
type said struct {
	says        []string // sentences
	succeeded   bool
	channel, ts string // where to look
}

// way is one way to attack.
type way struct {
	try    func(s *server, ctx context.Context, a attack, on target) (said, error)
	onCard bool // there must be a request
}

var ways = map[string]way{
	"copy":    {(*server).copyCard, true},
	"again":   {(*server).clickAgain, false},
	"old":     {(*server).clickOld, true},
	"forge":   {(*server).forge, true},
	"query":   {(*server).query, true},
	"may":     {(*server).letApprove, false},
	"guest":   {(*server).makeGuest, false},
	"address": {(*server).readdress, true},
	"share":   {(*server).shareChannel, false},
}

// attack tries something, and notes what came of it.
func (s *server) attack(ctx context.Context, a attack) error {
	w, known := ways[a.Do]
	if !known || s.records == nil {
		return errors.New("there is no such attack")
	}
	before := s.folded(ctx)
	open := targets(before)
	i := slices.IndexFunc(open, func(t target) bool { return t.Name == a.Request })
	if w.onCard && i < 0 {
		return errors.New("that request is not open any more; ask for another one")
	}
	var on target
	if i >= 0 {
		on = open[i]
	}
	what, err := w.try(s, ctx, a, on)
	if err != nil {
		return err
	}
	s.note(a.Do, on.request, before, what)
	return nil
}

// card is the message of a request.
func (s *server) card(t target) (workspace.Message, error) {
	m, ok := s.town.Slack.Message(t.request.Card.Place.Channel, t.request.Card.Place.TS)
	if !ok || m.Deleted {
		return m, errors.New("its card is gone")
	}
	return m, nil
}

func (s *server) copyCard(_ context.Context, _ attack, on target) (said, error) {
	card, err := s.card(on)
	if err != nil {
		return said{}, err
	}
	m := s.town.Slack.Insert(hand.Copy(card, town.General, town.Nadia))
	return said{channel: m.Channel, ts: m.TS, says: []string{
		"It stands in #general. Be bob, who believes it, and click Approve there: the bot tells him privately that this is no card, and the audit channel has his click.",
	}}, nil
}

// clickAgain delivers the last click again, whatever it was on.
func (s *server) clickAgain(ctx context.Context, _ attack, _ target) (said, error) {
	before := decisions(s.folded(ctx))
	p, ack, err := s.town.Slack.Reclick(ctx)
	if err != nil {
		return said{}, fmt.Errorf("%w: be bob and click Approve on the card first", err)
	}
	answer := "The bot acknowledged it"
	switch {
	case ack.Status != 0:
		answer = fmt.Sprintf("The bot answered %d", ack.Status)
	case ack.Error != "":
		answer = "The bot did not take it (" + ack.Error + ")"
	}
	whose := fmt.Sprintf("%s's click on %s was delivered again.", town.Name(p.User), button(p.ActionID))
	return s.judged(ctx, before, answer, "and counted it once", whose), nil
}

// button is what stands on a button of a card.
func button(id string) string { return strings.ToUpper(id[:min(1, len(id))]) + id[min(1, len(id)):] }

func (s *server) clickOld(ctx context.Context, _ attack, on target) (said, error) {
	const old = 10 * time.Minute
	return s.byHand(ctx, on, func(click string) hand.Request {
		return hand.Request{Body: click, At: s.town.Clock.Now().Add(-old), Secret: s.town.Slack.Config().SigningSecret}
	})
}

func (s *server) forge(ctx context.Context, _ attack, on target) (said, error) {
	return s.byHand(ctx, on, func(click string) hand.Request {
		return hand.Request{Body: click, At: s.town.Clock.Now(), Secret: "a guess"}
	})
}

func (s *server) query(ctx context.Context, _ attack, on target) (said, error) {
	return s.byHand(ctx, on, func(click string) hand.Request {
		return hand.Request{Query: click, Body: "ssl_check=1", At: s.town.Clock.Now(), Secret: s.town.Slack.Config().SigningSecret}
	})
}

// byHand sends a click of somebody whose approval is missing to the bot's address.
func (s *server) byHand(ctx context.Context, on target, request func(click string) hand.Request) (said, error) {
	card, err := s.card(on)
	if err != nil {
		return said{}, err
	}
	who := missing(on.request)
	before := decisions(s.folded(ctx))
	got, err := hand.Send(ctx, s.bot, request(hand.Click(s.town.Slack.Config(), who, card)))
	if err != nil {
		return said{}, err
	}
	answer := fmt.Sprintf("The bot answered %d", got.Status)
	return s.judged(ctx, before, answer, "and counted nothing", "A click in "+town.Name(who)+"'s name."), nil
}

// missing is an approver whose approval does not count yet, where there is one.
func missing(r *approvals.Request) string {
	for _, id := range approvers {
		if !slices.ContainsFunc(r.Approvals, func(c approvals.Consent) bool { return c.By.ID == id }) {
			return id
		}
	}
	return approvers[0]
}

// judged says what came of a request of which nothing may be counted. The bot records a decision before it answers, so it is seen here.
func (s *server) judged(ctx context.Context, before int, answer, well, what string) said {
	after := decisions(s.folded(ctx))
	switch {
	case after > before:
		return said{succeeded: true, says: []string{what, answer + " and counted it: the attack succeeded."}}
	case after < before:
		return said{says: []string{what, answer + ". The journal could not be read."}}
	case strings.HasSuffix(answer, fmt.Sprint(http.StatusUnauthorized)):
		return said{says: []string{what, answer + ": nothing was counted."}}
	default:
		return said{says: []string{what, answer + " " + well + "."}}
	}
}

// decisions counts what people have decided, in all requests.
func decisions(all []*approvals.Request) int {
	n := 0
	for _, r := range all {
		for _, e := range r.Events {
			switch e.Kind { //nolint:exhaustive // what a click can bring about
			case approvals.Approved, approvals.Denied, approvals.Withdrawn, approvals.Stopped:
				n++
			}
		}
	}
	return n
}
