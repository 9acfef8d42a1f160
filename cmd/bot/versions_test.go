package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/sandbox/town"
)

// newer is a replica of a newer version, as far as the journal meets it.
type newer struct {
	f *fleet
	j *redis.Journal
}

func (f *fleet) newer() newer {
	f.t.Helper()
	j, err := redis.Open(f.ctx, redis.Options{Kind: redis.Single, Addrs: []string{f.server.Addr()}, Prefix: "offboard"})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := j.Close(); err != nil {
			f.t.Error(err)
		}
	})
	return newer{f, j}
}

// load reads the first request.
func (n newer) load() journal.Log {
	n.f.t.Helper()
	id, err := n.j.Numbered(n.f.ctx, 1)
	if err != nil {
		n.f.t.Fatal(err)
	}
	l, err := n.j.Load(n.f.ctx, id)
	if err != nil {
		n.f.t.Fatal(err)
	}
	return l
}

// writes appends an event to the first request, which is due at once.
func (n newer) writes(body string) {
	n.f.t.Helper()
	_, err := journal.Update(n.f.ctx, n.j, n.load().ID, func(l journal.Log) (journal.Write, error) {
		return journal.Write{
			Now: n.j.Now(), Wake: n.j.Now(), Open: true, Confirm: true,
			Records: journal.Seal(l, journal.Draft{Body: []byte(body), Chained: true}),
		}, nil
	})
	if err != nil {
		n.f.t.Fatal(err)
	}
}

// Old and new versions work side by side: what the old one does not know is kept byte for byte, a request that it does not understand it leaves
// to the others and says so, and it goes on with the rest.
func TestReplicasOfTwoVersions(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{})
	old := f.add()
	n := f.newer()
	card := f.at(old).ask(town.Dana, "")
	const more = `{"v":1,"kind":"alarmed","at":"2026-01-02T03:04:05Z","reason":"as the newer version says","hue":{"b":1, "a":[2]}}`
	const other = `{"v":1,"kind":"escalated","at":"2026-01-02T03:04:05Z","to":["U0EVE"]}`
	n.writes(more)
	f.until("an event with an unknown field is told of", func() bool { return len(f.audited("as the newer version says")) == 1 })
	n.writes(other)
	old.says("request holds events of a newer version; left alone")
	before := n.load()

	f.press(town.Bob, card, "approve")
	f.told(town.Bob, "newer version of the bot")
	for _, ask := range []string{"status OFF-1", "list"} {
		seen := len(f.heard(town.Alice))
		f.deliver(commandsPath, f.command(town.Alice, ask))
		f.until("Alice is answered", func() bool { return len(f.heard(town.Alice)) > seen })
		if got := f.heard(town.Alice)[seen]; !strings.Contains(got, "leaves it alone") {
			t.Errorf("%s is answered with %q", ask, got)
		}
	}
	f.deliver(commandsPath, f.command(town.Alice, town.Dana.Email))
	f.told(town.Alice, "OFF-1") // the account stays reserved
	asked := time.Now()
	f.until("a newer replica finds the request free", func() bool {
		got, err := n.j.Claim(f.ctx, n.j.Now(), time.Millisecond, 10)
		return err == nil && len(got) == 1
	})
	if took := time.Since(asked); took > time.Second {
		t.Errorf("the newer replica had to wait for %s", took)
	}
	f.press(town.Bob, f.ask(town.Rosa, ""), "approve")
	f.until("the other request is done", func() bool { return len(f.audited(" completed ", "OFF-2")) == 1 })
	old.end()

	after := n.load()
	if len(after.Records) != len(before.Records) || after.Wake != before.Wake || !after.Open {
		t.Errorf("the request was not left alone: %d records, then %d", len(before.Records), len(after.Records))
	}
	kept := map[string]bool{}
	for _, r := range after.Records {
		kept[string(r.Body)] = true
	}
	if !kept[more] || !kept[other] || journal.Verify(after) != nil {
		t.Errorf("what the newer version wrote was not kept: %v", after.Records)
	}
	if got := len(old.out.entries("request holds events of a newer version; left alone")); got != 1 {
		t.Errorf("it is logged %d times", got)
	}
}
