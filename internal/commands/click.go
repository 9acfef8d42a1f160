package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// cardValue is what a card's button carries. Both are hints: the request is our own record, the digest is what the person saw.
type cardValue struct {
	Request string `json:"r"`
	Digest  string `json:"d"`
}

// chosen is what a button in a private list carries: no more than the person could have typed.
type chosen struct {
	Provider string `json:"p"`
	ID       string `json:"i"`
	Action   string `json:"a"`
	Reason   string `json:"w,omitempty"`
	Mention  string `json:"m,omitempty"`
	At       string `json:"t,omitempty"`
}

// encodeChosen escapes no more than it must: a button carries 2,000 code points (facts/slack.md).
func encodeChosen(c chosen) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// cardWait is how long a click waits for its card's place to be on record, inside Slack's three seconds.
const (
	cardWait = 2300 * time.Millisecond
	cardSoon = 600 * time.Millisecond // then it is looked for
)

// Click handles a click on a card or in a private list.
func (s *Service) Click(ctx context.Context, c Click) (Ack, Later, error) {
	if c.Action == ActionChoose {
		return s.choose(ctx, c)
	}
	button := approvals.Button(c.Action)
	var v cardValue
	if err := json.Unmarshal([]byte(c.Value), &v); err != nil || v.Request == "" || !onCards(button) {
		s.log.Warn("a click carries no request")
		return Ack{}, nil, nil
	}
	sender := s.asking(ctx, c.From)
	r, err := s.clicked(ctx, v.Request)
	by, unsure := sender() // waited for, whatever the record says
	if errors.Is(err, journal.ErrNotFound) {
		s.log.Warn("a click names no request of ours")
		return Ack{}, s.later(c.From, c.Reply, func(context.Context, approvals.Person) (Reply, error) {
			return Reply{}, plainf("This card belongs to no request on record. Nothing was recorded. Ask again with %s.", mrkdwn.Text(s.set.Command))
		}), nil
	}
	if err != nil {
		return s.failed("click", err)
	}
	if unsure != nil {
		return s.refused(ctx, c, r, by, unsure)
	}
	if err := s.belongs(r, c); err != nil {
		return s.refused(ctx, c, r, by, err)
	}
	if button == approvals.ButtonApprove && r.Policy.Confirm == approvals.ConfirmTyped {
		return s.openTyped(ctx, c, r, by, v)
	}
	w, err := s.wish(ctx, r, button, by, v.Digest)
	if err == nil {
		_, err = s.book.Update(ctx, r.ID, book.Wish(w), c.Delivery.Keys...)
	}
	return s.refused(ctx, c, r, by, err)
}

func onCards(b approvals.Button) bool {
	return b == approvals.ButtonApprove || b == approvals.ButtonDeny || b == approvals.ButtonWithdraw || b == approvals.ButtonStop
}

// asking finds out who the sender is while other things go on. What it returns waits for the answer.
func (s *Service) asking(ctx context.Context, from Sender) func() (approvals.Person, error) {
	type answer struct {
		by  approvals.Person
		err error
	}
	c := make(chan answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				c <- answer{err: &directoryError{fmt.Errorf("panic: %T", p)}}
			}
		}()
		by, err := s.person(ctx, from)
		c <- answer{by, err}
	}()
	return func() (approvals.Person, error) {
		select {
		case a := <-c:
			return a.by, a.err
		case <-ctx.Done():
			return approvals.Person{}, &directoryError{ctx.Err()}
		}
	}
}

// clicked loads the request. A card whose place is not on record yet is waited for a moment; then it is looked for in Slack, because Slack may
// have taken the card and not answered yet.
func (s *Service) clicked(ctx context.Context, id string) (*approvals.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, cardWait)
	defer cancel()
	placed := func(r *approvals.Request) bool { return r.Card.Place.Known() || r.Card.Gone }
	r, err := s.book.Get(ctx, id)
	if err != nil || placed(r) {
		return r, err
	}
	soon, stop := context.WithTimeout(ctx, cardSoon)
	defer stop()
	if again, err := s.book.Wait(soon, id, placed); err == nil {
		r = again
	}
	if placed(r) {
		return r, nil
	}
	if r, ok := s.found(ctx, r); ok {
		return r, nil
	}
	if again, err := s.book.Wait(ctx, id, placed); err == nil {
		r = again
	}
	return r, nil
}

