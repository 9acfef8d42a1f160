package story

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// told is a scene that was played, and where its request was told.
type told struct {
	scene
	card    workspace.Message
	request string         // OFF-n
	thread  []string       // how the messages of the thread must begin; nil: as the scene has it
	audit   map[string]int // how often the audit channel must have what; nil: as the scene has it
}

var requestName = regexp.MustCompile(`OFF-[0-9]+`)

func requestOf(card workspace.Message) string { return requestName.FindString(words(card)) }

// holdAgainst holds what was told, where everybody reads it, against what must have been told and against the provider's own record.
func (p *player) holdAgainst(w told) error {
	r := p.town.Record(w.at, w.leaver.ID)
	fmt.Fprintf(p.out, "  %-40s told %-10s on record: %s after %d call(s)\n", w.title, w.ends+",", r.State, r.Writes)
	err := errors.Join(
		w.trueTo(r),
		w.threadOnce(p.town.Slack.Thread(w.card.Channel, w.card.TS)),
		w.cardOnce(p.town.Slack.Messages(w.card.Channel)),
		w.auditOnce(p.town.Slack.Messages(town.Audit)),
	)
	if err != nil {
		return fmt.Errorf("%s: %w", w.title, err)
	}
	return nil
}

func (w told) trueTo(r town.Record) error {
	if r.State != w.truth || r.Writes != w.writes {
		return fmt.Errorf("told %s, but the provider has %q after %d call(s); it must be %q after %d", w.ends, r.State, r.Writes, w.truth, w.writes)
	}
	return nil
}

// sentences is how the messages of the thread must begin: each once, in this order, and no other.
func (w told) sentences() []string {
	switch {
	case w.thread != nil:
		return w.thread
	case w.deny:
		return []string{"Denied by @bob"}
	case w.silent:
		return []string{"Approved by @bob", "Outcome unknown", w.ends}
	default:
		return []string{"Approved by @bob", w.ends}
	}
}

func (w told) threadOnce(thread []workspace.Message) error {
	var said []string
	for _, m := range thread {
		said = append(said, words(m))
	}
	want := w.sentences()
	ok := len(said) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = strings.HasPrefix(said[i], want[i])
	}
	if !ok {
		return fmt.Errorf("the thread must say %q, each once and nothing else, and it says %q", want, said)
	}
	return nil
}

func (w told) cardOnce(channel []workspace.Message) error {
	cards := 0
	for _, m := range channel {
		if requestOf(m) == w.request {
			cards++
		}
	}
	if cards != 1 {
		return fmt.Errorf("%s has %d cards", w.request, cards)
	}
	return nil
}

// audited is one line of the audit channel: which request, what happened, the number of the event.
var audited = regexp.MustCompile(`^(OFF-[0-9]+) · ([a-z ]+) · .* · #([0-9]+)(?: |$)`)

// auditOnce wants every event once, and those without which the request would not have come to its end.
func (w told) auditOnce(channel []workspace.Message) error {
	var wrong []error
	count, seen := map[string]int{}, map[string]bool{}
	for _, m := range channel {
		for _, line := range Shown(m) {
			found := audited.FindStringSubmatch(line)
			switch {
			case found == nil && announced(line):
			case found == nil:
				wrong = append(wrong, fmt.Errorf("the audit channel has a line that names no event: %s", line))
			case found[1] != w.request:
			case seen[found[3]]:
				wrong = append(wrong, fmt.Errorf("the audit channel has event #%s of %s twice", found[3], w.request))
			default:
				seen[found[3]] = true
				count[found[2]]++
			}
		}
	}
	for event, times := range w.events() {
		if count[event] != times {
			wrong = append(wrong, fmt.Errorf("the audit channel has %d times %q for %s; it must be %d", count[event], event, w.request, times))
		}
	}
	return errors.Join(wrong...)
}

// events is how often the audit channel must have what, whatever else it has.
func (w told) events() map[string]int {
	if w.audit != nil {
		return w.audit
	}
	out := map[string]int{"requested": 1, "click refused": 2, "approved": 1, "denied": 0, "call begun": w.writes, "completed": 1}
	if w.deny {
		out["approved"], out["denied"], out["completed"] = 0, 1, 0
	}
	return out
}

// privateOnce wants nobody to have been told anything privately but what the scenes waited for.
func (p *player) privateOnce() error {
	var wrong []error
	for _, who := range town.Everybody() {
		if got := len(p.town.Slack.Ephemerals(who)); got != p.private[who] {
			wrong = append(wrong, fmt.Errorf("@%s was told %d things privately; it must be %d", town.Name(who), got, p.private[who]))
		}
	}
	return errors.Join(wrong...)
}
