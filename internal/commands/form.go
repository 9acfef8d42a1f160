package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// openForm answers /offboard alone.
func (s *Service) openForm(ctx context.Context, c Command) (Ack, Later, error) {
	f := AskForm{Private: c.Channel}
	for _, p := range s.providers {
		f.Providers = append(f.Providers, p.Describe().Name)
	}
	for _, a := range providers.Actions() {
		f.Actions = append(f.Actions, string(a))
	}
	if err := s.forms.OpenAsk(ctx, c.TriggerID, f); err != nil {
		s.log.Warn("open form", "error", err)
		return Ack{Text: "The form could not be opened. Nothing was done. Type it instead:\n" + Help(s.set.Command)}, nil, nil
	}
	return Ack{}, nil, nil
}

// openTyped opens the form in which an approver types what the card shows. Nothing is recorded before it comes back.
func (s *Service) openTyped(ctx context.Context, c Click, r *approvals.Request, by approvals.Person, v cardValue) (Ack, Later, error) {
	w, err := s.wish(ctx, r, approvals.ButtonApprove, by, v.Digest)
	if err == nil {
		_, err = approvals.Decide(r, w, s.now())
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); !ok || f.Code != approvals.WrongTyped {
		return s.refused(ctx, c, r, by, err)
	}
	if ack, fresh := s.remember(ctx, c.Delivery); !fresh {
		if ack.Text != "" {
			return ack, nil, errors.New("click: the delivery could not be recorded")
		}
		return Ack{}, nil, nil
	}
	private, err := json.Marshal(v)
	if err != nil {
		return Ack{}, nil, fmt.Errorf("typed form: %w", err)
	}
	form := TypedForm{
		Title: "Approve " + r.Name(), Private: string(private), Plan: r.Plan,
		Ask: "Type the e-mail address of the account as the card shows it (its id if it has none).",
	}
	if err := s.forms.OpenTyped(ctx, c.TriggerID, form); err != nil {
		s.log.Warn("open typed form", "request", r.ID, "error", err)
		return Ack{}, s.private(c.Reply, "The form could not be opened. Nothing was recorded. Click Approve again."), nil
	}
	return Ack{}, nil, nil
}

// Submit handles a form that was sent off.
func (s *Service) Submit(ctx context.Context, v Submit) (Ack, Later, error) {
	switch v.Form {
	case FormAsk:
		return s.submitAsk(ctx, v)
	case FormTyped:
		return s.submitTyped(ctx, v)
	default:
		s.log.Warn("a form that is not ours")
		return Ack{}, nil, nil
	}
}

func (s *Service) submitAsk(ctx context.Context, v Submit) (Ack, Later, error) {
	line := Line{
		Verb: VerbAsk, Provider: v.Values[FieldProvider], Action: providers.Action(v.Values[FieldAction]), Reason: v.Values[FieldReason],
		At: v.Values[FieldAt],
	}
	who, rest := cutWord(quotes.Replace(v.Values[FieldWho]))
	err := line.setWho(who)
	if rest != "" {
		err = faultf("Name one person at a time: an e-mail address, an id or a login. Put a login with a space in it in quotes.")
	}
	if err == nil {
		err = line.check()
	}
	if f, ok := errors.AsType[*fault](err); ok {
		return Ack{Errors: map[string]string{cmp.Or(f.field, FieldWho): f.say}}, nil, nil
	}
	ack, fresh := s.remember(ctx, v.Delivery)
	if !fresh {
		if ack.Text != "" {
			return Ack{Errors: map[string]string{FieldWho: ack.Text}}, nil, nil
		}
		return Ack{}, nil, nil
	}
	return Ack{}, s.later(v.From, v.Reply, func(ctx context.Context, by approvals.Person) (Reply, error) {
		return s.ask(ctx, by, line)
	}), nil
}

// submitTyped records an approval whose policy asks for typing. The person's rights are read again now.
func (s *Service) submitTyped(ctx context.Context, v Submit) (Ack, Later, error) {
	var c cardValue
	if err := json.Unmarshal([]byte(v.Private), &c); err != nil || c.Request == "" {
		s.log.Warn("a typed form carries no request")
		return Ack{}, nil, nil
	}
	r, err := s.book.Get(ctx, c.Request)
	if errors.Is(err, journal.ErrNotFound) {
		s.log.Warn("a typed form names no request of ours")
		return Ack{}, nil, nil
	}
	if err != nil {
		return s.failed("typed form", err)
	}
	by, err := s.person(ctx, v.From)
	var w approvals.Wish
	if err == nil {
		w, err = s.wish(ctx, r, approvals.ButtonApprove, by, c.Digest)
	}
	if a, ok := w.(approvals.Approve); ok && err == nil {
		a.Typed = v.Values[FieldTyped]
		_, err = s.book.Update(ctx, c.Request, book.Wish(a), v.Delivery.Keys...)
		if f, ok := errors.AsType[*approvals.Refusal](err); ok && f.Code == approvals.WrongTyped {
			return s.slipped(ctx, v, c.Request, a)
		}
	}
	if err == nil || again(err) {
		return Ack{}, nil, nil
	}
	return s.refusedTyped(ctx, v, c.Request, by, err)
}

// slipped counts a slip of the pen. The form stays open until the tries are used up. A delivery that comes again is answered as the first time and
// not counted again.
func (s *Service) slipped(ctx context.Context, v Submit, request string, a approvals.Approve) (Ack, Later, error) {
	r, err := s.book.Update(ctx, request, book.Wish(approvals.Slip{Approve: a}), v.Delivery.Keys...)
	if again(err) {
		r, err = s.book.Get(ctx, request)
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		return Ack{Errors: map[string]string{FieldTyped: f.Say}}, nil, nil
	}
	if err != nil {
		return Ack{}, nil, fmt.Errorf("record a slip: %w", err)
	}
	say := "That is not what the card shows. You have not approved. Read the card again and type it exactly: "
	switch n := r.TriesLeft(a.By); n {
	case 0:
		say = "That was the last try, so you cannot approve " + r.Name() + " any more. Close this form. Somebody else must look at it."
	case 1:
		say += "1 try is left."
	default:
		say += fmt.Sprintf("%d tries are left.", n)
	}
	return Ack{Errors: map[string]string{FieldTyped: say}}, nil, nil
}

// refusedTyped audits a refusal and says it under the field.
func (s *Service) refusedTyped(ctx context.Context, v Submit, request string, by approvals.Person, err error) (Ack, Later, error) {
	if why, who := refusalCode(err, by, v.From); why != "" {
		_, recErr := s.book.Update(ctx, request, auditRefusal(who, approvals.ButtonApprove, why), v.Delivery.Keys...)
		if again(recErr) {
			return Ack{}, nil, nil
		}
		if recErr != nil {
			return s.failed("record refused form", journal.NotWritten(recErr)) // the refusal at most
		}
	}
	reply, owed := s.apology(err)
	if !owed {
		return Ack{}, nil, nil
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		reply.Text = f.Say
	}
	return Ack{Errors: map[string]string{FieldTyped: reply.Text}}, nil, nil
}
