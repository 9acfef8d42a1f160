package redis_test

import (
	"errors"
	"strings"
	"testing"

	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// TestStillReading: while a server reads its data at its start it says that it keeps no append-only file. That is no fault of its settings.
func TestStillReading(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, append(redistest.Durable(), "--key-load-delay", "100")...)
	s.Must(t, "EVAL", "for i = 1, 6144 do redis.call('SET', 'k'..i, i) end", "0")
	s.Kill()
	back := make(chan error, 1)
	go func() { back <- s.Restart() }()
	seen := false
	for len(back) == 0 {
		j, err := redis.Open(t.Context(), strict(s, "p"))
		if err == nil {
			_ = j.Close()
			break
		}
		if errors.Is(err, redis.ErrUnfit) {
			t.Errorf("Open = %v", err)
		}
		seen = seen || strings.Contains(err.Error(), "still reading")
	}
	if err := <-back; err != nil || !seen {
		t.Errorf("the server came back with %v; it was met while it read: %t", err, seen)
	}
}
