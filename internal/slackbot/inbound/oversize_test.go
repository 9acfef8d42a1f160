package inbound_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"offboard/internal/secret"
	"offboard/internal/slackbot/httpin"
)

// endless is a body that somebody goes on sending until they are stopped. It counts what was taken of it.
type endless struct{ taken *atomic.Int64 }

func (e endless) Read(p []byte) (int, error) {
	e.taken.Add(int64(len(p)))
	return len(p), nil // whatever stands there is as good as anything
}

// Two hundred bodies without an end, eight at a time, are cut off after a MiB and what the network had under way, and leave nothing behind. It is not run
// beside other tests, because it looks at the memory of all.
func TestOversizeCostsNoMemory(t *testing.T) {
	b := newBot(t, false)
	defer b.end(t)
	h, err := httpin.New(secret.New(signingSecret), b.intake, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var taken, answered atomic.Int64
	before := heap()
	most := before.HeapSys
	for range 25 {
		var under sync.WaitGroup
		for range 8 {
			under.Go(func() {
				res, err := client.Post(server.URL+httpin.PathInteractions, "application/x-www-form-urlencoded", endless{&taken})
				if err != nil {
					return // cut off while it was still sending
				}
				defer func() { _ = res.Body.Close() }()
				_, _ = io.Copy(io.Discard, res.Body)
				if answered.Add(1); res.StatusCode != http.StatusRequestEntityTooLarge {
					t.Errorf("answered with %d", res.StatusCode)
				}
			})
		}
		under.Wait()
		most = max(most, heap().HeapSys)
	}
	after := heap()
	const each = 8 << 20 // far above what a network holds, far below what was offered
	if n := taken.Load(); n > 200*each {
		t.Errorf("%d bytes were taken of 200 bodies", n)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are left on the heap", grown)
	}
	if most > before.HeapSys+64<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before.HeapSys, most)
	}
	if _, writes, remembered := b.came(); len(writes) > 0 || remembered {
		t.Errorf("on record: %v", writes)
	}
	t.Logf("%d answered, %d bytes taken, heap %d → %d, at most %d from the machine", answered.Load(), taken.Load(), before.HeapAlloc, after.HeapAlloc, most)
}

func heap() runtime.MemStats {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m
}
