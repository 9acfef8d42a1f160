package zitadel_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/secret"
)

// byKey makes the bot sign in with a key of its own.
func byKey(t *testing.T, w *world) func(*zitadel.Config) {
	t.Helper()
	file := keyFile(t, w.Server)
	return func(c *zitadel.Config) { c.Token, c.Key = secret.String{}, secret.New(string(file)) }
}

// botKey is made once: it takes its time.
var botKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// keyFile gives the bot its key at an instance.
func keyFile(t *testing.T, s *localzitadel.Server) []byte {
	t.Helper()
	private, err := botKey()
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.AddKey(bot, "key-1", private)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func (w *world) tokenCalls() int {
	n := 0
	for _, c := range w.Calls() {
		if c.Path == "/oauth/v2/token" {
			n++
		}
	}
	return n
}

func TestEachWayToSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, w *world) func(*zitadel.Config)
		tokens int
	}{
		"token":              {func(*testing.T, *world) func(*zitadel.Config) { return func(*zitadel.Config) {} }, 0},
		"client credentials": {func(*testing.T, *world) func(*zitadel.Config) { return byClient }, 1},
		"private key":        {byKey, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.provider(t, c.change(t, w))
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if a, err := p.Self(t.Context()); err != nil || a.ID != bot {
						t.Errorf("Self = %+v, %v", a, err)
					}
				})
			}
			all.Wait()
			if _, err := p.Do(t.Context(), order(t, p, ada, providers.Deactivate)); err != nil {
				t.Error(err)
			}
			if n := w.tokenCalls(); n != c.tokens {
				t.Errorf("%d token requests, want %d", n, c.tokens)
			}
		})
	}
}

// A token that ZITADEL no longer accepts costs a read one more try with a new token; a write is not sent twice.
func TestARefusedToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.provider(t, byClient)
	o := order(t, p, ada, providers.Delete)
	w.Interject("/v2/", localzitadel.Withdrawn)
	if a, err := p.Read(t.Context(), ada); err != nil || a.ID != ada || w.tokenCalls() != 2 {
		t.Errorf("Read = %+v, %v after %d token requests", a, err, w.tokenCalls())
	}
	w.Interject("/v2/", localzitadel.Withdrawn)
	_, err := p.Do(t.Context(), o)
	if e := faultOf(t, err); e.Kind != providers.Denied || e.NotSent || w.writes() != 1 || !w.Exists(ada) {
		t.Errorf("Do = %+v, %d writes", e, w.writes())
	}
	if _, err := p.Do(t.Context(), o); err != nil || w.tokenCalls() != 3 {
		t.Errorf("the next Do = %v after %d token requests", err, w.tokenCalls())
	}
	w.Interject("/v2/", localzitadel.Withdrawn, localzitadel.Withdrawn)
	if _, err := p.Read(t.Context(), cleo); faultOf(t, err).Kind != providers.Denied {
		t.Errorf("refused twice: Read = %v", err)
	}
}

// The token errors as observed, and what a proxy makes of them: never an unknown outcome, never sent, never a secret.
func TestSignInThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*zitadel.Config)
		before func(*world)
		kind   providers.Kind
		code   string
		say    string
	}{
		"wrong secret":   {secretly("the-client", "MARKED-wrong"), nil, providers.Misconfigured, "invalid_request", "400 invalid_request"},
		"unknown client": {secretly("MARKED-nobody", "MARKED-wrong"), nil, providers.Misconfigured, "invalid_client", "400 invalid_client"},
		"deactivated": {byClient, func(w *world) {
			w.Put(localzitadel.User{ID: bot, Org: "org-1", UserName: "bot", State: localzitadel.Inactive})
		}, providers.Misconfigured, "invalid_request", "400 invalid_request"},
		"500":      {byClient, anyFault(fault.Status500), providers.Temporary, "", "500"},
		"429":      {byClient, anyFault(fault.Throttle), providers.RateLimited, "", "429"},
		"page":     {byClient, anyFault(fault.HTML), providers.Misconfigured, "", "check url"},
		"redirect": {byClient, anyFault(fault.Redirect), providers.Misconfigured, "", "307"},
		"oversize": {byClient, anyFault(fault.Oversize), providers.Misconfigured, "", "check url"},
		"cut":      {byClient, anyFault(fault.CutAfter), providers.Temporary, "", "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.before != nil {
				c.before(w)
			}
			o := providers.Order{Account: providers.Account{ID: ada, Tenant: "org-1"}, Action: providers.Delete}
			_, err := w.provider(t, c.change).Do(t.Context(), o)
			e := faultOf(t, err)
			if e.Kind != c.kind || e.Code != c.code || !e.NotSent || !strings.Contains(e.Say, c.say) {
				t.Errorf("Do = %+v", e)
			}
			if w.writes() != 0 || !w.Exists(ada) {
				t.Errorf("%d writes", w.writes())
			}
			_, err = w.provider(t, c.change).Self(t.Context())
			if e := faultOf(t, err); e.Kind != c.kind {
				t.Errorf("Self = %+v", e)
			}
		})
	}
}

