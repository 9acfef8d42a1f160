package approvals

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Allowance is how many removals may begin in an hour and in a day; 0: as many as you like.
type Allowance struct {
	PerHour int
	PerDay  int
}

// Caps bound how many removals begin, so that whoever misuses the bot, or its accounts in Slack, does not get far before somebody else has
// looked. A request over one of them is held.
type Caps struct {
	All       Allowance // everybody together
	Requester Allowance // each person who asks
	Approver  Allowance // each person who approves
	Pair      Allowance // each requester with each approver of theirs
}

// Cap is one count that a begin goes towards.
type Cap struct {
	Key    string
	Most   int
	Within time.Duration
	Words  string // as the beginning of a sentence: "20 removals an hour is the cap for all"
}

// Of lists what the begin of a step of the request counts towards. A person counts under their id and under their e-mail address, so that one
// person with two ids is one; on Enterprise Grid, where each of the ids knows the other, under the one of them that sorts first. Rehearsals
// count by themselves: practising takes no room from what is real.
func (c Caps) Of(r *Request) []Cap {
	l := capList{seen: map[string]bool{}, what: "removal", prefix: "caps"}
	if !r.Plan.Writes {
		l.what, l.prefix = "rehearsal", "dry/caps"
	}
	l.add(c.All, "all", "all")
	asked := nameKeys(r.Requester)
	for _, a := range asked {
		l.add(c.Requester, "req/"+a, "one requester")
	}
	for _, consent := range r.Approvals {
		for _, b := range nameKeys(consent.By) {
			l.add(c.Approver, "app/"+b, "one approver")
			for _, a := range asked {
				l.add(c.Pair, "pair/"+a+"/"+b, "one requester with the same approver")
			}
		}
	}
	return l.caps
}

// Counts reports whether events decided for a request begin a step for the first time under its approvals. An attempt that provably took no
// effect and is made again is no second removal.
func Counts(r *Request, events []Event) bool {
	for _, e := range events {
		if e.Kind == Begun && r.Steps[e.Step].Tries == 0 || e.Kind == Ended && e.Outcome == Rehearsed {
			return true
		}
	}
	return false
}

type capList struct {
	caps   []Cap
	seen   map[string]bool
	what   string
	prefix string
}

func (l *capList) add(a Allowance, key, whose string) {
	l.one(a.PerHour, time.Hour, key+"/h", "an hour", whose)
	l.one(a.PerDay, 24*time.Hour, key+"/d", "a day", whose)
}

func (l *capList) one(most int, within time.Duration, key, span, whose string) {
	key = l.prefix + "/" + key
	if most == 0 || l.seen[key] {
		return
	}
	l.seen[key] = true
	what := l.what
	if most > 1 {
		what += "s"
	}
	l.caps = append(l.caps, Cap{Key: key, Most: most, Within: within, Words: fmt.Sprintf("%d %s %s is the cap for %s", most, what, span, whose)})
}

// nameKeys are what a person counts under.
func nameKeys(p Person) []string {
	id := p.ID
	for _, also := range p.Also {
		id = min(id, also)
	}
	out := []string{id}
	if p.Email != "" {
		sum := sha256.Sum256([]byte("e-mail\n" + strings.ToLower(p.Email))) // a key of fixed length, which shows no address to who runs the store
		out = append(out, hex.EncodeToString(sum[:16]))
	}
	return out
}
