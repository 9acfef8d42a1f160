package zitadel_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"offboard/internal/providers/zitadel"
	"offboard/internal/secret"
)

// answerer answers every call in one way, for answers that no instance gives.
type answerer struct {
	status      int
	contentType string
	body        string
}

func (a answerer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if a.contentType == "" {
		a.contentType = "application/json"
	}
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// over makes a provider over a handler.
func over(t *testing.T, h http.Handler) *zitadel.Provider {
	t.Helper()
	p, err := zitadel.New(zitadel.Config{Name: "stub", URL: serve(t, h), Token: secret.New(pat)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// serve starts a handler and gives its address.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
