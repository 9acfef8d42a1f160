package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/journal/journaltest"
	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Any click may reach any replica: what one was asked for another takes the approval of, and a third knows how it ended.
func TestReplicasTakeAnyClick(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{})
	a, b, c := f.add(), f.add(), f.add()
	card := f.at(a).ask(town.Dana, "")
	f.at(c).press(town.Alice, card, "approve")
	f.told(town.Alice, "yourself, so a second person")
	f.at(b).press(town.Bob, card, "approve")
	f.at(a).press(town.Bob, card, "approve") // again, elsewhere
	f.thread(card, "Done")
	f.at(c).deliver(commandsPath, f.command(town.Alice, "status OFF-1"))
	f.told(town.Alice, "Step 1: done")
	body := f.command(town.Alice, "list")
	f.at(a).deliver(commandsPath, body)
	f.told(town.Alice, "No request is open")
	n := len(f.heard(town.Alice))
	f.at(b).deliver(commandsPath, body) // Slack delivers it again, to another
	f.at(b).deliver(commandsPath, f.command(town.Alice, "status OFF-1"))
	f.until("Alice is answered once more", func() bool { return len(f.heard(town.Alice)) > n })
	if got := len(f.heard(town.Alice)); got != n+1 {
		t.Errorf("Alice was told %d things, not %d", got, n+1)
	}
	f.over(card.TS)
}

// Over Socket Mode Slack chooses the replica.
func TestReplicasOverSocketMode(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{socket: true})
	for range 3 {
		f.add()
	}
	f.until("every replica has its sockets", func() bool { return f.slack.OpenSockets() == 6 })
	f.slack.Switch(workspace.Switches{Copies: 2})
	f.took(f.slack.Command(f.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
	card := f.card(town.Dana.ID)
	for range 8 { // some of them come to each replica
		f.took(f.slack.Click(f.ctx, town.Gus, card.Channel, card.TS, "approve"))
	}
	f.took(f.slack.Click(f.ctx, town.Bob, card.Channel, card.TS, "approve"))
	f.thread(card, "Done")
	f.over(card.TS)
	if n := len(f.audited(" refused ")); n != 1 {
		t.Errorf("%d refusals of one person are audited", n)
	}
}

var ratios = flag.Bool("ratios", false, "print the time to take work up as a ratio")

// takenUpIn is within what time the work of a replica that died is taken up.
const takenUpIn = 3 * time.Second

// The work of a replica that dies right before its call is taken up by another, soon, and the call is made once. Measured three times over.
func TestReplicaKilledBeforeTheDoor(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{})
	a := f.addQuiet()
	card := f.at(a).ask(town.Dana, "")
	asked := f.slowly(time.Minute)
	f.press(town.Bob, card, "approve")
	asked()
	var longest time.Duration
	for round := range 3 {
		b := f.addQuiet()
		f.town.ECGrid.Faults().Clear()
		delay := time.Minute
		if round == 2 {
			delay = time.Millisecond
		}
		asked := f.slowly(delay)
		at := a.kill()
		asked()
		took := time.Since(at)
		t.Logf("from SIGKILL to work taken up: %s", took)
		if took > takenUpIn {
			t.Errorf("the work was taken up after %s", took)
		}
		longest = max(longest, took)
		a = b
	}
	if *ratios {
		what := fmt.Sprintf("SIGKILL to work taken up, the longest of 3 (%.2f s) / %s", longest.Seconds(), takenUpIn)
		journaltest.Ratio(what, "< 1", longest.Seconds()/takenUpIn.Seconds())
	}
	f.thread(card, "Done")
	f.over(card.TS)
}

// After the door nobody calls again: a replica that dies during its call leaves an outcome that the others read back.
func TestReplicaKilledDuringTheCall(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{edit: hurry})
	a, _ := f.add(), f.add()
	card := f.at(a).ask(town.Dana, "")
	f.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.TimeoutAfter})
	a.f.press(town.Bob, card, "approve")
	f.until("the call is under way", func() bool { return f.town.Record("ecgrid", town.Dana.ID).Writes == 1 })
	f.caller().kill()
	f.thread(card, "Outcome unknown")
	f.thread(card, "Done")
	f.over(card.TS)
}

// stopped is a fleet of two in which the first works on Dana's request, and the second, which is halted, has not seen it.
func stopped(t *testing.T, p props) (f *fleet, proxy *redistest.Proxy, a, b *replicaProcess, card workspace.Message) {
	t.Helper()
	f = newFleet(t, p)
	proxy = redistest.NewProxy(t, f.server)
	a, b = f.behind(proxy), f.addQuiet()
	card = f.at(a).ask(town.Dana, "")
	f.until("all is told, and nobody works on it", func() bool {
		return len(f.audited(" requested ")) == 1 && f.server.Must(t, "ZCARD", "{offboard}claimed") == ":0"
	})
	b.stop()
	return f, proxy, a, b, card
}

