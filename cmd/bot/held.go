package main

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/approvals"
	"offboard/internal/book"
)

// What counting costs is bounded: whoever asks for the metrics has the store read so many requests at most, and not again for a while.
const (
	mostCountedOpen = 1000
	countedFor      = 10 * time.Second
)

// heldCount counts the requests that a cap holds, among the newest open ones.
type heldCount struct {
	book *book.Book
	mu   sync.Mutex
	at   time.Time
	n    float64
}

// watchHeld shows on every replica how many requests a cap holds, as the store says; NaN where it does not say.
func watchHeld(reg prometheus.Registerer, b *book.Book) {
	h := &heldCount{book: b}
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "offboard_held", Help: "Requests that a cap holds, among the newest 1,000 open ones.",
	}, h.count))
}

func (h *heldCount) count() float64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.at.IsZero() && time.Since(h.at) < countedFor {
		return h.n
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	open, err := h.book.Open(ctx, mostCountedOpen)
	h.at, h.n = time.Now(), 0
	if err != nil {
		h.n = math.NaN()
	}
	for _, r := range open {
		if r.State == approvals.StateHeld {
			h.n++
		}
	}
	return h.n
}
