package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// ask looks a person up, and records a request when exactly one account is meant.
func (s *Service) ask(ctx context.Context, by approvals.Person, line Line) (Reply, error) {
	if err := s.mayAsk(ctx, by); err != nil {
		return Reply{}, err
	}
	if err := s.settleTime(ctx, by, &line); err != nil {
		return Reply{}, err
	}
	where, err := s.where(line)
	if err != nil {
		return Reply{}, err
	}
	target, err := s.target(ctx, &line)
	if err != nil {
		return Reply{}, err
	}
	found := s.search(ctx, where, line.query())
	hit, ok := found.only()
	if !ok {
		return found.reply(line)
	}
	return s.record(ctx, by, target, hit, line)
}

// mayAsk refuses whoever is no requester, and everybody while no card may be posted.
func (s *Service) mayAsk(ctx context.Context, by approvals.Person) error {
	ok, err := s.may(ctx, approvals.MayRequest, by)
	if err != nil {
		return err
	}
	if !ok {
		_, err := approvals.Decide(&approvals.Request{}, approvals.Ask{By: by}, s.now())
		return err
	}
	if s.set.CardsMayGoOut != nil {
		if err := s.set.CardsMayGoOut(ctx); err != nil {
			s.log.Error("no card may go out", "error", err)
			return plainf("No card can be posted into the approvals channel now. Nothing was done. Tell whoever runs the bot.")
		}
	}
	return nil
}

// where lists the providers that are looked at.
func (s *Service) where(line Line) ([]providers.Provider, error) {
	var names []string
	var out []providers.Provider
	for _, p := range s.providers {
		d := p.Describe()
		names = append(names, d.Name)
		if line.Provider != "" && line.Provider != d.Name {
			continue
		}
		if _, has := d.Info(actionFor(d, line)); !has {
			if line.Provider != "" {
				return nil, plainf("%s has no action %s. It has: %s. Nothing was done.",
					mrkdwn.Text(d.Name), mrkdwn.Text(string(line.Action)), actions(d))
			}
			continue
		}
		out = append(out, p)
	}
	switch {
	case len(out) > 0:
		return out, nil
	case line.Provider != "":
		return nil, plainf("There is no provider %s. There are: %s. Nothing was done.",
			mrkdwn.ID(line.Provider), mrkdwn.Text(strings.Join(names, ", ")))
	default:
		return nil, plainf("No provider has the action %s. Nothing was done.", mrkdwn.Text(string(line.Action)))
	}
}

func actions(d providers.Description) string {
	out := make([]string, 0, len(d.Actions))
	for _, a := range d.Actions {
		out = append(out, string(a.Action))
	}
	return strings.Join(out, ", ")
}

func actionFor(d providers.Description, line Line) providers.Action {
	if line.Action != "" {
		return line.Action
	}
	return d.Default
}

// target asks Slack about an @mention, and makes the line one that names their e-mail address.
func (s *Service) target(ctx context.Context, line *Line) (approvals.Person, error) {
	if line.Mention == "" {
		return approvals.Person{}, nil
	}
	p, err := s.directory.Mentioned(ctx, line.Mention)
	if u, ok := errors.AsType[*Unwelcome](err); ok {
		return p, plainf("%s cannot be looked up from here (%s). Nothing was done. Name their e-mail address instead.",
			mrkdwn.Person(line.Mention), mrkdwn.Text(u.Why))
	}
	if err != nil {
		return p, &directoryError{err}
	}
	if p.Email == "" {
		return p, plainf("Slack has no confirmed e-mail address for %s. Nothing was done. Name the account's e-mail address or id instead.",
			mrkdwn.Person(line.Mention))
	}
	line.Who = p.Email
	return p, nil
}

// record reads the one account again by its id, and records the request.
func (s *Service) record(ctx context.Context, by, target approvals.Person, h hit, line Line) (Reply, error) {
	d := h.provider.Describe()
	account, err := s.readByID(ctx, h.provider, h.account.ID)
	if err != nil {
		s.log.Warn("read account", "provider", d.Name, "error", err)
		return Reply{}, plainf("%s could not be read just now: %s. Nothing was done. Try again later.", mrkdwn.Text(d.Vendor), mrkdwn.Text(say(err)))
	}
	h.account = account
	plan, policy, guard, err := s.plan(ctx, by, target, h, line)
	if err != nil {
		return Reply{}, err
	}
	return s.create(ctx, approvals.Ask{By: by, Requester: true, Plan: plan, Policy: policy, Reason: line.Reason, Guard: guard})
}

