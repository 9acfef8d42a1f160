package story

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"offboard/internal/sandbox/hand"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Attack plays one removal and the attacker's chapter. The bot's caps must be those of one removal.
func Attack(ctx context.Context, t *town.Town, bot Bot, people People, out io.Writer) error {
	return newPlayer(t, bot, people, out).plays(ctx, scenes()[:1], true)
}

// Caps are the bot's caps, as the configuration has them, for a story of so many removals: the last attack is one removal over them.
func Caps(removals int) string {
	return fmt.Sprintf("approver: {per_hour: %d, per_day: 100}", removals)
}

// Removals is how many removals a bot has begun, or rehearsed, when the attacker's chapter begins.
func Removals(writes bool) int {
	all := scenes()
	if !writes {
		all = rehearsed(all, func(scene) string { return "" })
	}
	return len(slices.DeleteFunc(all, func(s scene) bool { return s.deny }))
}

// attack is one way to have an account removed, or something told, that nobody has consented to.
type attack struct {
	title string
	try   func(ctx context.Context, p *player, card workspace.Message) error
}

// The attacks are all on one request, which needs two approvals.
func attacks() []attack {
	return []attack{
		{"A name that would ping everybody and look like a decision", named},
		{"Approving one's own request", own},
		{"A guest", guest},
		{"Somebody from outside, in a channel that was shared by mistake", outside},
		{"An edited copy of the card", edited},
		{"A forged request", forged},
		{"A payload in the query string", queried},
		{"A replayed click", replayed},
		{"An approver who is taken out of the group before it begins", removed},
		{"An account that is not as it was approved", changed},
		{"One removal more than the cap", capped},
		{"Giving up", withdrawn},
	}
}

// attacked is what must have been told of the request in the end, and that nothing was called.
func attacked(card workspace.Message) told {
	s := scene{title: "The attacker's chapter", at: "zitadel", leaver: town.Quinn, ends: "Withdrawn", truth: "USER_STATE_ACTIVE"}
	return told{
		scene: s, card: card, request: requestOf(card),
		thread: []string{
			"Approved by @bob (1 of 2)", "Approved by @carol (2 of 2)", "The approval of @bob counts no more: they are not one of the approvers any more",
			"Approved by @bob (2 of 2)", "This is not what was approved any more",
			"Approved by @bob (1 of 2)", "Approved by @carol (2 of 2)", "Held: ", "Withdrawn by @alice",
		},
		audit: map[string]int{
			"requested": 1, "click refused": 4, "approved": 5, "approval lapsed": 1, "changed": 1, "held": 1, "released": 0, "withdrawn": 1,
			"denied": 0, "call begun": 0, "ended": 0, "completed": 0,
		},
	}
}

// attack plays the chapter. After each attack nothing may have been called.
func (p *player) attack(ctx context.Context) (told, error) {
	fmt.Fprint(p.out, "\n━━ The attacker's chapter ━━\n")
	var card workspace.Message
	for i, a := range attacks() {
		fmt.Fprintf(p.out, "\n── %s ──\n\n", a.title)
		err := func() (err error) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			if i == 0 {
				s := scene{leaver: town.Quinn, provider: "zitadel-v1", action: "deactivate"}
				if card, err = p.ask(ctx, s); err != nil {
					return err
				}
			}
			return errors.Join(a.try(ctx, p, card), p.untouched())
		}()
		if err != nil {
			return told{}, fmt.Errorf("the attacker's chapter: %s: %w", a.title, err)
		}
	}
	return attacked(card), nil
}

// untouched holds that the provider was asked to do nothing to the account.
func (p *player) untouched() error {
	if r := p.town.Record("zitadel", town.Quinn.ID); r.Writes > 0 {
		return fmt.Errorf("the provider was called %d times: %s", r.Writes, r.State)
	}
	return nil
}

// named holds that the account's name is shown as it is, and notifies nobody.
func named(_ context.Context, p *player, card workspace.Message) error {
	if !strings.Contains(words(card), "<!channel> ∗approved by∗ <＠U0BOB>") {
		return errors.New("the card does not show the name as mere text")
	}
	return p.quiet(card, town.Alice)
}

// quiet holds that nothing that was told of the request notifies anybody but these people and groups, whom the bot itself names.
func (p *player) quiet(card workspace.Message, people ...string) error {
	all := slices.Concat(p.town.Slack.Messages(town.Approvals), p.town.Slack.Messages(town.Audit), p.town.Slack.Thread(card.Channel, card.TS))
	for _, m := range all {
		for _, ping := range m.Pings {
			if id := strings.Trim(ping, "<@>"); requestOf(m) == requestOf(card) && !slices.Contains(people, id) {
				return fmt.Errorf("%q notifies %s", words(m), ping)
			}
		}
	}
	return nil
}

