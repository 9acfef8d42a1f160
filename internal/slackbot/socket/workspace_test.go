package socket_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"offboard/internal/commands"
	"offboard/internal/sandbox/workspace"
	"offboard/internal/secret"
	"offboard/internal/slackbot/inbound"
	"offboard/internal/slackbot/socket"
	"offboard/internal/slackbot/webapi"
)

// bot answers each command with what was typed.
type bot struct{}

func (bot) Command(_ context.Context, c commands.Command) (commands.Ack, commands.Later, error) {
	return commands.Ack{Text: "you typed " + c.Text}, nil, nil
}

func (bot) Click(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
	return commands.Ack{}, nil, nil
}

func (bot) Submit(context.Context, commands.Submit) (commands.Ack, commands.Later, error) {
	return commands.Ack{}, nil, nil
}

// local is a workspace with a client that is connected to it twice.
func local(t *testing.T) (w *workspace.Workspace, ctx context.Context, ended chan error) {
	t.Helper()
	w = workspace.New(workspace.Config{})
	if err := w.Start(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	cfg, log := w.Config(), slog.New(slog.DiscardHandler)
	w.AddPerson(workspace.Person{ID: "U1", Name: "ann", Email: "ann@example.com"})
	w.AddChannel(workspace.Channel{ID: "C1", Name: "here", Members: []string{"U1", cfg.BotUserID}})
	api, err := webapi.New(webapi.Options{APIURL: w.APIURL(), Token: secret.New(cfg.AppToken)})
	if err != nil {
		t.Fatal(err)
	}
	d, err := inbound.NewDecoder(cfg.TeamID, cfg.AppID, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	intake := inbound.NewIntake(d, bot{}, inbound.NewRunner(10, log), log, nil)
	c, err := socket.New(socket.Config{API: api, Intake: intake, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	ended = make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	sockets(t, ctx, w, func() bool { return w.OpenSockets() == 2 })
	return w, ctx, ended
}

func sockets(t *testing.T, ctx context.Context, w *workspace.Workspace, ok func() bool) { //nolint:revive // t comes first in tests
	t.Helper()
	if err := w.Wait(ctx, ok); err != nil {
		t.Fatalf("%v: %+v", err, w.Sockets())
	}
}

func typed(t *testing.T, ctx context.Context, w *workspace.Workspace, text string) { //nolint:revive // t comes first in tests
	t.Helper()
	ack, err := w.Command(ctx, "U1", "C1", "/offboard", text)
	if err != nil || ack.Error != "" || len(ack.Faults) != 0 || ack.Socket == 0 || len(ack.Payload) == 0 {
		t.Errorf("%s: %+v, %v", text, ack, err)
	}
}

// TestNothingIsLost: over a refresh of one connection, and after the network has cut both.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	w, ctx, _ := local(t)
	for range 4 {
		typed(t, ctx, w, "before")
	}
	w.Disconnect(workspace.ReasonWarning, time.Second, 1)
	for range 20 {
		typed(t, ctx, w, "meanwhile")
	}
	sockets(t, ctx, w, func() bool { s := w.Sockets(); return len(s) == 3 && !s[0].ClosedAt.IsZero() })
	if s := w.Sockets(); !s[2].OpenedAt.Before(s[0].ClosedAt) {
		t.Errorf("the third was opened at %s, after the first was closed at %s", s[2].OpenedAt, s[0].ClosedAt)
	}
	w.Cut()
	sockets(t, ctx, w, func() bool { return len(w.Sockets()) == 5 && w.OpenSockets() == 2 })
	typed(t, ctx, w, "after")
}

func TestSwitchedOffAtSlack(t *testing.T) {
	t.Parallel()
	w, _, ended := local(t)
	w.Disconnect(workspace.ReasonLinkDisabled, time.Second, 0)
	err := <-ended
	if p, ok := errors.AsType[*socket.PermanentError](err); !ok || p.Code != "link_disabled" {
		t.Errorf("Run returned %v", err)
	}
	ended <- nil
}
