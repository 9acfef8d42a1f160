package providertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/providers"
)

func secretCases() map[string]func(*testing.T, *stand) {
	return map[string]func(*testing.T, *stand){
		"secrets/echoed in errors":    echoedErrors,
		"secrets/echoed off protocol": echoedOffProtocol,
	}
}

// echo gives the caller's credential back, whatever header it came in.
func echo(r *http.Request) string {
	credential := r.Header.Get("X-Api-Key") + r.Header.Get("Authorization")
	return strings.TrimPrefix(credential, "Bearer ")
}

// echoedErrors has a server repeat the credential in every field in which a vendor could look for something to say.
func echoedErrors(t *testing.T, s *stand) {
	_, o := s.anna(t)
	for _, status := range []int{200, 201, 400, 401, 403, 404, 409, 429, 500, 503} {
		s.against(t, o, func(w http.ResponseWriter, r *http.Request) {
			key := echo(r)
			raw, _ := json.Marshal(map[string]any{
				"code": key, "errorCode": key, "message": key, "title": key, "detail": key, "type": key, "supportId": key, "error": key,
				"error_description": key, "success": false, "data": key,
				"details": []any{map[string]any{"@type": "type.googleapis.com/zitadel.v1.ErrorDetail", "id": key, "message": key}},
			})
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write(raw)
		})
	}
}

// echoedOffProtocol has it repeated where net/http quotes what it could not read.
func echoedOffProtocol(t *testing.T, s *stand) {
	_, o := s.anna(t)
	for _, form := range []string{"%\r\n\r\n", "HTTP/1.1 200 OK\r\n%\r\n\r\n", "HTTP/1.1 % no\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: %\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: %\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: https://x/%\r\nContent-Length: 0\r\n\r\n"} {
		s.against(t, o, func(w http.ResponseWriter, r *http.Request) {
			answer := strings.ReplaceAll(form, "%", echo(r))
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte(answer))
				_ = conn.Close()
			}
		})
	}
}

// against asks everything of a hostile server. Nothing may succeed; what was said is searched at the end of the case.
func (s *stand) against(t *testing.T, o providers.Order, hostile http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(hostile)
	defer server.Close()
	friendly := s.p
	defer func() { s.p = friendly }()
	s.p = s.connect(t, server.URL, patient)
	if _, err := s.do(t.Context(), o); err == nil {
		t.Errorf("a hostile server was believed")
	}
	for name, err := range s.allReads(t.Context(), o.Account.ID) {
		if err == nil && name != "find" {
			t.Errorf("%s: a hostile server was believed", name)
		}
	}
}
