package providertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func secretCases() map[string]func(*testing.T, *stand) {
	cases := map[string]func(*testing.T, *stand){}
	for _, status := range []int{200, 201, 400, 401, 403, 404, 409, 429, 500, 503} {
		cases[fmt.Sprintf("secrets/echoed in a %d", status)] = func(t *testing.T, s *stand) { s.against(t, echoedError(status)) }
	}
	for i, form := range offProtocol {
		cases[fmt.Sprintf("secrets/echoed off protocol %d", i)] = func(t *testing.T, s *stand) { s.against(t, echoedRaw(form)) }
	}
	return cases
}

// echo gives the caller's credential back, whatever header it came in.
func echo(r *http.Request) string {
	credential := r.Header.Get("X-Api-Key") + r.Header.Get("Authorization")
	return strings.TrimPrefix(credential, "Bearer ")
}

// echoedError repeats the credential in every field in which a vendor could look for something to say.
func echoedError(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := echo(r)
		raw, _ := json.Marshal(map[string]any{
			"code": key, "errorCode": key, "message": key, "title": key, "detail": key, "type": key, "supportId": key, "error": key,
			"error_description": key, "success": false, "data": key,
			"details": []any{map[string]any{"@type": "type.googleapis.com/zitadel.v1.ErrorDetail", "id": key, "message": key}},
		})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(raw)
	}
}

// offProtocol has the credential, at the percent sign, where net/http quotes what it could not read.
var offProtocol = []string{
	"%\r\n\r\n",
	"HTTP/1.1 200 OK\r\n%\r\n\r\n",
	"HTTP/1.1 % no\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: %\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: %\r\n\r\n",
	"HTTP/1.1 302 Found\r\nLocation: https://x/%\r\nContent-Length: 0\r\n\r\n",
}

func echoedRaw(form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := strings.ReplaceAll(form, "%", echo(r))
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte(answer))
			_ = conn.Close()
		}
	}
}

// against asks everything of a hostile server. Nothing may succeed; what was said is searched at the end of the case.
func (s *stand) against(t *testing.T, hostile http.HandlerFunc) {
	t.Helper()
	_, o := s.anna(t)
	server := httptest.NewServer(hostile)
	t.Cleanup(server.Close)
	s.p = s.connect(t, server.URL, patient)
	if _, err := s.do(t.Context(), o); err == nil {
		t.Errorf("a hostile server was believed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), impatient/10) // one try is enough
	defer cancel()
	for name, err := range s.allReads(ctx, o.Account.ID) {
		if err == nil && name != "find" {
			t.Errorf("%s: a hostile server was believed", name)
		}
	}
}
