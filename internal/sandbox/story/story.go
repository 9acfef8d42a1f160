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

// Bot is the bot that the story is played against.
type Bot struct {
	Writes bool   // it calls the providers; else it rehearses
	URL    string // where it takes in what Slack signs, whatever else it listens to
}

// Play plays the whole story against a bot that serves the town with the story's Caps, by the hands of these people, and writes the transcript to out. The error
// says everything that was told and is not true, was told twice or not at all, or what did not come.
func Play(ctx context.Context, t *town.Town, bot Bot, people People, out io.Writer) error {
	all := scenes()
	if !bot.Writes {
		all = rehearsed(all, func(s scene) string { return t.Record(s.at, s.leaver.ID).State })
	}
	return newPlayer(t, bot, people, out).plays(ctx, all, true)
}

// Remove plays one removal alone.
func Remove(ctx context.Context, t *town.Town, bot Bot, people People, out io.Writer) error {
	return newPlayer(t, bot, people, out).plays(ctx, scenes()[:1], false)
}

// plays plays scenes and, with attacks, the attacker's chapter, and holds what was told against the truth.
func (p *player) plays(ctx context.Context, all []scene, attacks bool) error {
	played := make([]told, 0, len(all))
	for i, s := range all {
		fmt.Fprintf(p.out, "\n━━ %d. %s ━━\n\n", i+1, s.title)
		card, err := p.play(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
		played = append(played, told{scene: s, card: card, request: requestOf(card)})
	}
	if attacks {
		attacked, err := p.attack(ctx)
		if err != nil {
			return err
		}
		played = append(played, attacked)
	}
	return p.hold(played)
}

// hold holds everything that was told against what had to be told and against the providers' records.
func (p *player) hold(played []told) error {
	fmt.Fprint(p.out, "\n━━ What the providers themselves have on record ━━\n\n")
	wrong := []error{p.privateOnce()}
	for _, was := range played {
		wrong = append(wrong, p.holdAgainst(was))
	}
	return errors.Join(wrong...)
}

// player plays scenes and writes them down.
type player struct {
	town    *town.Town
	bot     Bot
	people  People
	out     io.Writer
	audit   int            // messages in the audit channel shown so far
	read    int            // messages in the thread of the attacked request shown so far
	private map[string]int // private answers shown so far, by person
}

// patience is how long the bot may take for one scene.
const patience = time.Minute

func newPlayer(t *town.Town, bot Bot, people People, out io.Writer) *player {
	return &player{town: t, bot: bot, people: people, out: out, private: map[string]int{}}
}

// play plays one scene, and returns the card as it was posted.
func (p *player) play(ctx context.Context, s scene) (workspace.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if s.silent {
		p.town.Torii.Faults().Set("write", fault.Fault{Mode: fault.TimeoutAfter, Times: 1})
		fmt.Fprintln(p.out, "(Torii is made to do the next call and never answer it.)")
	}
	card, err := p.ask(ctx, s)
	if err != nil {
		return card, err
	}
	if err := p.refusals(ctx, card); err != nil {
		return card, err
	}
	if err := p.decide(ctx, s, card); err != nil {
		return card, err
	}
	if err := p.ending(ctx, s, card); err != nil {
		return card, err
	}
	last := "completed"
	if s.deny {
		last = "denied"
	}
	return card, p.auditLines(ctx, last)
}

// ask types the command and waits for the card.
func (p *player) ask(ctx context.Context, s scene) (workspace.Message, error) {
	before := len(p.town.Slack.Messages(town.Approvals))
	err := p.types(ctx, town.Alice, fmt.Sprintf("%s provider:%s action:%s reason:last day was Friday", s.leaver.Email, s.provider, s.action))
	if err != nil {
		return workspace.Message{}, err
	}
	if err := p.privately(ctx, town.Alice, "Looking up", "is recorded"); err != nil {
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
		{town.Alice, "who asked for it herself", "a second person must decide"},
		{town.Gus, "a guest", "Guests"},
	} {
		if err := p.refused(ctx, c.who, c.what, card, c.words); err != nil {
			return err
		}
	}
	return nil
}

// refused has somebody click Approve, who must be told privately why that does not count.
func (p *player) refused(ctx context.Context, who, what string, on workspace.Message, words string) error {
	if err := p.clicks(ctx, who, what, on, "Approve"); err != nil {
		return err
	}
	return p.privately(ctx, who, words)
}

func (p *player) decide(ctx context.Context, s scene, card workspace.Message) error {
	if s.deny {
		return p.clicks(ctx, town.Bob, "a second person", card, "Deny")
	}
	return p.clicks(ctx, town.Bob, "a second person", card, "Approve")
}

// clicks has somebody click a button, by its words.
func (p *player) clicks(ctx context.Context, who, what string, card workspace.Message, button string) error {
	p.says(who, "("+what+") clicks ["+button+"]")
	if err := p.people.Press(ctx, who, card, button); err != nil {
		return fmt.Errorf("the click: %w", err)
	}
	return nil
}

// types has somebody type the bot's command.
func (p *player) types(ctx context.Context, who, line string) error {
	line = town.Command + " " + line
	p.says(who, line)
	if err := p.people.Type(ctx, who, town.General, line); err != nil {
		return fmt.Errorf("the command: %w", err)
	}
	return nil
}

// ending waits for the last message in the thread, and shows the thread and what is new on the card.
func (p *player) ending(ctx context.Context, s scene, card workspace.Message) error {
	var thread []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		thread = p.town.Slack.Thread(card.Channel, card.TS)
		return len(thread) > 0 && strings.HasPrefix(words(thread[len(thread)-1]), s.ends)
	})
	p.shows("the thread", thread...)
	if err != nil {
		return fmt.Errorf("the outcome %q was not told: %w", s.ends, err)
	}
	now, err := p.closed(ctx, card)
	if err != nil {
		return err
	}
	before := Shown(card)
	p.writes("#offboarding, what is new on the card", slices.DeleteFunc(Shown(now), func(l string) bool { return slices.Contains(before, l) }))
	return p.see(ctx, append(thread, now), town.Alice, town.Bob, town.Gus)
}

