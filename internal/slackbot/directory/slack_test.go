package directory_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"offboard/internal/secret"
	"offboard/internal/slackbot/webapi"
)

// slack answers each method with a fixed text, and remembers what it was asked.
type slack struct {
	mu      sync.Mutex
	answers map[string]string // "users.info U1", or "users.info"
	status  int
	asked   []string
}

func (s *slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := r.URL.Path[len("/api/"):]
	_ = r.ParseForm()
	s.asked = append(s.asked, method+"?"+r.PostForm.Encode())
	if s.status != 0 {
		w.WriteHeader(s.status)
		return
	}
	for _, key := range []string{method + " " + r.PostForm.Get("user") + r.PostForm.Get("channel"), method} {
		if text, ok := s.answers[key]; ok {
			_, _ = w.Write([]byte(text))
			return
		}
	}
	_, _ = w.Write([]byte(`{"ok":false,"error":"unknown_method"}`))
}

func client(t *testing.T, s *slack) *webapi.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := webapi.New(webapi.Options{APIURL: server.URL + "/api/", Token: secret.New("xoxb-1"), Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
