package main

import (
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// overSocket is a stage whose bot has its sockets open.
func overSocket(t *testing.T, p props) *stage {
	t.Helper()
	p.socket = true
	s := newStage(t, p)
	s.until("two sockets are open", func() bool { return s.slack.OpenSockets() >= 2 })
	return s
}

// took holds that a delivery was acknowledged.
func (s *stage) took(ack workspace.Ack, err error) {
	s.t.Helper()
	if err != nil || ack.Error != "" {
		s.t.Fatalf("not acknowledged: %v %s", err, ack.Error)
	}
}

// The main job over Socket Mode, with every payload delivered three times and again over other sockets.
func TestHostileSocketRedelivery(t *testing.T) {
	t.Parallel()
	s := overSocket(t, props{})
	s.slack.Switch(workspace.Switches{Copies: 2, RedeliverLost: true, EscapeMentions: true, MailtoEmails: true, Typographic: true})
	s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email+` --provider "ecgrid" reason:left`))
	card := s.card(town.Dana.ID)
	s.took(s.slack.Redeliver(s.ctx))
	s.took(s.slack.Click(s.ctx, town.Gus, card.Channel, card.TS, "approve"))
	s.told(town.Gus, "Guests cannot")
	s.took(s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"))
	s.took(s.slack.Redeliver(s.ctx))
	s.thread(card, "Done")
	s.took(s.slack.Redeliver(s.ctx))
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDone(card.TS)
	if n := len(s.requests()); n != 1 {
		t.Errorf("the journal has %d requests", n)
	}
}

// Connections that Slack refreshes, cuts or closes lose nothing.
func TestHostileSocketRefreshed(t *testing.T) {
	t.Parallel()
	s := overSocket(t, props{})
	s.slack.Switch(workspace.Switches{RedeliverLost: true})
	s.slack.Disconnect("warning", 3*time.Second, 0)
	s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
	card := s.card(town.Dana.ID)
	s.slack.Cut()
	s.until("a socket is open again", func() bool { return s.slack.OpenSockets() > 0 })
	s.took(s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"))
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDone(card.TS)
}

// What is for good ends the process, with one clear line.
func TestHostileSocketEnds(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{socket: true, later: true, before: func(tw *town.Town) {
				tw.Slack.Fault(workspace.Fault{Method: "apps.connections.open", Kind: workspace.FaultRefuse, Error: code})
			}})
			s.launch()
			if exit := s.ended(); exit == 0 {
				t.Error("the bot ended with 0")
			}
			s.lastLine(code)
		})
	}
	t.Run("link_disabled", func(t *testing.T) {
		t.Parallel()
		s := overSocket(t, props{})
		s.slack.Disconnect("link_disabled", 0, 0)
		if exit := s.ended(); exit == 0 {
			t.Error("the bot ended with 0")
		}
		s.lastLine("link_disabled")
	})
}
