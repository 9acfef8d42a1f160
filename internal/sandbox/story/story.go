package story

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// scene is one request from the command to its end.
type scene struct {
	title    string
	provider string // its name in the configuration
	at       string // whose records tell the truth: ecgrid, zitadel or torii
	action   string
	leaver   town.Leaver
	deny     bool
	silent   bool   // the provider does it and never answers
	ends     string // how the last sentence in the thread begins
	truth    string // the provider's own word for the account afterwards
	writes   int    // requests that the provider must have received
}

func scenes() []scene {
	return []scene{
		{
			title: "ECGrid: terminate a user", provider: "ecgrid", at: "ecgrid", action: "delete", leaver: town.Dana,
			ends: "Done", truth: "Terminated", writes: 1,
		},
		{
			title: "ZITADEL: delete a user (v2)", provider: "zitadel", at: "zitadel", action: "delete", leaver: town.Omar,
			ends: "Done", truth: "USER_STATE_DELETED", writes: 1,
		},
		{
			title: "ZITADEL: delete a user (management v1)", provider: "zitadel-v1", at: "zitadel", action: "delete", leaver: town.Lin,
			ends: "Done", truth: "USER_STATE_DELETED", writes: 1,
		},
		{
			title: "ZITADEL: deactivate a user (v2)", provider: "zitadel", at: "zitadel", action: "deactivate", leaver: town.Priya,
			ends: "Done", truth: "USER_STATE_INACTIVE", writes: 1,
		},
		{
			title: "Torii: delete a user", provider: "torii", at: "torii", action: "delete", leaver: town.Jonas,
			ends: "Done", truth: "deleted", writes: 1,
		},
		{
			title: "Torii does it and never answers", provider: "torii", at: "torii", action: "delete", leaver: town.Kim, silent: true,
			ends: "Done", truth: "deleted", writes: 1,
		},
		{
			title: "A denied request", provider: "ecgrid", at: "ecgrid", action: "delete", leaver: town.Rosa, deny: true,
			ends: "Denied", truth: "Active", writes: 0,
		},
	}
}

// player plays scenes and writes them down.
type player struct {
	town  *town.Town
	out   io.Writer
	audit int // audit lines shown so far
}

// Play plays the whole story against a bot that serves the town, and writes the transcript to out. The error says what was told and is
// not true, or what did not come.
func Play(ctx context.Context, t *town.Town, out io.Writer) error {
	p := &player{town: t, out: out}
	var wrong []error
	all := scenes()
	for i, s := range all {
		fmt.Fprintf(out, "\n━━ %d. %s ━━\n\n", i+1, s.title)
		if err := p.play(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
	}
	fmt.Fprint(out, "\n━━ What the providers themselves have on record ━━\n\n")
	for _, s := range all {
		wrong = append(wrong, p.holdAgainst(s))
	}
	return errors.Join(wrong...)
}

// patience is how long the bot may take for what people wait for.
const patience = 30 * time.Second

func (p *player) play(ctx context.Context, s scene) error {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	if s.silent {
		p.town.Torii.Faults().Set("write", fault.Fault{Mode: fault.TimeoutAfter, Times: 1})
		p.note("Torii is made to do the next call and never answer it.")
	}
	card, err := p.ask(ctx, s)
	if err != nil {
		return err
	}
	if err := p.refusals(ctx, card); err != nil {
		return err
	}
	if err := p.decide(ctx, s, card); err != nil {
		return err
	}
	if err := p.ending(ctx, s, card); err != nil {
		return err
	}
	return p.auditLines(ctx, s)
}

// ask types the command and waits for the card.
func (p *player) ask(ctx context.Context, s scene) (workspace.Message, error) {
	before := len(p.town.Slack.Messages(town.Approvals))
	line := fmt.Sprintf("%s provider:%s action:%s reason:last day was Friday", s.leaver.Email, s.provider, s.action)
	p.says(town.Alice, "/offboard "+line)
	ack, err := p.town.Slack.Command(ctx, town.Alice, town.General, "/offboard", line)
	if err == nil && ack.Error != "" {
		err = errors.New(ack.Error)
	}
	if err != nil {
		return workspace.Message{}, fmt.Errorf("the command: %w", err)
	}
	if err := p.privately(ctx, town.Alice, ack.TS, "is recorded"); err != nil {
		return workspace.Message{}, err
	}
	var card workspace.Message
	err = p.town.Slack.Wait(ctx, func() bool {
		all := p.town.Slack.Messages(town.Approvals)
		if len(all) > before {
			card = all[len(all)-1]
		}
		return len(all) > before
	})
	if err != nil {
		return card, fmt.Errorf("the card did not come: %w", err)
	}
	p.shows("#offboarding", card)
	return card, nil
}

// refusals has the requester and a guest click.
func (p *player) refusals(ctx context.Context, card workspace.Message) error {
	for _, c := range []struct{ who, what, words string }{
		{town.Alice, "approves what she asked for herself", "a second person must decide"},
		{town.Gus, "a guest, approves", "Guests"},
	} {
		p.says(c.who, "("+c.what+") clicks [Approve]")
		ack, err := p.town.Slack.Click(ctx, c.who, card.Channel, card.TS, "approve")
		if err != nil {
			return fmt.Errorf("the click: %w", err)
		}
		if err := p.privately(ctx, c.who, ack.TS, c.words); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) decide(ctx context.Context, s scene, card workspace.Message) error {
	button := "approve"
	if s.deny {
		button = "deny"
	}
	p.says(town.Bob, "(a second person) clicks ["+strings.ToUpper(button[:1])+button[1:]+"]")
	ack, err := p.town.Slack.Click(ctx, town.Bob, card.Channel, card.TS, button)
	if err == nil && ack.Error != "" {
		err = errors.New(ack.Error)
	}
	if err != nil {
		return fmt.Errorf("the click: %w", err)
	}
	return nil
}

// ending waits for the last sentence in the thread, and shows the thread and the card.
func (p *player) ending(ctx context.Context, s scene, card workspace.Message) error {
	var thread []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		thread = p.town.Slack.Thread(card.Channel, card.TS)
		return len(thread) > 0 && strings.HasPrefix(strings.Join(shown(thread[len(thread)-1]), " "), s.ends)
	})
	for _, m := range thread {
		p.shows("thread", m)
	}
	if err != nil {
		return fmt.Errorf("the outcome %q was not told: %w", s.ends, err)
	}
	err = p.town.Slack.Wait(ctx, func() bool {
		now, ok := p.town.Slack.Message(card.Channel, card.TS)
		card = now
		return ok && !strings.Contains(string(now.Blocks), `"button"`)
	})
	if err != nil {
		return fmt.Errorf("the card has kept its buttons: %w", err)
	}
	p.shows("#offboarding, the card now", card)
	return nil
}

