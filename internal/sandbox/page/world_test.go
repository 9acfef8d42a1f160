package page

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/sandbox/town"
)

// world is a town without a bot, and its page.
type world struct {
	t    *testing.T
	town *town.Town
	page *httptest.Server
	logs []journal.Log
}

// Each gives what a bot's journal would.
func (w *world) Each(_ context.Context, f func(journal.Log) error) error {
	for _, l := range w.logs {
		if err := f(l); err != nil {
			return err
		}
	}
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(w *world) Bot { return Bot{Records: w} })
}

// newWorldWith has a bot of the test's own.
func newWorldWith(t *testing.T, bot func(*world) Bot) *world {
	t.Helper()
	tw, err := town.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, town: tw, page: httptest.NewUnstartedServer(nil)}
	w.serve(bot(w))
	return w
}

// newYours is a town for an app of one's own, and its page.
func newYours(t *testing.T) *world {
	t.Helper()
	tw, err := town.OpenYours(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, town: tw, page: httptest.NewUnstartedServer(nil)}
	w.serve(Bot{})
	return w
}

func (w *world) serve(bot Bot) {
	w.page.Config.Handler = newServer(w.town, bot, w.page.Listener.Addr().String())
	w.page.Start()
	w.t.Cleanup(func() {
		w.page.CloseClientConnections()
		w.page.Close()
		if err := w.town.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// send sends a request as the page does, changed by change. It returns the status and what the answer says is wrong.
func (w *world) send(path string, body any, change func(*http.Request)) (int, string) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.page.URL+"/api/"+path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Origin", w.page.URL)
	req.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct{ Error string }
	_ = json.NewDecoder(res.Body).Decode(&answer)
	return res.StatusCode, answer.Error
}

// get reads something of the page.
func (w *world) get(ctx context.Context, path string) *http.Response {
	w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.page.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (w *world) state(as string) state {
	w.t.Helper()
	var out state
	if err := json.NewDecoder(w.get(w.t.Context(), "/api/state?as="+as).Body).Decode(&out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (s state) channel(t *testing.T, id string) channel {
	t.Helper()
	for _, c := range s.Channels {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no channel %s", id)
	return channel{}
}

func (s state) provider(t *testing.T, name string) provider {
	t.Helper()
	for _, p := range s.Providers {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no provider %s", name)
	return provider{}
}
