package redis_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// record is a write of one more record to the log at the version.
func record(id string, version int) journal.Write {
	l := journal.Log{ID: id, Records: make([]journal.Record, version)}
	return journal.Write{ID: id, Expect: version, Records: journal.Seal(l, journal.Draft{Body: []byte("{}")})}
}

// sure is such a write that must be confirmed.
func sure(id string, version int) journal.Write {
	w := record(id, version)
	w.Confirm = true
	return w
}

func put(t *testing.T, j *redis.Journal, w journal.Write) {
	t.Helper()
	if _, err := j.Append(t.Context(), w); err != nil {
		t.Fatalf("append to %s: %v", w.ID, err)
	}
}

// refused expects the append to fail with the error, in these words.
func refused(t *testing.T, j *redis.Journal, w journal.Write, want error, words string) {
	t.Helper()
	_, err := j.Append(t.Context(), w)
	if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), words) {
		t.Errorf("append to %s: error %v, want %v, %q", w.ID, err, want, words)
	}
}

func version(t *testing.T, j *redis.Journal, id string) int {
	t.Helper()
	l, err := j.Load(t.Context(), id)
	if errors.Is(err, journal.ErrNotFound) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return l.Version()
}

func wantVersion(t *testing.T, j *redis.Journal, id string, want int) {
	t.Helper()
	if got := version(t, j, id); got != want {
		t.Errorf("%s has version %d, want %d", id, got, want)
	}
}

// awaitTrouble waits until the journal says what is wrong; empty: until nothing is.
func awaitTrouble(t *testing.T, j *redis.Journal, words string) {
	t.Helper()
	redistest.Eventually(t, "trouble with "+words, func() bool {
		all := strings.Join(j.Trouble(), "; ")
		return all == "" && words == "" || words != "" && strings.Contains(all, words)
	})
}

func via(p *redistest.Proxy, o redis.Options) redis.Options {
	o.Addrs = []string{p.Addr()}
	return o
}

// TestLostAnswer: the server wrote and the answer was lost. go-redis sends again, and the operation is known.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	o := strict(shared, newPrefix())
	p := redistest.NewProxy(t, shared)
	j, other := open(t, via(p, o)), open(t, o)
	put(t, j, record("warm", 0))

	p.Lose("once", 1, nil)
	n, err := j.Append(t.Context(), record("once", 0))
	if err != nil || n != 2 {
		t.Errorf("number %d, %v", n, err)
	}
	wantVersion(t, other, "once", 1)

	p.Lose("between", 1, func() { put(t, other, record("between", 1)) })
	if n, err := j.Append(t.Context(), record("between", 0)); err != nil || n != 3 {
		t.Errorf("another writer came between: number %d, %v", n, err)
	}
	wantVersion(t, other, "between", 2)

	p.Lose("always", 1000, nil)
	if _, err := j.Append(t.Context(), record("always", 0)); err == nil || errors.Is(err, journal.ErrConflict) {
		t.Errorf("all answers lost: %v", err)
	}
	p.Lose("", 0, nil)
	wantVersion(t, other, "always", 1)
	if n, err := other.Append(t.Context(), record("next", 0)); err != nil || n != 5 {
		t.Errorf("the next number is %d, %v", n, err)
	}
}

// TestLostAnswerOfAWriteThatIsNotSafe: what is sent again must wait for the replica as the first time did, although another
// connection wrote.
func TestLostAnswerOfAWriteThatIsNotSafe(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t, redistest.Durable()...)
	replica := follower(t, master)
	o := strict(master, "p")
	p := redistest.NewProxy(t, master)
	j := open(t, via(p, o))
	put(t, j, sure("log", 0))
	p.Lose("unsafe", 1, nil)
	put(t, j, sure("unsafe", 0))

	replica.Stop()
	p.Lose("unsafe", 1, nil)
	refused(t, j, sure("unsafe", 1), journal.ErrNotDurable, "no replica had it")
	replica.Continue()
	wantVersion(t, j, "unsafe", 2)
}

// follower starts a replica and waits until it has caught up.
func follower(t *testing.T, master *redistest.Server) *redistest.Server {
	t.Helper()
	master.Must(t, "CONFIG", "SET", "repl-diskless-sync-delay", "0")
	r := redistest.Start(t, append(redistest.Durable(), "--replicaof", "127.0.0.1", strconv.Itoa(master.Port))...)
	master.Await(t, "state=online", "INFO", "replication")
	r.Await(t, "master_link_status:up", "INFO", "replication")
	return r
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t, redistest.Durable()...)
	o := strict(master, "p")
	j := open(t, o)
	put(t, j, sure("log", 0))
	if risks := j.Settings().Risks(); len(risks) > 0 {
		t.Errorf("a lone durable server has the risks %q", risks)
	}

	replica := follower(t, master)
	fresh := open(t, o) // has seen it
	replica.Stop()
	refused(t, fresh, sure("log", 1), journal.ErrNotDurable, "no replica had it")
	wantVersion(t, fresh, "log", 2)
	put(t, fresh, record("log", 2)) // nobody asked
	replica.Continue()
	put(t, fresh, sure("log", 3))

	replica.Kill()
	for _, j := range []*redis.Journal{j, fresh, open(t, o)} { // the last has never seen it
		awaitTrouble(t, j, "no replica is attached")
		refused(t, j, sure("log", 4), journal.ErrNotDurable, "nothing was written")
		wantVersion(t, j, "log", 4)
	}
	o.Accept = []redis.Accept{redis.NoReplicas}
	put(t, open(t, o), sure("log", 4))
	if err := replica.Restart(); err != nil {
		t.Fatal(err)
	}
	awaitTrouble(t, j, "")
	put(t, j, sure("log", 5))
}

// TestOldMarksAreClearedAway: deliveries that are old leave the store with the writes that follow.
func TestOldMarksAreClearedAway(t *testing.T) {
	t.Parallel()
	o := strict(shared, newPrefix())
	j := open(t, o)
	now, most := time.Now(), 0
	for n := range 5000 {
		if err := j.Remember(t.Context(), []string{strconv.Itoa(n)}, now.Add(time.Duration(n)*time.Minute), time.Minute); err != nil {
			t.Fatal(err)
		}
		left, err := strconv.Atoi(shared.Must(t, "ZCARD", "{"+o.Prefix+"}seen")[1:])
		if err != nil {
			t.Fatal(err)
		}
		if left < most {
			return
		}
		most = left
	}
	t.Errorf("%d deliveries are remembered", most)
}