const begun = `"kind":"begun"`

// A replica that is halted while it reads the account before its call, for longer than its claim lasts, and wakes when another has made the
// call, makes none.
func TestReplicaStoppedBeforeTheDoor(t *testing.T) {
	t.Parallel()
	f, _, a, b, card := stopped(t, props{})
	asked := f.slowly(time.Second)
	f.press(town.Bob, card, "approve")
	asked()
	a.stop()
	b.wake()
	f.thread(card, "Done")
	a.wake()
	a.says("not begun", "claim lost", "deed")
	a.end()
	f.over(card.TS)
}

// A begin that was on its way while its replica was halted comes too late: it is refused by the store, and no call follows.
func TestReplicaStoppedAtTheDoor(t *testing.T) {
	t.Parallel()
	f, proxy, a, b, card := stopped(t, props{})
	arrived, release := proxy.Hold(begun)
	t.Cleanup(release)
	f.press(town.Bob, card, "approve")
	<-arrived
	a.stop()
	b.wake()
	f.thread(card, "Done")
	release()
	a.wake()
	a.says("not begun", "deed")
	a.end()
	f.over(card.TS)
}

// A replica that is halted after its begin is on record, and before its call, makes no call once the time that the call had is over.
func TestReplicaStoppedBehindTheDoor(t *testing.T) {
	t.Parallel()
	f, proxy, a, b, card := stopped(t, props{edit: hurry})
	proxy.Lose(begun, 100, func() { // a begin that met another write of its own replica is none yet
		if f.recorded(begun) {
			a.stop()
		}
	})
	f.press(town.Bob, card, "approve")
	f.until("the begin is on record", func() bool { return f.recorded(begun) && a.halted() })
	proxy.Lose("", 0, nil)
	b.wake()
	f.thread(card, "Outcome unknown")
	a.wake()
	a.says("deed", "call went wrong")
	a.end()
	b.end()
	if r := f.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Errorf("ECGrid got %d calls after the time was over", r.Writes)
	}
	f.requests()
}

// A rolling restart of three replicas drops no click: while a load balancer goes by their readiness, every delivery is acknowledged well, and
// what was acknowledged is on record and carried out.
func TestReplicasRollingRestart(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{edit: []string{"\nproviders:", "\nlimits: {per_hour: 1000, per_requester_per_day: 1000}\nproviders:"}})
	f.slack.Switch(workspace.Switches{NoRateLimits: true})
	f.add()
	f.add()
	f.add()
	lb := f.balance()
	ctx, stop := context.WithCancel(f.ctx)
	var people sync.WaitGroup
	var approved atomic.Int64
	people.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			f.whole(f.hire(i), &approved)
		}
	})
	people.Go(func() { // so that something is under way at every moment
		for ctx.Err() == nil {
			f.took(f.slack.Command(f.ctx, town.Carol, town.General, "/offboard", "help"))
		}
	})
	for _, old := range f.all[:3] {
		lb.add(f.add())
		before := approved.Load()
		old.end()
		f.until("people go on", func() bool { return approved.Load() > before })
	}
	stop()
	people.Wait()
	n := int(approved.Load())
	t.Logf("%d requests through three restarts", n)
	f.until("all ends are audited", func() bool { return len(f.audited(" completed ")) == n })
	if got := len(f.audited(" approved ")); got != n {
		t.Errorf("%d approvals were acknowledged, %d are audited", n, got)
	}
	for _, c := range f.town.ECGrid.Calls() {
		if c.Write {
			n--
		}
	}
	if n != 0 {
		t.Errorf("%d calls too few", n)
	}
}

// whole plays a request's life; every delivery must be acknowledged well.
func (f *fleet) whole(l town.Leaver, approved *atomic.Int64) {
	f.took(f.slack.Command(f.ctx, town.Alice, town.General, "/offboard", l.Email))
	card := f.card(l.ID)
	f.took(f.slack.Click(f.ctx, town.Bob, card.Channel, card.TS, "approve"))
	approved.Add(1)
	f.thread(card, "Done") // Slack takes a message a second: more at once would only queue
}

// hire makes somebody who leaves.
func (f *fleet) hire(n int) town.Leaver {
	u := localecgrid.User{ID: 60000 + n, Login: fmt.Sprintf("leaver%d@example.com", n), FirstName: "Leaver", LastName: strconv.Itoa(n), NetworkID: 7}
	u.Email = u.Login
	f.town.ECGrid.Put(u)
	return town.Leaver{Email: u.Email, ID: strconv.Itoa(u.ID)}
}
