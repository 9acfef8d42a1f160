package webapi_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"offboard/internal/secret"
	"offboard/internal/slackbot/webapi"
)

// rotating is a token that was exchanged, which is found out by asking.
type rotating struct {
	mu     sync.Mutex
	tokens []string // the present one first
	asked  int
}

func (r *rotating) Get() secret.String {
	r.mu.Lock()
	defer r.mu.Unlock()
	return secret.New(r.tokens[0])
}

func (r *rotating) Instead(refused secret.String) (secret.String, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if len(r.tokens) > 1 {
		r.tokens = r.tokens[1:]
	}
	return secret.New(r.tokens[0]), r.tokens[0] != refused.Reveal()
}

// A read whose token was refused is made once more with the new one, and so is the request for an address to connect to. A write is never made again:
// the next one has the new token. Nobody is told of a refusal while there is another token.
func TestARefusedTokenIsRenewed(t *testing.T) {
	t.Parallel()
	for method, repeated := range map[string]bool{
		"users.info": true, "auth.test": true, "apps.connections.open": true, "chat.postMessage": false, "chat.update": false, "views.open": false,
	} {
		for _, code := range []string{"invalid_auth", "token_revoked", "token_expired", "account_inactive"} {
			var came []string
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				came = append(came, r.Header.Get("Authorization"))
				if came[len(came)-1] == "Bearer new" {
					answer(200, "application/json", `{"ok":true}`)(w, r)
					return
				}
				answer(200, "application/json", `{"ok":false,"error":"`+code+`"}`)(w, r)
			}))
			told := 0
			source := &rotating{tokens: []string{"old", "new"}}
			c, err := webapi.New(webapi.Options{APIURL: srv.URL, Token: source, Refused: func() { told++ }})
			if err != nil {
				t.Fatal(err)
			}
			err = c.Call(t.Context(), method, nil, nil)
			if repeated && (err != nil || len(came) != 2) {
				t.Errorf("%s, %s: %v after %q", method, code, err, came)
			}
			if !repeated {
				e := fault(t, err)
				if len(came) != 1 || !e.Transient() || e.Maybe || webapi.Permanent(err) || webapi.Refused(err) {
					t.Errorf("%s, %s: %+v after %q", method, code, *e, came)
				}
				if err := c.Call(t.Context(), method, nil, nil); err != nil {
					t.Errorf("%s, %s: the next: %v", method, code, err)
				}
			}
			if told != 0 || source.asked != 1 {
				t.Errorf("%s, %s: told %d times of %d", method, code, told, source.asked)
			}
			srv.Close()
		}
	}
}

// A token that is refused as the one before it is the end: it is told, and the read was made twice and no more.
func TestBothTokensRefused(t *testing.T) {
	t.Parallel()
	calls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		answer(200, "application/json", `{"ok":false,"error":"invalid_auth"}`)(w, r)
	}))
	t.Cleanup(srv.Close)
	for name, tokens := range map[string][]string{"two": {"old", "new"}, "one": {"old"}, "three, of which a call tries two": {"a", "b", "c"}} {
		calls = 0
		told := 0
		c, err := webapi.New(webapi.Options{APIURL: srv.URL, Token: &rotating{tokens: tokens}, Refused: func() { told++ }})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Call(t.Context(), "users.info", nil, nil)
		if last := len(tokens) < 3; webapi.Refused(err) != last || (told == 1) != last || calls != min(2, len(tokens)) {
			t.Errorf("%s: %v, told %d times after %d calls", name, err, told, calls)
		}
	}
}
