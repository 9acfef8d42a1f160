package page

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/sandbox/town"
)

// What comes to a request by itself, in words, of every state that has something to come.
func TestWhatComes(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	alice, bob, carol := approvals.Person{ID: town.Alice}, approvals.Person{ID: town.Bob}, approvals.Person{ID: town.Carol}
	asked := func(p approvals.Policy, notBefore time.Time) approvals.Event {
		plan := &approvals.Plan{Steps: []approvals.Step{{Vendor: "Torii"}}, NotBefore: notBefore, Writes: true}
		p.Approvals, p.Expires, p.Window = 1, 24*time.Hour, time.Hour
		return approvals.Event{Kind: approvals.Requested, At: noon, By: alice, Plan: plan, Policy: &p}
	}
	soon := asked(approvals.Policy{}, time.Time{})
	approved := approvals.Event{Kind: approvals.Approved, At: noon, By: bob}
	begun := approvals.Event{Kind: approvals.Begun, At: noon, Attempt: 1, Deadline: noon.Add(10 * time.Second)}
	ended := func(o approvals.Outcome) approvals.Event {
		return approvals.Event{Kind: approvals.Ended, At: noon, Attempt: 1, Outcome: o, Sent: true}
	}
	at := func(d time.Duration, says string) string { return noon.Add(d).Format("2 15:04:05 ") + says }
	for name, tt := range map[string]struct {
		events []approvals.Event
		want   []string
	}{
		"nobody has decided": {[]approvals.Event{soon}, []string{at(12*time.Hour, "reminds the approvers"), at(24*time.Hour, "expires, unless it is approved")}},
		"reminded":           {[]approvals.Event{soon, {Kind: approvals.Reminded, At: noon}}, []string{at(24*time.Hour, "expires, unless it is approved")}},
		"asked for a time": {[]approvals.Event{asked(approvals.Policy{}, noon.Add(2*time.Hour))}, []string{
			at(2*time.Hour, "may begin, once it is approved"), at(12*time.Hour, "reminds the approvers"), at(24*time.Hour, "expires, unless it is approved"),
		}},
		"scheduled": {[]approvals.Event{asked(approvals.Policy{}, noon.Add(2*time.Hour)), approved}, []string{
			at(2*time.Hour, "begins"), at(3*time.Hour, "is given up, unless it has begun"),
		}},
		"cooling off": {[]approvals.Event{asked(approvals.Policy{CoolOff: 10 * time.Minute}, time.Time{}), approved}, []string{
			at(10*time.Minute, "begins"), at(70*time.Minute, "is given up, unless it has begun"),
		}},
		"it waits for the provider": {[]approvals.Event{soon, approved, {Kind: approvals.Waiting, At: noon, Until: noon.Add(time.Minute), Proof: "no answer"}}, []string{
			at(time.Minute, "is tried again"), at(time.Hour, "is given up, unless it has begun"),
		}},
		"sent again later": {[]approvals.Event{soon, approved, begun, {Kind: approvals.Deferred, At: noon, Attempt: 1, Until: noon.Add(30 * time.Second)}}, []string{
			at(30*time.Second, "is tried again"), at(time.Hour, "is given up, unless it has begun"),
		}},
		"held": {[]approvals.Event{soon, approved, {Kind: approvals.Held, At: noon, Until: noon.Add(time.Hour)}}, []string{
			at(time.Hour, "has room under the cap again, and still waits for its release"), at(24*time.Hour, "expires, unless somebody releases it"),
		}},
		"under way": {[]approvals.Event{soon, approved, begun}, []string{at(12*time.Second, "counts as interrupted, if no answer has come")}},
		"unknown":   {[]approvals.Event{soon, approved, begun, ended(approvals.Unknown), {Kind: approvals.Looked, At: noon}}, []string{at(10*time.Second, "is looked at again")}},
		"unseen":    {[]approvals.Event{soon, approved, begun, ended(approvals.Unseen)}, []string{at(time.Hour, "is looked at again")}},
		"Slack did not take it": {[]approvals.Event{soon, {Kind: approvals.Denied, At: noon, By: carol},
			{Kind: approvals.Sending, At: noon, Key: approvals.KeyCard}, {Kind: approvals.Failed, At: noon, Key: approvals.KeyCard, Until: noon.Add(time.Minute), Maybe: true}},
			[]string{at(time.Minute, "is told to Slack again")}},
		"done":   {[]approvals.Event{soon, approved, begun, ended(approvals.Done)}, nil},
		"denied": {[]approvals.Event{soon, {Kind: approvals.Denied, At: noon, By: bob}}, nil},
	} {
		r := (&approvals.Request{ID: "r", Number: 1}).Fold(tt.events...)
		var got []string
		for _, c := range comings(r, noon) {
			when, err := time.Parse(time.RFC3339Nano, c.At)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, when.Format("2 15:04:05 ")+c.Says)
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
	if got := comings((&approvals.Request{}).Fold(approvals.Event{Kind: "v9/odd"}), noon); len(got) != 0 {
		t.Errorf("of what a newer version wrote: %+v", got)
	}
}

// Time goes on by steps and to moments, never back, and to one moment once however many go there.
func TestHowTimeIsMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clock := &w.town.Clock
	send := func(m any) (int, string) { return w.send("clock", m, nil) }
	for name, m := range map[string]any{
		"nowhere": moved{}, "back": moved{By: -60}, "beyond": moved{By: 401 * 86400}, "both": moved{By: 60, To: clock.Now().Add(time.Hour)},
		"to beyond": moved{To: clock.Now().Add(401 * 24 * time.Hour)}, "no time": map[string]any{"to": "tomorrow"},
	} {
		if status, wrong := send(m); status == http.StatusOK || wrong == "" || clock.Ahead() != 0 {
			t.Errorf("%s: %d %q, and it is %s ahead", name, status, wrong, clock.Ahead())
		}
	}
	there := clock.Now().Add(48 * time.Hour)
	done := make(chan int, 8)
	for range cap(done) {
		go func() {
			status, _ := send(moved{To: there})
			done <- status
		}()
	}
	for range cap(done) {
		if status := <-done; status != http.StatusOK {
			t.Errorf("going there is answered with %d", status)
		}
	}
	if now := clock.Now(); now.Before(there) || now.After(there.Add(time.Minute)) {
		t.Errorf("it is %s, and %s was gone to", now, there)
	}
	before := clock.Ahead()
	for _, m := range []moved{{To: there.Add(-time.Hour)}, {By: 600}, {By: 600}, {By: int64(mostMoved / time.Second)}} {
		if status, wrong := send(m); status != http.StatusOK {
			t.Errorf("%+v: %s", m, wrong)
		}
	}
	if got := clock.Ahead() - before; got != mostMoved+20*time.Minute {
		t.Errorf("three steps moved it by %s", got)
	}
	for moved := true; moved; { // to the end
		moved = clock.Move(mostMoved)
	}
	before = clock.Ahead()
	if status, wrong := send(moved{By: 1}); status == http.StatusOK || !strings.Contains(wrong, "no further") || clock.Ahead() != before {
		t.Errorf("past the end: %d %q", status, wrong)
	}
	if got := w.state(town.Bob).Ahead; got != before.Milliseconds() {
		t.Errorf("the page says %d ms", got)
	}
}

// waiting is a request that waits for its approval since now.
func waiting(t *testing.T, expires time.Duration) journal.Log {
	t.Helper()
	e := approvals.Event{
		Kind: approvals.Requested, At: time.Now(), By: approvals.Person{ID: town.Alice}, Plan: &approvals.Plan{Steps: []approvals.Step{{Vendor: "Torii"}}},
		Policy: &approvals.Policy{Approvals: 1, Expires: expires, Window: time.Hour},
	}
	body, err := approvals.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	l := journal.Log{ID: "req", Number: 1}
	l.Records = journal.Seal(l, journal.Draft{Body: body, Chained: true})
	return l
}
