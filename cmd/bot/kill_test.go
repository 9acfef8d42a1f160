package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

var killSeed = flag.Uint64("kill.seed", 0, "seed of the kill tests; 0: another one each time")

// plot is what people do with a request.
type plot string

const (
	approve  plot = "approve"  // both approvers click at once, one of them twice
	nobody   plot = "nobody"   // only people click whose click counts for nothing
	tooFew   plot = "too few"  // one approver of the two that Torii wants, several times; elsewhere nobody
	deny     plot = "deny"     // one approver denies
	disagree plot = "disagree" // one approver denies while the other approves
	takeBack plot = "take it back"
)

// decided reports whether the plot brings the request to an end.
func (p plot) decided() bool { return p != nobody && p != tooFew }

// leaver is an account that is asked for, and what people do with the request.
type leaver struct {
	email, id string
	provider  string // in the configuration
	at        string // whose records tell the truth
	plot      plot
}

// hireLeavers makes that many accounts, in turn at each provider. Two plots in three end in a call.
func (s *killStage) hireLeavers(n int) []leaver {
	plots := []plot{approve, disagree, approve, nobody, approve, approve, deny, approve, tooFew, approve, takeBack}
	var out []leaver
	for i := range n {
		l := leaver{email: fmt.Sprintf("leaver%d@example.com", i), plot: plots[i/4%len(plots)]}
		switch i % 4 {
		case 0:
			l.provider, l.at, l.id = "ecgrid", "ecgrid", strconv.Itoa(51000+i)
			s.town.ECGrid.Put(localecgrid.User{ID: 51000 + i, Login: l.email, Email: l.email, FirstName: "Leaver", LastName: strconv.Itoa(i), NetworkID: 7})
		case 1, 2:
			l.provider, l.at, l.id = "zitadel", "zitadel", strconv.Itoa(290000000000052000+i)
			if i%4 == 2 {
				l.provider = "zitadel-v1"
			}
			s.town.ZITADEL.Put(localzitadel.User{ID: l.id, Org: "290000000000000001", UserName: l.email, Human: &localzitadel.Human{
				GivenName: "Leaver", FamilyName: strconv.Itoa(i), DisplayName: "Leaver " + strconv.Itoa(i), Email: l.email, Verified: true,
			}})
		default:
			l.provider, l.at, l.id = "torii", "torii", fmt.Sprintf("01930000-0000-7000-8000-%012x", 0x53000+i)
			s.town.Torii.Put(localtorii.User{ID: l.id, Email: l.email, FirstName: "Leaver", LastName: strconv.Itoa(i)})
		}
		out = append(out, l)
	}
	return out
}

// play asks for an account and lets people do what the plot says, all at once.
func (s *killStage) play(r *rand.Rand, l leaver) {
	if err := s.ask(l); err != nil {
		s.t.Error(err)
		return
	}
	var clicks [][2]string
	switch l.plot {
	case approve:
		clicks = [][2]string{{town.Bob, "approve"}, {town.Carol, "approve"}, {town.Bob, "approve"}, {town.Alice, "approve"}}
	case nobody:
		clicks = [][2]string{{town.Alice, "approve"}, {town.Gus, "approve"}, {town.Nadia, "approve"}, {town.Nadia, "deny"}}
	case tooFew:
		clicks = [][2]string{{town.Alice, "approve"}, {town.Alice, "approve"}, {town.Nadia, "approve"}}
		if l.at == "torii" {
			clicks = [][2]string{{town.Bob, "approve"}, {town.Bob, "approve"}, {town.Alice, "approve"}}
		}
	case deny:
		clicks = [][2]string{{town.Bob, "deny"}, {town.Bob, "deny"}, {town.Gus, "approve"}}
	case disagree:
		clicks = [][2]string{{town.Bob, "deny"}, {town.Carol, "approve"}, {town.Carol, "deny"}, {town.Bob, "approve"}}
	case takeBack:
		clicks = [][2]string{{town.Alice, "withdraw"}, {town.Bob, "withdraw"}, {town.Carol, "approve"}}
	}
	var people sync.WaitGroup
	for _, c := range clicks {
		think := time.Duration(r.IntN(300)) * time.Millisecond
		people.Go(func() {
			s.pass(think, never)
			s.press(c[0], l, c[1])
		})
	}
	people.Wait()
}

