package main

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/providers"
)

// meter counts what the dispatcher does. Labels are enums and configured names.
type meter struct {
	ended      *prometheus.CounterVec
	tellFailed *prometheus.CounterVec
}

var _ dispatch.Meter = (*meter)(nil)

func newMeter(reg prometheus.Registerer) *meter {
	m := &meter{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "offboard_steps_ended_total", Help: "Steps that ended, by outcome. An unknown one is counted again when it becomes known.",
		}, []string{"provider", "action", "outcome"}),
		tellFailed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "offboard_tell_failures_total", Help: "Messages to Slack that failed, by place and kind.",
		}, []string{"to", "kind"}),
	}
	reg.MustRegister(m.ended, m.tellFailed)
	return m
}

// watchFrozen shows on every replica whether everything is stopped, as the store says at that moment; NaN where it does not say.
func watchFrozen(reg prometheus.Registerer, b *book.Book) {
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "offboard_frozen", Help: "1 while a freeze stops every call, else 0.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		switch f, err := b.Frozen(ctx); {
		case err != nil:
			return math.NaN()
		case f != nil:
			return 1
		default:
			return 0
		}
	}))
}

// Ended counts a step that ended.
func (m *meter) Ended(provider string, action providers.Action, o approvals.Outcome) {
	m.ended.WithLabelValues(provider, string(action), string(o)).Inc()
}

// TellFailed counts a message that could not be told.
func (m *meter) TellFailed(to dispatch.Channel, k dispatch.TellKind) {
	m.tellFailed.WithLabelValues(string(to), string(k)).Inc()
}
