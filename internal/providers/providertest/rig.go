package providertest

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/sandbox/fault"
)

// Person is somebody to put into a local server. An empty Login is the vendor's to choose, and is not the e-mail's.
type Person struct{ Email, Login string }

// Link is how a provider is connected to a server.
type Link struct {
	URL     string
	Timeout time.Duration // of a write, and at most of a read
	Logger  *slog.Logger
}

// Bench is one local server and how to work with it.
type Bench struct {
	Server  http.Handler
	Faults  *fault.Switch                              // in front of Server; a "write" is what Do sends
	Connect func(Link) (providers.Provider, error)     // a provider whose credential the server accepts
	Put     func(Person) (id string)                   // adds an active user
	Done    func(id string, aim providers.Action) bool // by the server's own record
	Secrets []string                                   // the credential and private fields: they must appear nowhere
	Unknown string                                     // a well-formed id that nobody has
	SelfID  string                                     // whose account the credential is; empty where there is none
	Logins  bool                                       // accounts have logins beside the e-mail address
}

// Rig starts benches.
type Rig struct {
	Start func(t *testing.T) *Bench
}

// Run holds a vendor to the contract.
func Run(t *testing.T, r Rig) {
	t.Helper()
	groups := []map[string]func(*testing.T, *stand){findCases(), readCases(), doCases(), wireCases(), secretCases()}
	for _, cases := range groups {
		for name, run := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, newStand(t, r.Start(t)))
			})
		}
	}
	for _, f := range doFaults() {
		t.Run("do/"+f.name, func(t *testing.T) {
			t.Parallel()
			f.run(t, newStand(t, r.Start(t)))
		})
	}
}

// Two patiences: one that no healthy exchange on loopback exceeds on a busy machine, and one for servers that never answer.
const (
	patient   = 20 * time.Second
	impatient = time.Second
)

// stand is a bench on the wire.
type stand struct {
	*Bench
	url string
	p   providers.Provider // connected, patient

	mu       sync.Mutex
	requests []request
	heard    bytes.Buffer // everything that the provider said
	logged   bytes.Buffer
}

// request is what the suite sees of one request on its way.
type request struct {
	from   string // address of the connection
	write  bool
	header http.Header
	proto  string
}

func newStand(t *testing.T, b *Bench) *stand {
	t.Helper()
	s := &stand{Bench: b}
	server := httptest.NewServer(http.HandlerFunc(s.pass))
	s.url = server.URL
	s.p = s.connect(t, s.url, patient)
	t.Cleanup(server.Close)
	t.Cleanup(func() { s.searchSecrets(t) })
	return s
}

func (s *stand) pass(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, request{from: r.RemoteAddr, header: r.Header.Clone(), proto: r.Proto})
	i := len(s.requests) - 1
	s.mu.Unlock()
	defer func() { // the switch has the word on what a write is
		calls := s.Faults.Calls()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests[i].write = len(calls) > i && calls[i].Write
	}()
	s.Server.ServeHTTP(w, r)
}

func (s *stand) connect(t *testing.T, url string, patience time.Duration) providers.Provider {
	t.Helper()
	log := slog.New(slog.NewJSONHandler(&locked{mu: &s.mu, to: &s.logged}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := s.Connect(Link{URL: url, Timeout: patience, Logger: log})
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	return p
}

// writes is how many writes have arrived.
func (s *stand) writes() int {
	n := 0
	for _, c := range s.Faults.Calls() {
		if c.Write {
			n++
		}
	}
	return n
}

func (s *stand) wantWrites(t *testing.T, want int) {
	t.Helper()
	if got := s.writes(); got != want {
		t.Errorf("%d writes arrived, want %d: %+v", got, want, s.Faults.Calls())
	}
}

// order reads an account and makes an order for it.
func (s *stand) order(t *testing.T, id string, a providers.Action) providers.Order {
	t.Helper()
	acc, err := s.p.Read(t.Context(), id)
	s.hear(acc, err)
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return providers.Order{Account: acc, Action: a}
}

// anna puts one user and orders the default action on her.
func (s *stand) anna(t *testing.T) (string, providers.Order) {
	t.Helper()
	id := s.Put(Person{Email: "anna@example.com"})
	return id, s.order(t, id, s.p.Describe().Default)
}

func (s *stand) look(t *testing.T, o providers.Order, want providers.Verdict) {
	t.Helper()
	sight, err := s.p.Look(t.Context(), o)
	s.hear(sight, err)
	if err != nil || sight.Verdict != want {
		t.Errorf("look = %q, %v; want %q", sight.Verdict, err, want)
	}
	if sight.Text == "" {
		t.Errorf("the look gives no proof")
	}
}

// hear keeps all that a provider said, in every form that could be printed.
func (s *stand) hear(things ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range things {
		fmt.Fprintf(&s.heard, "%v %+v %#v\n", x, x, x)
		if err, ok := x.(error); ok {
			if e, ok := asError(err); ok {
				fmt.Fprintf(&s.heard, "%+v %s\n", *e, e.Say)
			}
		}
	}
}

func (s *stand) searchSecrets(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.Secrets {
		if strings.Contains(s.heard.String(), secret) {
			t.Errorf("a secret stands in what the provider said: %.2000s", s.heard.String())
		}
	}
	for _, private := range append(slices.Clone(s.Secrets), "anna@example.com") {
		if strings.Contains(strings.ToLower(s.logged.String()), strings.ToLower(private)) {
			t.Errorf("a secret or an e-mail address stands in the log: %.2000s", s.logged.String())
		}
	}
}

type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}