// auditLines shows what came into the audit channel, once the request's end is there.
func (p *player) auditLines(ctx context.Context, s scene) error {
	last := "completed"
	if s.deny {
		last = "denied"
	}
	var all []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		all = p.town.Slack.Messages(town.Audit)
		return len(all) > p.audit && strings.Contains(strings.ToLower(all[len(all)-1].Text), last)
	})
	for _, m := range all[min(p.audit, len(all)):] {
		p.shows("#offboarding-audit", m)
	}
	p.audit = len(all)
	if err != nil {
		return fmt.Errorf("the end is not in the audit channel: %w", err)
	}
	return nil
}

// privately waits for a private answer with these words, and shows all that came since.
func (p *player) privately(ctx context.Context, who, since, words string) error {
	var got []workspace.Ephemeral
	err := p.town.Slack.Wait(ctx, func() bool {
		got = slices.DeleteFunc(p.town.Slack.Ephemerals(who), func(e workspace.Ephemeral) bool { return e.TS <= since })
		return slices.ContainsFunc(got, func(e workspace.Ephemeral) bool {
			return strings.Contains(strings.Join(shown(e.Message), " "), words)
		})
	})
	for _, e := range got {
		p.shows("only @"+town.Name(who)+" sees", e.Message)
	}
	if err != nil {
		return fmt.Errorf("@%s was not told %q: %w", town.Name(who), words, err)
	}
	return nil
}

// holdAgainst holds what was told against the provider's own record.
func (p *player) holdAgainst(s scene) error {
	r := p.town.Record(s.at, s.leaver.ID)
	fmt.Fprintf(p.out, "  %-40s told %-7s on record: %s, %d call(s)\n", s.title, s.ends+",", r.State, r.Writes)
	if r.State != s.truth || r.Writes != s.writes {
		return fmt.Errorf("%s: told %s, but the provider has %q after %d call(s); it must be %q after %d",
			s.title, s.ends, r.State, r.Writes, s.truth, s.writes)
	}
	return nil
}

func (p *player) says(who, what string) { fmt.Fprintf(p.out, "@%s  %s\n", town.Name(who), what) }

func (p *player) note(what string) { fmt.Fprintf(p.out, "(%s)\n", what) }

func (p *player) shows(where string, m workspace.Message) {
	fmt.Fprintf(p.out, "    %s:\n", where)
	for _, l := range shown(m) {
		fmt.Fprintf(p.out, "      │ %s\n", l)
	}
}