// plan is what would be asked for, with the policy that holds for it and whom never.
func (s *Service) plan(ctx context.Context, by, target approvals.Person, h hit, line Line) (approvals.Plan, approvals.Policy, approvals.Guard, error) {
	notBefore, err := s.moment(ctx, by, line.At)
	if err != nil {
		return approvals.Plan{}, approvals.Policy{}, approvals.Guard{}, err
	}
	guard, whose, err := s.Guard(ctx, approvals.Whom{Known: target, Account: h.account})
	if err != nil {
		return approvals.Plan{}, approvals.Policy{}, guard, s.unguarded(err)
	}
	guard, note, err := s.guard(ctx, h, guard)
	if err != nil {
		return approvals.Plan{}, approvals.Policy{}, guard, err
	}
	d, action := h.provider.Describe(), actionFor(h.provider.Describe(), line)
	info, _ := d.Info(action)
	plan := approvals.Plan{Target: whose.Target, TargetGroups: whose.Groups, TargetNote: whose.Note, Writes: s.set.Writes, NotBefore: notBefore}
	plan.Steps = []approvals.Step{{
		Account: h.account, Action: action, Vendor: d.Vendor, Host: d.Host, PeersNote: note,
		Reversible: info.Reversible, Warning: info.Warning, Undo: info.Undo,
	}}
	policy := approvals.Strictest(append(slices.Clone(s.set.Policies), guard.Policies(plan)...), plan)
	guard.Heirs, err = s.Heirs(ctx, whose.Target, by, policy)
	if err != nil {
		err = s.unguarded(err)
	}
	return plan, policy, guard, err
}

// create records the request. When an earlier one of unseen outcome holds the account, the new one takes over from it.
func (s *Service) create(ctx context.Context, ask approvals.Ask) (Reply, error) {
	r, err := s.book.Create(ctx, ask, s.limits(ask.By)...)
	if held, ok := errors.AsType[*journal.ReservedError](err); ok {
		holder, err := s.book.Get(ctx, held.Holder)
		if err != nil {
			return Reply{}, err
		}
		if ask.Linked != nil || !unseen(holder) {
			return Reply{
				Text: fmt.Sprintf("%s is already open for this account (%s). Nothing was added.", holder.Name(), holder.State.Words()),
				Card: s.cardOf(ctx, holder.ID),
			}, nil
		}
		ask.Linked = holder
		return s.create(ctx, ask)
	}
	if l, ok := errors.AsType[*journal.LimitError](err); ok {
		return Reply{}, plainf("The limit of %d requests %s is reached. Nothing was done. There is room again %s.",
			l.Limit, limitWords(l.Key), mrkdwn.Time(l.Free))
	}
	if err != nil {
		return Reply{}, err
	}
	if ask.Linked != nil {
		s.supersede(ctx, ask.Linked, r)
	}
	step := r.Plan.Steps[0]
	s.log.Info("requested", "request", r.ID, "number", r.Number, "provider", step.Account.Provider, "action", step.Action)
	what, _ := step.Verb()
	if !r.Plan.Writes {
		what = "rehearse: " + what
	}
	text := fmt.Sprintf("%s is recorded: %s %s at %s. Its card stands in the approvals channel; somebody else must approve it there.",
		r.Name(), what, mrkdwn.Name(step.Account.Name, step.Account.ID), mrkdwn.Text(step.Vendor))
	return Reply{Text: text, Card: s.cardOf(ctx, r.ID)}, nil
}

// supersede closes the request that was taken over from: it may owe no look any more at which it would find that out by itself.
func (s *Service) supersede(ctx context.Context, old, by *approvals.Request) {
	if _, err := s.book.Update(ctx, old.ID, book.Wish(approvals.Supersede{By: by.ID})); err != nil {
		s.log.Warn("close the request that was taken over from", "request", old.ID, "error", err)
	}
}

// cardOf waits a moment for the card, so that the reply can link to it.
func (s *Service) cardOf(ctx context.Context, id string) approvals.Place {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := s.book.Wait(ctx, id, func(r *approvals.Request) bool { return r.Card.Place.Known() })
	if err != nil {
		return approvals.Place{}
	}
	return r.Card.Place
}

// unseen reports whether the request's outcome is "not done, as far as can be seen": it may be asked for again. What this version does
// not understand keeps its account.
func unseen(r *approvals.Request) bool {
	if r.Foreign || len(r.Steps) == 0 {
		return false
	}
	for _, p := range r.Steps {
		if p.Outcome != approvals.Unseen {
			return false
		}
	}
	return true
}

const perHourKey = "requests"

func (s *Service) limits(by approvals.Person) []book.Limit {
	var out []book.Limit
	if s.set.PerHour > 0 {
		out = append(out, book.Limit{Key: perHourKey, Most: s.set.PerHour, Within: time.Hour})
	}
	if s.set.PerRequesterPerDay > 0 {
		out = append(out, book.Limit{Key: "requester/" + by.ID, Most: s.set.PerRequesterPerDay, Within: 24 * time.Hour})
	}
	return out
}

func limitWords(key string) string {
	if key == perHourKey {
		return "an hour"
	}
	return "a day for one requester"
}