// playAll plays with everybody, a dozen at a time, and says when it is over.
func (s *killStage) playAll(seed uint64, all []leaver) <-chan struct{} {
	over, room := make(chan struct{}), make(chan struct{}, 12)
	var plays sync.WaitGroup
	for i, l := range all {
		plays.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			s.play(rand.New(rand.NewPCG(seed, uint64(i))), l)
		})
	}
	go func() { plays.Wait(); close(over) }()
	return over
}

// settle waits until every decided request has come to an end that is audited, and then until nothing more is told.
func (s *killStage) settle(all []leaver, over <-chan struct{}) {
	s.t.Helper()
	select {
	case <-over:
	case <-s.ctx.Done():
		s.t.Fatal("people are not through")
	}
	const patience = 2 * time.Minute // an account that is still there after a call is looked at for more than half a minute
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	var open []string
	if err := s.town.Slack.Wait(ctx, func() bool { open = s.open(all); return len(open) == 0 }); err != nil {
		s.t.Errorf("no end is told of %v", open)
	}
	calls, since := -1, time.Now()
	s.until("nothing more is told", func() bool {
		if n := len(s.town.Slack.Calls("")); n != calls {
			calls, since = n, time.Now()
		}
		return time.Since(since) > 1500*time.Millisecond
	})
}

// open lists who was decided on, and whose end is not audited.
func (s *killStage) open(all []leaver) []string {
	var open []string
	lines := s.auditLines()
	for _, l := range all {
		if l.plot.decided() && !ended(lines, l, s.hurried) {
			open = append(open, l.email)
		}
	}
	return open
}

func (s *killStage) auditLines() []string {
	var out []string
	for _, m := range s.town.Slack.Messages(town.Audit) {
		out = append(out, strings.Split(m.Text, "\n")...)
	}
	return out
}

func ended(lines []string, l leaver, hurried bool) bool {
	ends := []string{" · completed · ", " · denied · ", " · withdrawn · "}
	if hurried {
		ends = append(ends, " · Outcome unknown: ")
	}
	return slices.ContainsFunc(lines, func(line string) bool {
		return strings.Contains(line, "id "+l.id) && slices.ContainsFunc(ends, func(end string) bool { return strings.Contains(line, end) })
	})
}

// The promise of design §1, held against a bot that is killed again and again while people ask and decide: what the providers were asked,
// what people were told, and what the journal says, must be one story.
func TestKilledAtRandom(t *testing.T) {
	for _, tc := range []struct {
		name          string
		socket        bool
		leavers, kill int
	}{{"over HTTP", false, 44, 36}, {"over Socket Mode", true, 12, 8}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				t.Skip("takes a minute")
			}
			seed := *killSeed
			if seed == 0 {
				seed = rand.Uint64()
			}
			t.Logf("go test -run '%s' -kill.seed %d", t.Name(), seed)
			r := rand.New(rand.NewPCG(seed, 0))
			s := newKillStage(t, r, tc.socket)
			all := s.hireLeavers(tc.leavers)
			s.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.Slow, Delay: 150 * time.Millisecond})
			s.town.Torii.Faults().Set("write", fault.Fault{Mode: fault.Slow, Delay: 50 * time.Millisecond})
			s.town.ZITADEL.Faults().Set("write", fault.Fault{Mode: fault.TimeoutAfter, Times: tc.leavers / 10})
			s.town.Slack.Fault(workspace.Fault{Method: "chat.postMessage", Kind: workspace.FaultCutAfter, Times: tc.leavers / 8})
			s.town.Slack.Fault(workspace.Fault{Method: "chat.update", Kind: workspace.FaultCutAfter, Times: tc.leavers / 8})

			over := s.playAll(seed+1, all)
			s.killAtRandom(r, tc.kill)
			s.settle(all, over)
			s.stop()
			s.judge(all, tc.kill)
		})
	}
}
