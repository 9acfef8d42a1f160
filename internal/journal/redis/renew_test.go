package redis_test

import (
	"sync"
	"testing"
	"time"

	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
	"offboard/internal/secret"
)

// exchanged is a password that is exchanged, which is found out by asking.
type exchanged struct {
	mu    sync.Mutex
	now   string
	then  string
	asked int
}

func (e *exchanged) Get() secret.String {
	e.mu.Lock()
	defer e.mu.Unlock()
	return secret.New(e.now)
}

func (e *exchanged) Instead(refused secret.String) (secret.String, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked++
	e.now = e.then
	return secret.New(e.now), e.now != refused.Reveal()
}

func (e *exchanged) to(then string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.then = then
}

// The server gets another password and closes every connection: a read goes well with the new one at once, and a write that was refused wrote nothing.
func TestPasswordIsExchanged(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, append(redistest.Durable(), "--user", "bot", "on", ">first", "~*", "&*", "+@all")...)
	p := &exchanged{now: "first", then: "first"}
	o := strict(s, "p")
	o.Username, o.Password = "bot", p
	j := open(t, o)
	put(t, j, sure("log", 0))
	exchange := func(password string) {
		s.Must(t, "ACL", "SETUSER", "bot", "resetpass", ">"+password)
		p.to(password)
		s.Must(t, "CLIENT", "KILL", "USER", "bot")
	}
	exchange("second")
	if l, err := j.Load(t.Context(), "log"); err != nil || len(l.Records) != 1 || p.Get().Reveal() != "second" {
		t.Errorf("Load: %v", err)
	}
	exchange("third")
	_, err := j.Append(t.Context(), sure("log", 1))
	if err != nil { // unless the inspector was there first
		if l, err := j.Load(t.Context(), "log"); err != nil || len(l.Records) != 1 {
			t.Errorf("a refused write left %d records, %v", len(l.Records), err)
		}
		_, err = j.Append(t.Context(), sure("log", 1))
	}
	if l, loaded := j.Load(t.Context(), "log"); err != nil || loaded != nil || len(l.Records) != 2 {
		t.Errorf("the next write: %v, %d records, %v", err, len(l.Records), loaded)
	}
	p.to("wrong")
	s.Must(t, "ACL", "SETUSER", "bot", "resetpass", ">fourth")
	s.Must(t, "CLIENT", "KILL", "USER", "bot")
	fails := func() bool { _, err := j.Load(t.Context(), "log"); return err != nil }
	redistest.Eventually(t, "a password that is wrong too is told", fails)
	p.to("fourth")
	redistest.Eventually(t, "the inspector finds the right one", func() bool { return len(j.Trouble()) == 0 && !fails() })
}

// The Sentinels ask for a password, and get another: whoever looks for the master then signs in with the new one.
func TestSentinelPasswordIsExchanged(t *testing.T) {
	t.Parallel()
	g := redistest.StartGuarded(t)
	p := &exchanged{now: "first", then: "second"}
	o := redis.Options{
		Kind: redis.Sentinel, Addrs: g.Addrs(), Master: redistest.MasterName, Prefix: "p", Strict: true, SentinelPassword: p,
	}
	for _, s := range g.Sentinels {
		s.Must(t, "ACL", "SETUSER", "default", "resetpass", ">second")
	}
	j, err := redis.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	if p.asked == 0 {
		t.Error("the first password was never refused")
	}
	put(t, j, sure("log", 0))
	wrong := o
	wrong.SentinelPassword = secret.New("first")
	began := time.Now()
	if _, err := redis.Open(t.Context(), wrong); err == nil {
		t.Errorf("a wrong password is taken, after %s", time.Since(began))
	}
}
