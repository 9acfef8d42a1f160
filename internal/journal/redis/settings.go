package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// The oldest version that is served, and the first that has WAITAOF.
const (
	oldest   = 6_02
	withWait = 7_02
)

// Settings are what a server was found to be and to be set to.
type Settings struct {
	Version   string
	Replica   bool // it follows another server
	Cluster   bool
	AOF       bool   // it writes an append-only file
	Fsync     string // appendfsync; empty: the server does not tell
	Rewriting bool   // no-appendfsync-on-rewrite: it does not flush while the file is rewritten
	Evicts    bool   // it has a bound of memory and throws away any key at it
	Full      bool   // it is at its bound
	Replicas  int    // that are attached and have caught up

	wanted bool // a write must be on a replica
	accept []Accept
}

// look asks the server what it is.
func look(ctx context.Context, n *redis.Client) (Settings, error) {
	var info *redis.StringCmd
	var conf *redis.MapStringStringCmd
	_, err := n.Pipelined(ctx, func(p redis.Pipeliner) error {
		info = p.Info(ctx)
		conf = p.ConfigGet(ctx, "*append*")
		return nil
	})
	if info.Err() != nil {
		err = info.Err()
	}
	if info.Val() == "" { // go-redis leaves a command without an error when the server refuses the log-in
		return Settings{}, fmt.Errorf("ask what it is: %w", err)
	}
	if err != nil && !isAnswer(err) {
		return Settings{}, fmt.Errorf("ask for its settings: %w", err)
	}
	if strings.Contains(info.Val(), "\nloading:1") {
		return Settings{}, errReading
	}
	return readSettings(info.Val(), conf.Val()), nil // a server that keeps its settings to itself leaves them empty
}

// errReading is what a server is at its start. It keeps its append-only file switched off for that time, which says nothing of its settings.
var errReading = errors.New("the server is still reading its data")

// isAnswer reports whether the error is one that the server answered.
func isAnswer(err error) bool {
	_, ok := errors.AsType[redis.Error](err)
	return ok
}

func readSettings(info string, conf map[string]string) Settings {
	f := map[string]string{}
	for line := range strings.Lines(info) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			f[k] = v
		}
	}
	used, _ := strconv.ParseInt(f["used_memory"], 10, 64)
	bound, _ := strconv.ParseInt(f["maxmemory"], 10, 64)
	s := Settings{
		Version: f["redis_version"], Replica: f["role"] == "slave", Cluster: f["cluster_enabled"] == "1",
		AOF: f["aof_enabled"] == "1", Fsync: conf["appendfsync"], Rewriting: conf["no-appendfsync-on-rewrite"] == "yes",
		// The policies that choose among keys with a time to live find none of ours.
		Evicts: bound > 0 && strings.HasPrefix(f["maxmemory_policy"], "allkeys-"),
		Full:   bound > 0 && used >= bound,
	}
	for k, v := range f {
		if strings.HasPrefix(k, "slave") && strings.Contains(v, "state=online") {
			s.Replicas++
		}
	}
	return s
}

// number is the version as one number, 7.0.15 as 700; 0 when it is none.
func (s Settings) number() int {
	major, rest, _ := strings.Cut(s.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil {
		return 0
	}
	return 100*a + b
}

// fit says why the server cannot be used at all, or, where that is asked, not for writing.
func (s Settings) fit(o Options) error {
	switch {
	case s.number() < oldest:
		return fmt.Errorf("it is Redis %q; 6.2 or newer is needed", s.Version)
	case s.Replica:
		return errors.New("it is a replica, which takes no writes; name its master, or the Sentinels")
	case s.Cluster && o.Kind != Cluster:
		return errors.New("it is a node of a Redis Cluster; write the address as redis+cluster://")
	case !s.Cluster && o.Kind == Cluster:
		return errors.New("it is no Redis Cluster; write the address as redis://")
	case !o.Strict:
		return nil
	case s.Evicts && !o.accepts(Eviction):
		return errors.New("it throws keys away when its memory is full, approvals too; set maxmemory-policy noeviction, or accept: [eviction]")
	case !s.AOF && !o.accepts(NoPersistence):
		return errors.New("it keeps no append-only file, so its end loses approvals; set appendonly yes, or accept: [no_persistence]")
	case s.disk() == proofNone:
		return fmt.Errorf("it cannot confirm that a write is safe: %s", s.why())
	default:
		return nil
	}
}

// proof is how it is known that a write is on this server's disk.
type proof int

const (
	proofAnswer proof = iota // the answer comes after it
	proofWait                // WAITAOF says so
	proofNone                // nothing says so
)

func (s Settings) disk() proof {
	switch {
	case s.accepts(NoPersistence) && !s.AOF, s.AOF && s.Fsync == "always" && !s.Rewriting:
		return proofAnswer
	case s.AOF && s.number() >= withWait:
		return proofWait
	default:
		return proofNone
	}
}

func (s Settings) accepts(a Accept) bool { return Options{Accept: s.accept}.accepts(a) }

// why says what keeps the disk from being proof, and what to do.
func (s Settings) why() string {
	switch {
	case !s.AOF:
		return "it keeps no append-only file; set appendonly yes and appendfsync always"
	case s.Fsync == "":
		return "it does not tell its settings (CONFIG GET is refused), and Redis " + s.Version + " has no WAITAOF; allow config|get, or use Redis 7.2"
	case s.Rewriting && s.Fsync == "always":
		return "no-appendfsync-on-rewrite is set; set it to no"
	default:
		return "appendfsync is " + s.Fsync + ", and Redis " + s.Version + " has no WAITAOF; set appendfsync always, or use Redis 7.2"
	}
}

// Risks are sentences that say what could be lost, for people. Empty: nothing that was acknowledged.
func (s Settings) Risks() []string {
	var out []string
	add := func(yes bool, text string) {
		if yes {
			out = append(out, text)
		}
	}
	add(s.Evicts, "Redis throws keys away when its memory is full: whole requests can vanish. Set maxmemory-policy noeviction.")
	add(!s.AOF, "Redis keeps no append-only file: its end loses every request since its last snapshot. Set appendonly yes.")
	add(s.AOF && s.Fsync == "everysec", "A power cut can lose up to two seconds of approvals; the bot will ask again, it will not act twice"+
		s.unless()+".")
	add(s.AOF && s.Fsync == "no", "A power cut can lose up to half a minute of approvals; the bot will ask again, it will not act twice"+
		s.unless()+".")
	add(s.AOF && s.Fsync == "", "Redis does not tell how often it writes to its disk: a power cut may lose approvals.")
	add(s.Rewriting, "While Redis rewrites its append-only file a power cut can lose approvals. Set no-appendfsync-on-rewrite no.")
	add(s.disk() == proofNone, "A write cannot be confirmed safe: "+s.why()+".")
	add(s.Replicas > 0 && !s.wanted, "A failover can lose approvals: the configuration accepts writes that no replica has.")
	return out
}

// unless takes back the promise where nothing confirms it.
func (s Settings) unless() string {
	if s.disk() == proofNone {
		return " unless the begin of a step was lost too"
	}
	return ""
}

// missing says why a write could not be confirmed now; empty: it could.
func (s Settings) missing(strict bool) string {
	switch {
	case strict && s.Evicts && !s.accepts(Eviction):
		return "Redis throws keys away when its memory is full"
	case strict && s.disk() == proofNone:
		return s.why()
	case s.wanted && s.Replicas == 0:
		return "no replica is attached to the server"
	default:
		return ""
	}
}