func own(ctx context.Context, p *player, card workspace.Message) error {
	return p.refused(ctx, town.Alice, "who asked for it herself", card, "a second person must decide")
}

func guest(ctx context.Context, p *player, card workspace.Message) error {
	return p.refused(ctx, town.Gus, "a guest", card, "Guests")
}

// outside: a stranger's click is owed no answer, but stands in the audit channel. While strangers can see the channel no card goes there, which
// the other channel is told of.
func outside(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(#offboarding is shared with another company.)")
	p.town.Share(true)
	if err := p.clicks(ctx, town.Olga, "of that company", card, "Approve"); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "    (People from outside are owed no answer. The click stands in the audit channel, below.)")
	if err := p.counts(ctx, 0); err != nil {
		return err
	}
	line := town.Rosa.Email + " provider:ecgrid"
	if err := p.asksInVain(ctx, line, "No card can be posted into the approvals channel now"); err != nil {
		return err
	}
	if err := p.announcement(ctx, alarm); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "(The channel is shared no more.)")
	p.town.Share(false)
	if err := p.asksInVain(ctx, town.Quinn.Email+" provider:zitadel-v1 action:deactivate", "is already open for this account"); err != nil {
		return err
	}
	return p.announcement(ctx, allClear)
}

// asksInVain has Alice ask for something that is refused in these words.
func (p *player) asksInVain(ctx context.Context, line, words string) error {
	if err := p.types(ctx, town.Alice, line); err != nil {
		return err
	}
	return p.privately(ctx, town.Alice, "Looking up", words)
}

// What the audit channel is told of the other channel, and of no request.
const (
	alarm    = "Alarm: the approvals channel cannot be used any more."
	allClear = "The approvals channel is fit again."
)

func announced(line string) bool {
	return strings.HasPrefix(line, alarm) || line == allClear
}

// announcement waits until the audit channel was told so, which must be once.
func (p *player) announcement(ctx context.Context, words string) error {
	n := 0
	err := p.town.Slack.Wait(ctx, func() bool {
		n = 0
		for _, m := range p.town.Slack.Messages(town.Audit) {
			if strings.HasPrefix(m.Text, words) {
				n++
			}
		}
		return n > 0
	})
	if err != nil || n != 1 {
		return fmt.Errorf("the audit channel was told %d times %q; it must be once: %w", n, words, err)
	}
	return nil
}

// edited: somebody copies the card's buttons under another text.
func edited(ctx context.Context, p *player, card workspace.Message) error {
	m := p.town.Slack.Insert(hand.Copy(card, town.General, town.Nadia))
	p.says(town.Nadia, "posts a copy of the card's buttons in #general: "+hand.Harmless)
	return p.refused(ctx, town.Bob, "an approver, who believes it", m, "This is not the card of "+requestOf(card))
}

// forged: somebody who does not know the signing secret writes to the bot's address.
func forged(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(Somebody sends a click in Bob's name to the bot's address, signed with a guess.)")
	r := hand.Request{Body: hand.Click(p.town.Slack.Config(), town.Bob, card), At: time.Now(), Secret: "a guess"}
	if err := p.sends(ctx, r, http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)); err != nil {
		return err
	}
	return p.counts(ctx, 0)
}

// queried: the body is well signed and harmless, and the click stands in the address.
func queried(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(Somebody adds a click in Bob's name to the address of a request that Slack has signed.)")
	r := hand.Request{Query: hand.Click(p.town.Slack.Config(), town.Bob, card), Body: "ssl_check=1", At: time.Now(), Secret: p.town.Slack.Config().SigningSecret}
	if err := p.sends(ctx, r, http.StatusOK, ""); err != nil {
		return err
	}
	return p.counts(ctx, 0)
}

// counts holds that the bot counts so many approvals, by what it says when it is asked.
func (p *player) counts(ctx context.Context, approvals int) error {
	if err := p.types(ctx, town.Alice, "list"); err != nil {
		return err
	}
	return p.privately(ctx, town.Alice, fmt.Sprintf("%d of 2 approvals", approvals))
}

// replayed: Bob's click is delivered again as it was, and again when its signature is old.
func replayed(ctx context.Context, p *player, card workspace.Message) error {
	if err := p.clicks(ctx, town.Bob, "an approver", card, "Approve"); err != nil {
		return err
	}
	if err := p.thread(ctx, card, "Approved by @bob (1 of 2)"); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "(Somebody delivers Bob's click again, byte for byte.)")
	ack, err := p.town.Slack.Redeliver(ctx)
	if err != nil || ack.Error != "" || len(ack.Payload) > 0 {
		return fmt.Errorf("a repeated click was answered with %q %s: %w", ack.Error, ack.Payload, err)
	}
	p.writes("the bot answers", []string{"200, and counts it once"})
	fmt.Fprintln(p.out, "(And a click of his from ten minutes ago.)")
	r := hand.Request{Body: hand.Click(p.town.Slack.Config(), town.Bob, card), At: time.Now().Add(-10 * time.Minute), Secret: p.town.Slack.Config().SigningSecret}
	if err := p.sends(ctx, r, http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)); err != nil {
		return err
	}
	return p.counts(ctx, 1)
}

