package zitadel_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/secret"
)

// The people of the tests, by id.
const (
	bot   = "9001" // a service account
	ada   = "1001" // active, of org-1
	bert  = "1002" // active, of org-2
	cleo  = "1003" // inactive, of org-1
	dora  = "1004" // initial, of org-1
	emil  = "1005" // locked, of org-1
	robot = "1006" // a machine, of org-1
	gone  = "1007" // deleted
)

const (
	pat          = "MARKED-secret-pat"
	clientSecret = "MARKED-secret-client"
)

// world is a local instance with a few users, and what was logged about it.
type world struct {
	*localzitadel.Server
	url string
	log *lines
}

// lines is a log that may be written concurrently.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newWorld starts an instance at which the bot manages the users of the organisations given; of the instance where none is.
func newWorld(t *testing.T, orgs ...string) *world {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	address := "http://" + front.Listener.Addr().String()
	local, err := localzitadel.New(address)
	if err != nil {
		t.Fatal(err)
	}
	front.Config.Handler = local
	front.Start()
	t.Cleanup(front.Close)
	w := &world{Server: local, url: address, log: &lines{}}
	w.populate()
	if len(orgs) == 0 {
		local.Grant(localzitadel.Member{User: bot, Roles: []string{"IAM_USER_MANAGER"}})
	}
	for _, o := range orgs {
		local.Grant(localzitadel.Member{User: bot, Org: o, Roles: []string{"ORG_USER_MANAGER"}})
	}
	t.Cleanup(func() {
		noSecret(t, "the log", w.log.String())
		if strings.Contains(strings.ToLower(w.log.String()), "@example.com") {
			t.Errorf("the log holds an e-mail address: %s", w.log.String())
		}
	})
	return w
}

func (w *world) populate() {
	human := func(id, org, name, state string) {
		w.Put(localzitadel.User{ID: id, Org: org, UserName: name, State: state, LoginNames: []string{name, name + "@" + org + ".example"},
			Human: &localzitadel.Human{GivenName: "Given", FamilyName: "Family", DisplayName: strings.ToUpper(name),
				Email: name + "@Example.com", Verified: true}})
	}
	human(ada, "org-1", "ada", localzitadel.Active)
	human(bert, "org-2", "bert", localzitadel.Active)
	human(cleo, "org-1", "cleo", localzitadel.Inactive)
	human(dora, "org-1", "dora", localzitadel.Initial)
	human(emil, "org-1", "emil", localzitadel.Locked)
	human(gone, "org-1", "gone", localzitadel.Deleted)
	for id, name := range map[string]string{bot: "offboard-bot", robot: "robot"} {
		w.Put(localzitadel.User{ID: id, Org: "org-1", UserName: name, Machine: &localzitadel.Machine{Name: name + " machine"}})
	}
	w.AddToken(bot, pat)
	w.AddClient(bot, "the-client", clientSecret)
}

// config is the simplest configuration: a personal access token.
func (w *world) config() zitadel.Config {
	return zitadel.Config{Name: "zitadel-test", URL: w.url, Token: secret.New(pat), Logger: w.logger()}
}

func (w *world) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// provider makes a provider over the world, changed as wanted.
func (w *world) provider(t *testing.T, change ...func(*zitadel.Config)) *zitadel.Provider {
	t.Helper()
	c := w.config()
	for _, f := range change {
		f(&c)
	}
	p, err := zitadel.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func byClient(c *zitadel.Config) {
	c.Token, c.ClientID, c.ClientSecret = secret.String{}, secret.New("the-client"), secret.New(clientSecret)
}

func deleteV1(c *zitadel.Config) { c.DeleteAPI = zitadel.DeleteV1 }

// writes counts the calls that change users.
func (w *world) writes() int {
	n := 0
	for _, c := range w.Calls() {
		if c.Write {
			n++
		}
	}
	return n
}

// order is for an account as it was read before.
func order(t *testing.T, p *zitadel.Provider, id string, a providers.Action) providers.Order {
	t.Helper()
	account, err := p.Read(t.Context(), id)
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return providers.Order{Account: account, Action: a}
}

// faultOf asks for a provider error and checks that it holds no secret.
func faultOf(t *testing.T, err error) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		t.Fatalf("error = %v, want a *providers.Error", err)
	}
	noSecret(t, "the error", e.Error(), e.Say, e.Code, fmt.Sprintf("%+v %#v", e, e), fmt.Sprintf("%+v", e.Err))
	return e
}

func noSecret(t *testing.T, what string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		for _, mark := range []string{"MARKED", "issued-", "PRIVATE KEY", "eyJ"} {
			if strings.Contains(s, mark) {
				t.Errorf("%s holds %q: %s", what, mark, s)
			}
		}
	}
}
