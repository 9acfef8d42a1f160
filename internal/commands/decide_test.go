package commands_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
)

// everybody is a directory in which everybody is who they say.
type everybody struct{ commands.Directory }

func (everybody) Person(_ context.Context, s commands.Sender) (approvals.Person, error) {
	return approvals.Person{ID: s.UserID}, nil
}

// told keeps what one person was answered.
type told struct{ replies []commands.Reply }

func (t *told) Private(_ context.Context, r commands.Reply) error {
	t.replies = append(t.replies, r)
	return nil
}

// desk is a service with one pending request, asked for by U1.
type desk struct {
	t       *testing.T
	book    *book.Book
	request *approvals.Request
	service *commands.Service
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	b := book.New(j, time.Now)
	r, err := b.Create(t.Context(), approvals.Ask{
		By: approvals.Person{ID: "U1"}, Requester: true, Policy: approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour},
		Plan: approvals.Plan{Steps: []approvals.Step{{Account: providers.Account{Provider: "idp", ID: "1"}, Action: providers.Delete}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := commands.New(b, everybody{}, nil, nil, commands.Settings{Command: "/offboard"}, time.Now, slog.New(slog.DiscardHandler))
	return &desk{t: t, book: b, request: r, service: s}
}

// says types the command, and returns what is left to do after the acknowledgement.
func (d *desk) says(user, key, text string) (*told, commands.Later) {
	d.t.Helper()
	to := &told{}
	_, later, err := d.service.Command(d.t.Context(), commands.Command{
		From: commands.Sender{UserID: user}, Delivery: commands.Delivery{Keys: []string{key}}, Text: text, Reply: to,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return to, later
}

func (d *desk) state() approvals.State {
	d.t.Helper()
	now, err := d.book.Get(d.t.Context(), d.request.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return now.State
}

func TestWithdrawIsOnRecordBeforeItIsAcknowledged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	line := "withdraw " + d.request.Name()
	to, later := d.says("U2", "first", line)
	later(t.Context())
	if d.state() != approvals.StatePending || len(to.replies) != 1 {
		t.Errorf("somebody else: %s, told %v", d.state(), to.replies)
	}
	to, later = d.says("U1", "second", line)
	if d.state() != approvals.StateWithdrawn {
		t.Errorf("acknowledged while it is %s", d.state())
	}
	later(t.Context())
	if len(to.replies) != 1 {
		t.Errorf("told %v", to.replies)
	}
	for _, key := range []string{"first", "second"} {
		if _, later := d.says("U1", key, line); later != nil {
			t.Errorf("the repeat of the %s is answered again", key)
		}
	}
}
