package town

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// visit asks a provider over a client's connections, and reports whether there was an answer.
func visit(t *testing.T, c *http.Client, method, url string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return true
}

func client(t *testing.T) *http.Client {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// A provider that is down cuts who is connected, lets nobody in, and comes back at the same address.
func TestAProviderIsDown(t *testing.T) {
	t.Parallel()
	tw := open(t)
	down := func(o Outage) {
		t.Helper()
		if err := tw.Down(t.Context(), "torii", o); err != nil {
			t.Fatal(err)
		}
	}
	kept, url := client(t), tw.URL("torii")
	for range 3 {
		if !visit(t, kept, http.MethodGet, url) {
			t.Fatal("it is up, and does not answer")
		}
		down(DownWhole)
		down(DownWhole)
		if visit(t, kept, http.MethodGet, url) || visit(t, client(t), http.MethodGet, url) {
			t.Fatal("it is down, and answers")
		}
		if !visit(t, kept, http.MethodGet, tw.URL("ecgrid")) || tw.Outage("ecgrid") != Up {
			t.Fatal("another is down with it")
		}
		down(Up)
	}
	if got := len(tw.Torii.Calls()); got != 3 {
		t.Errorf("%d calls arrived", got)
	}
}

// Down for calls: who is connected is answered, and no new connection can be made from a read on.
func TestAProviderIsDownForCalls(t *testing.T) {
	t.Parallel()
	tw := open(t)
	kept, url := client(t), tw.URL("torii")
	if err := tw.Down(t.Context(), "torii", DownCalls); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the first over a new connection, which may be long after the last read
		if !visit(t, kept, http.MethodGet, url) {
			t.Fatal("a read is not answered")
		}
		if visit(t, client(t), http.MethodDelete, url+"/api/server/v1/users/"+Kim.ID) {
			t.Fatal("a call got a connection")
		}
	}
	if err := tw.Down(t.Context(), "torii", Up); err != nil {
		t.Fatal(err)
	}
	if !visit(t, client(t), http.MethodDelete, url) || tw.Outage("torii") != Up {
		t.Error("it does not come back")
	}
}

// Where another program has been given the port meanwhile, that is said, and it can be tried again.
func TestAProviderWhoseAddressIsTakenStaysDown(t *testing.T) {
	t.Parallel()
	tw := open(t)
	if err := tw.Down(t.Context(), "torii", DownWhole); err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(tw.URL("torii"), "http://")
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := tw.Down(t.Context(), "torii", Up); err == nil || !strings.Contains(err.Error(), "Try again") || tw.Outage("torii") != DownWhole {
		t.Errorf("it is %q: %v", tw.Outage("torii"), err)
	}
	_ = other.Close()
	if err := tw.Down(t.Context(), "torii", Up); err != nil || !visit(t, client(t), http.MethodGet, tw.URL("torii")) {
		t.Error("it does not come back", err)
	}
}