// found puts the place of a card on record that stands in Slack. What our own bot has posted with the request's mark is the card; what the
// click says of itself counts for nothing.
func (s *Service) found(ctx context.Context, r *approvals.Request) (*approvals.Request, bool) {
	if s.set.FindCard == nil || !r.Card.Pending {
		return nil, false
	}
	place, ok, err := s.set.FindCard(ctx, r)
	if err != nil || !ok {
		return nil, false
	}
	told := approvals.Receipt{Event: approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: place}}
	after, err := s.book.Update(ctx, r.ID, book.Wish(told))
	return after, err == nil
}

// belongs refuses a click that did not come from the request's own card.
func (s *Service) belongs(r *approvals.Request, c Click) error {
	if r.Card.Place.Known() && r.Card.Place == (approvals.Place{Channel: c.Channel, TS: c.TS}) {
		return nil
	}
	if !r.Card.Place.Known() && !r.Card.Gone {
		return &approvals.Refusal{Code: approvals.NotShownYet, Say: "This card is only just being put on record. Nothing was recorded. " +
			"Click again in a moment."}
	}
	return &approvals.Refusal{Code: approvals.WrongPlace, Say: "This is not the card of " + r.Name() + ". Nothing was recorded. " +
		"Go to its card in the approvals channel and decide there."}
}

// wish makes a click a wish. Whether the person is an approver is asked of Slack only when nothing else refuses them already: user groups may
// be read about twenty times a minute.
func (s *Service) wish(
	ctx context.Context, r *approvals.Request, b approvals.Button, by approvals.Person, digest string,
) (approvals.Wish, error) {
	right := approvals.MayApprove
	from := func(approver bool) approvals.Wish {
		return approvals.Approve{By: by, Approver: approver, Digest: digest}
	}
	switch b {
	case approvals.ButtonApprove:
	case approvals.ButtonDeny:
		right = approvals.MayDeny
		from = func(may bool) approvals.Wish { return approvals.Deny{By: by, Right: may} }
	case approvals.ButtonStop:
		right = approvals.MayStop
		from = func(may bool) approvals.Wish { return approvals.Stop{By: by, Right: may} }
	case approvals.ButtonWithdraw:
		return s.withdrawal(ctx, r, by)
	default:
		return nil, fmt.Errorf("no such button: %q", b)
	}
	_, err := approvals.Decide(r, from(true), s.now())
	if f, ok := errors.AsType[*approvals.Refusal](err); ok && f.Code != approvals.WrongTyped {
		return nil, err
	}
	since := s.now()
	has, err := s.may(ctx, right, by)
	if err != nil {
		return nil, err
	}
	w := from(has)
	if a, ok := w.(approvals.Approve); ok && has {
		a.Fills, err = s.fills(ctx, by, r.Policy.Quotas(s.set.Policies), since)
		return a, err
	}
	return w, nil
}

// refused ends a click: it audits a refusal and answers the person privately. A nil error is a click that was recorded. The delivery is
// remembered either way, so that a repeat is silent.
func (s *Service) refused(ctx context.Context, c Click, r *approvals.Request, by approvals.Person, err error) (Ack, Later, error) {
	if err == nil {
		return Ack{}, nil, nil
	}
	why, who := refusalCode(err, by, c.From)
	switch {
	case why == string(approvals.NotShownYet):
		return s.undecided(err)
	case isDirectory(err):
		return s.unidentified(ctx, c, err)
	case why != "":
		s.log.Info("click refused", "request", r.ID, "why", why, "by", who.ID)
		_, recErr := s.book.Update(ctx, r.ID, auditRefusal(who, approvals.Button(c.Action), why), c.Delivery.Keys...)
		if again(recErr) {
			return Ack{}, nil, nil
		}
		if recErr != nil {
			return s.failed("record refused click", journal.NotWritten(recErr)) // the refusal at most
		}
	case again(err):
		s.log.Info("a click was handled before", "request", r.ID)
		return Ack{}, nil, nil
	default:
		return s.failed("click", err)
	}
	reply, owed := s.apology(err)
	if !owed {
		return Ack{}, nil, nil
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); ok && f.Code == approvals.WrongPlace {
		reply.Card = r.Card.Place
	}
	return Ack{}, func(ctx context.Context) { s.reply(ctx, c.Reply, reply) }, nil
}

