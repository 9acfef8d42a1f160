package main

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/slackbot/httpin"
)

// admin is where health and metrics are.
func (s *stage) admin() string {
	ready := s.out.entries("ready")
	at, _ := ready[len(ready)-1]["admin_listen"].(string)
	return "http://" + at
}

// get asks by hand, and gives the status and body.
func (s *stage) get(address string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		s.t.Error(err)
		return 0, ""
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Error(err)
	}
	return res.StatusCode, string(body)
}

// apart puts health and metrics on a listener of their own.
var apartAdmin = []string{"listen: 127.0.0.1:0", "listen: 127.0.0.1:0\n  admin_listen: 127.0.0.1:0"}

// Health and metrics are either beside Slack's paths or on a listener of their own, which knows nothing of Slack.
func TestAdminListener(t *testing.T) {
	t.Parallel()
	paths := []string{"/healthz", "/readyz", "/metrics"}
	s := newStage(t, props{edit: apartAdmin})
	if s.admin() == s.base {
		t.Fatal("there is one listener only")
	}
	for _, path := range paths {
		if status, _ := s.get(s.base + path); status != http.StatusNotFound {
			t.Errorf("%s is answered with %d where Slack posts to", path, status)
		}
		if status, body := s.get(s.admin() + path); status != http.StatusOK || body == "" {
			t.Errorf("%s is answered with %d %q", path, status, body)
		}
	}
	if status, _ := s.get(s.admin() + commandsPath); status != http.StatusNotFound {
		t.Errorf("Slack's path is answered with %d beside health", status)
	}
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")

	together := newStage(t, props{})
	for _, path := range paths {
		if status, _ := together.get(together.base + path); status != http.StatusOK {
			t.Errorf("%s is answered with %d", path, status)
		}
	}
}

// 600 connections that send a line and no more: health answers on its own listener meanwhile, what people do is answered as soon as those have been
// cut off, and nothing was done for any of them.
func TestHostileCrowd(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: apartAdmin})
	const crowd = 600
	began := time.Now()
	var all []net.Conn
	for range crowd {
		c, err := (&net.Dialer{}).DialContext(s.ctx, "tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, "POST "+commandsPath+" HTTP/1.1\r\nHost: h\r\nX-Slack-"); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, said := s.get(s.admin() + path); status != http.StatusOK {
			t.Errorf("%s is answered with %d %q", path, status, said)
		}
	}
	card := s.ask(town.Dana, "")
	if took := time.Since(began); took > patience/2 {
		t.Errorf("a command was answered after %s", took)
	}
	for _, c := range slices.Backward(all[:httpin.MostConnections]) {
		_, _ = io.Copy(io.Discard, c) // until the server has cut it off
	}
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDone(card.TS)
}

// An address that is taken, and one that is Slack's too, are told by their key.
func TestAdminListenTaken(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := newStage(t, props{later: true, edit: []string{"listen: 127.0.0.1:0", "listen: 127.0.0.1:0\n  admin_listen: " + l.Addr().String()}})
	s.wontStart("http.admin_listen", l.Addr().String())
}
