package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"offboard/internal/journal"
)

// confirmTime is how long the server may take until a write is safe.
const confirmTime = 2 * time.Second

// attempts is how often an append is sent to another server than before, each with go-redis's own retries. The operation id makes
// that safe.
const attempts = 4

// mayConfirm refuses a write that must be confirmed when the last inspection says that it cannot be, so that nothing was done.
func (j *Journal) mayConfirm() error {
	if why := j.Settings().missing(j.options.Strict); why != "" {
		return fmt.Errorf("%w: nothing was written: %s", journal.ErrNotDurable, why)
	}
	return nil
}

// runAppend sends the script, and behind it on the same connection what proves that the write is safe. Unproven is why it is not;
// the answer is there all the same.
func (j *Journal) runAppend(ctx context.Context, keys []string, args []any, confirm bool) (answer []any, unproven, err error) {
	source := false
	for attempt := 1; ; attempt++ {
		s := sending{keys: keys, args: args, source: source}
		if confirm {
			s.settings = j.Settings()
			s.strict = j.options.Strict
		}
		answer, unproven, err = j.send(ctx, s)
		if err == nil || attempt == attempts || ctx.Err() != nil {
			return answer, unproven, explain(err)
		}
		switch {
		case redis.HasErrorPrefix(err, "NOSCRIPT"):
			source = true
		case !j.moved(ctx, err):
			return nil, nil, fmt.Errorf("journal: append: %w", explain(err))
		}
	}
}

// sending is one append on its way.
type sending struct {
	keys     []string
	args     []any
	source   bool     // the server does not know the script yet
	settings Settings // zero: nothing is to be confirmed
	strict   bool
}

func (s sending) script(ctx context.Context, to redis.Scripter) *redis.Cmd {
	if s.source {
		return appendScript.Eval(ctx, to, s.keys, s.args...)
	}
	return appendScript.EvalSha(ctx, to, s.keys, s.args...)
}

func (j *Journal) send(ctx context.Context, s sending) (answer []any, unproven, err error) {
	n, err := node(ctx, j)
	if err != nil {
		return nil, nil, err
	}
	if s.settings.disk() != proofWait && !s.settings.wanted {
		answer, err = s.script(ctx, n).Slice()
		return answer, nil, err
	}
	var script, disk, replicas *redis.Cmd
	_, err = n.Pipelined(ctx, func(p redis.Pipeliner) error {
		script = s.script(ctx, p)
		if s.settings.disk() == proofWait {
			disk = p.Do(ctx, "waitaof", 1, 0, confirmTime.Milliseconds())
		}
		if s.settings.wanted {
			replicas = p.Do(ctx, "wait", 1, confirmTime.Milliseconds())
		}
		return nil
	})
	if script.Err() != nil {
		return nil, nil, script.Err()
	}
	if script.Val() == nil {
		return nil, nil, fmt.Errorf("no answer: %w", err)
	}
	answer, err = script.Slice()
	return answer, errors.Join(diskProof(disk), replicaProof(replicas)), err
}

func diskProof(c *redis.Cmd) error {
	if c == nil {
		return nil
	}
	switch local, err := c.Slice(); {
	case err != nil:
		return fmt.Errorf("%w: WAITAOF: %w", journal.ErrNotDurable, err)
	case number(local, 0) < 1:
		return fmt.Errorf("%w: the server's disk did not have it in %s", journal.ErrNotDurable, confirmTime)
	default:
		return nil
	}
}

func replicaProof(c *redis.Cmd) error {
	if c == nil {
		return nil
	}
	switch n, err := c.Int(); {
	case err != nil:
		return fmt.Errorf("%w: WAIT: %w", journal.ErrNotDurable, err)
	case n < 1:
		return fmt.Errorf("%w: no replica had it in %s", journal.ErrNotDurable, confirmTime)
	default:
		return nil
	}
}

// moved reports whether another server of the Cluster may take the write now, and waits until that is known.
func (j *Journal) moved(ctx context.Context, err error) bool {
	c, ok := j.client.(*redis.ClusterClient)
	if !ok || isAnswer(err) && !redis.HasErrorPrefix(err, "MOVED") && !redis.HasErrorPrefix(err, "ASK") &&
		!redis.HasErrorPrefix(err, "CLUSTERDOWN") && !redis.HasErrorPrefix(err, "READONLY") && !redis.HasErrorPrefix(err, "TRYAGAIN") {
		return false
	}
	timer := time.NewTimer(200 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		c.ReloadState(ctx)
		return true
	}
}

// explain puts before an error of the connection or the server what it means, where that is known.
func explain(err error) error {
	if err == nil {
		return nil
	}
	for _, e := range []struct{ sign, means string }{
		{"OOM ", "the server's memory is full"},
		{"MISCONF", "the server cannot write to its disk"},
		{"READONLY", "the server is a read-only replica"},
		{"NOREPLICAS", "the server has too few replicas to take writes"},
		{"WRONGPASS", "the server refuses the user name or the password"},
		{"NOAUTH", "the server asks for a password"},
		{"ERR AUTH", "the server asks for no password, or for a user name too"},
		{"NOPERM", "the server does not let this user do what the journal needs"},
		{"LOADING", "the server is still reading its data"},
		{"WRONGTYPE", "another program uses a key of the journal"},
	} {
		if redis.HasErrorPrefix(err, e.sign) {
			return fmt.Errorf("%s: %w", e.means, err)
		}
	}
	op, dial := errors.AsType[*net.OpError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	slow, ok := errors.AsType[net.Error](err)
	switch {
	case dial && op.Op == "dial":
		return fmt.Errorf("it cannot be reached: %w", err)
	case untrusted:
		return fmt.Errorf("its certificate is not trusted: %w", err)
	case ok && slow.Timeout():
		return fmt.Errorf("it does not answer: %w", err)
	case strings.Contains(err.Error(), "cluster support disabled"):
		return fmt.Errorf("it is no Redis Cluster; write the address as redis://: %w", err)
	case !isAnswer(err) && strings.Contains(err.Error(), "redis: can't parse"):
		return fmt.Errorf("it does not answer as Redis does: %w", err)
	default:
		return err
	}
}