// undecided ends a click that may well count in a moment: nothing is on record, so it is not acknowledged either, and the person is told why.
func (s *Service) undecided(err error) (Ack, Later, error) {
	reply, _ := s.apology(err)
	return Ack{Text: reply.Text}, nil, fmt.Errorf("click: %w", err)
}

// unidentified ends a click of which Slack does not say now whether it counts. Nothing is on record, so the person is told before it is
// acknowledged: a process that died in between would leave them in the belief that they have decided.
func (s *Service) unidentified(ctx context.Context, c Click, err error) (Ack, Later, error) {
	reply, _ := s.apology(err)
	if c.Reply != nil && c.Reply.Private(ctx, reply) == nil {
		return Ack{}, nil, nil
	}
	return Ack{Text: reply.Text}, nil, fmt.Errorf("click: %w", err)
}

// auditRefusal records a refused click, where that is owed: not for a second click of somebody whose approval counts, and not in a
// request that must be left alone.
func auditRefusal(by approvals.Person, b approvals.Button, why string) book.Decision {
	return func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		if why == string(approvals.AlreadyYours) || r.Foreign {
			return nil, nil
		}
		return approvals.Decide(r, approvals.Refuse{By: by, Button: b, Reason: why}, now)
	}
}

// again reports whether the delivery was handled before.
func again(err error) bool {
	_, ok := errors.AsType[*journal.DuplicateError](err)
	return ok
}

func isDirectory(err error) bool {
	_, ok := errors.AsType[*directoryError](err)
	return ok
}

// refusalCode gives the code to audit and the person to name; empty: the error is not a refusal.
func refusalCode(err error, by approvals.Person, from Sender) (string, approvals.Person) {
	if !by.Known() {
		by = approvals.Person{ID: from.UserID}
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		return string(f.Code), by
	}
	if u, ok := errors.AsType[*Unwelcome](err); ok {
		return u.Why, by
	}
	return "", by
}

// private answers with a fixed sentence.
func (s *Service) private(to Replier, text string) Later {
	return func(ctx context.Context) { s.reply(ctx, to, Reply{Text: mrkdwn.Text(text)}) }
}

var slackID = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// choose goes on with an account from a private list, as if its id had been typed.
func (s *Service) choose(ctx context.Context, c Click) (Ack, Later, error) {
	var v chosen
	if err := json.Unmarshal([]byte(c.Value), &v); err != nil || v.Provider == "" || v.ID == "" {
		s.log.Warn("a choice carries no account")
		return Ack{}, nil, nil
	}
	line := Line{Verb: VerbAsk, Who: v.ID, Provider: v.Provider, Action: providers.Action(v.Action), Reason: v.Reason, At: v.At}
	if line.check() != nil || v.Mention != "" && !slackID.MatchString(v.Mention) {
		s.log.Warn("a choice that could not have been typed")
		return Ack{}, nil, nil
	}
	if err := s.book.Remember(ctx, c.Delivery.Keys...); err != nil {
		if again(err) {
			return Ack{}, nil, nil
		}
		return s.failed("choose", journal.NotWritten(err)) // the delivery at most
	}
	return Ack{}, s.later(c.From, c.Reply, func(ctx context.Context, by approvals.Person) (Reply, error) {
		return s.askChosen(ctx, by, line, v.Mention)
	}), nil
}

// askChosen records a request for the account with exactly this id.
func (s *Service) askChosen(ctx context.Context, by approvals.Person, line Line, mention string) (Reply, error) {
	if err := s.mayAsk(ctx, by); err != nil {
		return Reply{}, err
	}
	where, err := s.where(line)
	if err != nil {
		return Reply{}, err
	}
	m := Line{Mention: mention}
	target, err := s.target(ctx, &m)
	if err != nil {
		return Reply{}, err
	}
	h := hit{provider: where[0], account: providers.Account{ID: line.Who}}
	return s.record(ctx, by, target, h, line)
}