// closed waits until nothing on the card can be pressed any more, and returns it as it is then.
func (p *player) closed(ctx context.Context, card workspace.Message) (now workspace.Message, err error) {
	err = p.town.Slack.Wait(ctx, func() bool {
		m, ok := p.town.Slack.Message(card.Channel, card.TS)
		now = m
		return ok && !strings.Contains(string(now.Blocks), `"button"`)
	})
	if err != nil {
		return now, fmt.Errorf("the card has kept its buttons: %w", err)
	}
	return now, nil
}

// see has some people look at messages that everybody sees.
func (p *player) see(ctx context.Context, all []workspace.Message, people ...string) error {
	for _, who := range people {
		if err := p.people.See(ctx, who, all...); err != nil {
			return fmt.Errorf("@%s: %w", town.Name(who), err)
		}
	}
	return nil
}

// auditLines shows what came into the audit channel, once the request's end is there, by the audit channel's word for it.
func (p *player) auditLines(ctx context.Context, last string) error {
	var all []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		all = p.town.Slack.Messages(town.Audit)
		return len(all) > p.audit && strings.Contains(words(all[len(all)-1]), "· "+last+" ·")
	})
	fresh := all[min(p.audit, len(all)):]
	p.shows("#offboarding-audit", fresh...)
	p.audit = len(all)
	if err != nil {
		return fmt.Errorf("the end is not in the audit channel: %w", err)
	}
	return p.see(ctx, fresh, town.Carol)
}

// privately waits for private answers, one with each of these words, and shows all that came to that person since the last time. One too
// many is an error.
func (p *player) privately(ctx context.Context, who string, expected ...string) error {
	var fresh []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		fresh = nil
		for _, e := range p.town.Slack.Ephemerals(who)[p.private[who]:] {
			fresh = append(fresh, e.Message)
		}
		return len(fresh) >= len(expected) && says(fresh, expected)
	})
	p.private[who] += len(fresh)
	p.shows("only @"+town.Name(who)+" sees", fresh...)
	if err != nil {
		return fmt.Errorf("@%s was not told %q: %w", town.Name(who), expected, err)
	}
	if len(fresh) > len(expected) {
		return fmt.Errorf("@%s was told %d things, and %q is all that was to be told", town.Name(who), len(fresh), expected)
	}
	return p.people.SeeAlone(ctx, who, fresh...)
}

// says reports whether each of these words is in one of the messages.
func says(all []workspace.Message, expected []string) bool {
	for _, e := range expected {
		if !slices.ContainsFunc(all, func(m workspace.Message) bool { return strings.Contains(words(m), e) }) {
			return false
		}
	}
	return true
}

func (p *player) says(who, what string) { fmt.Fprintf(p.out, "@%s  %s\n", town.Name(who), what) }

func (p *player) shows(where string, all ...workspace.Message) {
	var lines []string
	for _, m := range all {
		lines = append(lines, Shown(m)...)
	}
	p.writes(where, lines)
}

func (p *player) writes(where string, lines []string) {
	fmt.Fprintf(p.out, "    %s:\n", where)
	for _, l := range lines {
		for _, part := range wrap(l) {
			fmt.Fprintf(p.out, "      │ %s\n", part)
		}
	}
}