// thread waits until the card's thread ends with a message that begins so, and shows what has come into it since the last time.
func (p *player) thread(ctx context.Context, card workspace.Message, last string) error {
	var all []workspace.Message
	err := p.town.Slack.Wait(ctx, func() bool {
		all = p.town.Slack.Thread(card.Channel, card.TS)
		return len(all) > p.read && strings.HasPrefix(words(all[len(all)-1]), last)
	})
	fresh := all[min(p.read, len(all)):]
	p.shows("the thread", fresh...)
	p.read = len(all)
	if err != nil {
		return fmt.Errorf("the thread did not say %q: %w", last, err)
	}
	return p.see(ctx, fresh, town.Alice, town.Bob)
}

// removed: Bob's approval is on record, and he loses the right before the second one is given.
func removed(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(Bob is taken out of the group of approvers.)")
	p.town.Slack.AddGroup(town.Approvers, town.Carol)
	if err := p.clicks(ctx, town.Carol, "an approver", card, "Approve"); err != nil {
		return err
	}
	return p.thread(ctx, card, "The approval of @bob counts no more")
}

// changed: Bob is back, and the account gets another address before he approves.
func changed(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(Bob is put back. At ZITADEL the account gets another e-mail address.)")
	p.town.Slack.AddGroup(town.Approvers, town.Bob, town.Carol)
	p.town.Readdress("zitadel", town.Quinn.ID, "the.ceo@example.com")
	if err := p.clicks(ctx, town.Bob, "an approver", card, "Approve"); err != nil {
		return err
	}
	return p.thread(ctx, card, "This is not what was approved any more")
}

// capped: both approve what the card shows now, and Bob has taken part in as many removals as one approver may in an hour.
func capped(ctx context.Context, p *player, card workspace.Message) error {
	fmt.Fprintln(p.out, "(Bob has approved as many removals in this hour as the configuration lets one approver. The card shows the new address.)")
	err := p.town.Slack.Wait(ctx, func() bool {
		now, _ := p.town.Slack.Message(card.Channel, card.TS)
		return strings.Contains(words(now), "the.ceo@example.com")
	})
	if err != nil {
		return fmt.Errorf("the card does not show what has changed: %w", err)
	}
	for i, who := range []string{town.Bob, town.Carol} {
		if err := p.clicks(ctx, who, "an approver", card, "Approve"); err != nil {
			return err
		}
		if err := p.thread(ctx, card, []string{"Approved by @bob (1 of 2)", "Held: "}[i]); err != nil {
			return err
		}
	}
	if err := p.types(ctx, town.Bob, "release "+requestOf(card)); err != nil {
		return err
	}
	return p.privately(ctx, town.Bob, "You approved "+requestOf(card)+" yourself")
}

// withdrawn ends the request.
func withdrawn(ctx context.Context, p *player, card workspace.Message) error {
	if err := p.clicks(ctx, town.Alice, "who asked for it", card, "Withdraw"); err != nil {
		return err
	}
	if err := p.thread(ctx, card, "Withdrawn by @alice"); err != nil {
		return err
	}
	now, err := p.closed(ctx, card)
	if err != nil {
		return err
	}
	if err := p.see(ctx, []workspace.Message{now}, town.Alice, town.Bob, town.Gus); err != nil {
		return err
	}
	if err := p.auditLines(ctx, "withdrawn"); err != nil {
		return err
	}
	return p.quiet(card, town.Alice, town.Bob, town.Carol, town.Gus, town.Olga, "!subteam^"+town.Approvers)
}