func secretly(id, value string) func(*zitadel.Config) {
	return func(c *zitadel.Config) {
		c.Token, c.ClientID, c.ClientSecret = secret.String{}, secret.New(id), secret.New(value)
	}
}

func anyFault(m fault.Mode) func(*world) {
	return func(w *world) { w.Faults().Set("any", fault.Fault{Mode: m}) }
}

// An instance answers 500 to a key that it does not accept.
func TestAKeyThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := newWorld(t)
	file, err := elsewhere.NewKey(bot, "key-1")
	if err != nil {
		t.Fatal(err)
	}
	p := w.provider(t, func(c *zitadel.Config) { c.Token, c.Key = secret.String{}, secret.New(string(file)) })
	_ = keyFile(t, w.Server) // of the same id: only the signature is wrong
	_, err = p.Self(t.Context())
	e := faultOf(t, err)
	if e.Kind != providers.Misconfigured || e.Code != "server_error" || !strings.Contains(e.Say, "key_file") {
		t.Errorf("Self = %+v", e)
	}
}

// A token endpoint that repeats what it was sent gets none of it into an error.
func TestATokenErrorThatHoldsSecrets(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		id, given, _ := r.BasicAuth()
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(rw).Encode(map[string]string{"error": given, "error_description": id + r.PostForm.Get("assertion")})
	})
	w := newWorld(t)
	for name, change := range map[string]func(*zitadel.Config){"client": byClient, "key": byKey(t, w)} {
		c := w.config()
		change(&c)
		c.URL = serve(t, echo)
		p, err := zitadel.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Self(t.Context())
		if e := faultOf(t, err); e.Kind != providers.Misconfigured || e.Code != "" {
			t.Errorf("%s: Self = %+v", name, e)
		}
	}
}

// Without its scope a token opens nothing; the scope travels as a form value in both ways to ask for one.
func TestScopeIsAFormValue(t *testing.T) {
	t.Parallel()
	var asked atomic.Pointer[url.Values]
	recorder := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked.Store(&r.PostForm)
		rw.WriteHeader(http.StatusBadRequest)
	})
	w := newWorld(t)
	for name, change := range map[string]func(*zitadel.Config){"client": byClient, "key": byKey(t, w)} {
		c := w.config()
		change(&c)
		c.URL = serve(t, recorder)
		p, err := zitadel.New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Self(t.Context())
		_ = faultOf(t, err)
		if got := asked.Load().Get("scope"); got != "openid urn:zitadel:iam:org:project:id:zitadel:aud" {
			t.Errorf("%s: scope = %q", name, got)
		}
	}
}

// A token answer that breaks off is a fault of the connection, which may pass.
func TestATokenAnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	c := newWorld(t).config()
	byClient(&c)
	c.URL = serve(t, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "1000")
		_, _ = rw.Write([]byte(`{"access_token":"MARKED`))
	}))
	p, err := zitadel.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Do(t.Context(), providers.Order{Account: providers.Account{ID: ada}, Action: providers.Delete})
	if e := faultOf(t, err); e.Kind != providers.Temporary || !e.NotSent {
		t.Errorf("Do = %+v", e)
	}
}
