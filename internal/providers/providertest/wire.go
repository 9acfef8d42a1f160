package providertest

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"offboard/internal/providers"
)

func wireCases() map[string]func(*testing.T, *stand) {
	return map[string]func(*testing.T, *stand){
		"wire/a connection of its own":   ownConnection,
		"wire/http on loopback only":     plainHTTP,
		"wire/hangs up before answering": hangUp,
	}
}

// ownConnection warms connections up with reads: a write on one of them could be repeated by net/http.
func ownConnection(t *testing.T, s *stand) {
	_, o := s.anna(t)
	_, other := s.anna(t)
	for _, o := range []providers.Order{o, other} {
		if _, err := s.do(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	s.look(t, o, providers.Reached)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.requests {
		if !r.write {
			continue
		}
		for j, other := range s.requests {
			if i != j && other.from == r.from {
				t.Errorf("a write shares a connection")
			}
		}
		if r.header.Get("Idempotency-Key") != "" || r.header.Get("X-Idempotency-Key") != "" || r.proto != "HTTP/1.1" {
			t.Errorf("net/http could repeat this write: %s %v", r.proto, r.header)
		}
	}
}

func plainHTTP(t *testing.T, s *stand) {
	for _, url := range []string{
		"http://id.example.com", "http://10.0.0.1", "ftp://127.0.0.1", "https://user:password@id.example.com", "https://id.example.com?x=1",
		"https://", "", "id.example.com", "://",
	} {
		if _, err := s.Connect(Link{URL: url, Timeout: patient}); err == nil {
			t.Errorf("connects to %q", url)
		} else if strings.Contains(err.Error(), "password") && strings.Contains(url, "password@") && strings.Contains(err.Error(), url) {
			t.Errorf("the error repeats the url's password: %v", err)
		}
	}
}

// hangUp closes each connection after the request has come: net/http would take that for a stale connection and repeat a read.
func hangUp(t *testing.T, s *stand) {
	_, o := s.anna(t)
	var came atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "oauth") {
			s.Server.ServeHTTP(w, r)
			return
		}
		came.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}))
	t.Cleanup(server.Close)
	s.p = s.connect(t, server.URL, patient)
	_, err := s.do(t.Context(), o)
	if e, ok := asError(err); !ok || e.Kind != providers.UnknownOutcome || e.NotSent {
		t.Errorf("error = %+v, want unknown outcome", err)
	}
	if came.Load() != 1 {
		t.Errorf("%d requests came, want 1", came.Load())
	}
}
