package workspace

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Workspace is a local Slack workspace with one app. It may be used concurrently.
type Workspace struct {
	cfg  Config
	log  *slog.Logger
	mux  *http.ServeMux
	http *http.Client // towards the app

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced whenever anything changes
	base      string
	lastTS    int64 // microseconds
	people    map[string]*Person
	channels  map[string]*Channel
	groups    map[string][]string
	messages  map[string][]*Message // by channel, in the order of their ts
	private   []*Ephemeral
	views     map[string][]*View // by person, the stack of open forms
	homes     map[string]*View
	files     []*File
	uploads   map[string]*upload // by the secret part of their address
	triggers  map[string]*trigger
	hooks     map[string]*hook
	offered   map[menu][]any // options that the app gave
	calls     []*Call
	faults    []*Fault
	rates     map[string]*bucket
	endpoints Endpoints
	switches  Switches
	tickets   map[string]time.Time
	sockets   []*socket
	pending   map[string]*envelope
	disabled  bool // Socket Mode was switched off
	opened    int  // sockets so far
	past      []SocketInfo
	last      *delivery
	delivered []EventInfo
	scheduled []*scheduled
	clicked   *delivery // the last click on a message
	click     Press

	server *http.Server
	served chan struct{}
	beside sync.WaitGroup  // sockets and what closes them
	ctx    context.Context // of everything that runs beside requests; ends with Close
	stop   context.CancelFunc
}

// New returns a workspace in which only the app's bot and USLACKBOT live. It listens nowhere before [Workspace.Start].
func New(cfg Config) *Workspace {
	w := &Workspace{
		cfg: cfg.withDefaults(), changed: make(chan struct{}), people: map[string]*Person{}, channels: map[string]*Channel{},
		groups: map[string][]string{}, messages: map[string][]*Message{}, views: map[string][]*View{}, homes: map[string]*View{},
		triggers: map[string]*trigger{}, hooks: map[string]*hook{}, rates: map[string]*bucket{}, tickets: map[string]time.Time{},
		pending: map[string]*envelope{}, uploads: map[string]*upload{}, offered: map[menu][]any{},
	}
	w.log = w.cfg.Logger
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.http = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 8}, // no proxy: the app is on loopback
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	w.mux = http.NewServeMux()
	w.mux.HandleFunc("/api/{method}", w.serveAPI)
	w.mux.HandleFunc("POST /commands/{team}/{n}/{secret}", w.serveHook)
	w.mux.HandleFunc("POST /actions/{team}/{n}/{secret}", w.serveHook)
	w.mux.HandleFunc("GET /link/", w.serveSocket)
	w.mux.HandleFunc("POST /upload/v1/{ticket}", w.serveUpload)
	w.mux.HandleFunc("GET /files-pri/{file}/{name...}", w.serveFile)
	w.mux.HandleFunc("GET /{$}", serveSignIn)
	w.AddPerson(Person{ID: w.cfg.BotUserID, Name: w.cfg.BotName, Bot: true})
	w.AddPerson(Person{ID: "USLACKBOT", Name: "slackbot"}) // is_bot is false (facts/slack.md)
	return w
}

// Config returns the configuration with its defaults filled in.
func (w *Workspace) Config() Config { return w.cfg }

// ServeHTTP serves /api/, response_urls, files and sockets. Whoever mounts the workspace in a server of their own calls [Workspace.SetURL].
func (w *Workspace) ServeHTTP(res http.ResponseWriter, req *http.Request) { w.mux.ServeHTTP(res, req) }

// Start listens on addr ("" means a free port on loopback) and serves until [Workspace.Close].
func (w *Workspace) Start(ctx context.Context, addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("local workspace: %w", err)
	}
	w.SetURL("http://" + l.Addr().String())
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return w.ctx }}
	w.served = make(chan struct{})
	go func() {
		defer close(w.served)
		if err := w.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			w.log.Error("the local workspace stopped", "error", err)
		}
	}()
	return nil
}

// Close ends every connection and waits for the server's end.
func (w *Workspace) Close() error {
	w.mu.Lock()
	w.stop() // under the lock, so that nothing is begun beside afterwards
	w.mu.Unlock()
	var err error
	if w.server != nil {
		err = w.server.Close()
		<-w.served
	}
	w.beside.Wait()
	w.http.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("local workspace: close: %w", err)
	}
	return nil
}

// SetURL says where the workspace is reached, without a slash at the end: "http://127.0.0.1:1234".
func (w *Workspace) SetURL(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = base
}

// URL is where the workspace is reached.
func (w *Workspace) URL() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.base
}

// APIURL is the address of the Web API, as an app's api_url wants it.
func (w *Workspace) APIURL() string { return w.URL() + "/api/" }

// Wait returns when ok reports true, or with ctx's error. ok is asked again after every change, and may call any method that reads.
func (w *Workspace) Wait(ctx context.Context, ok func() bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting in the local workspace: %w", ctx.Err())
		}
	}
}

// touch wakes whoever waits. The lock is held.
func (w *Workspace) touch() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// do runs f with the lock held, and wakes whoever waits.
func (w *Workspace) do(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	w.touch()
}

// newTS returns the next ts, later than every one before. The lock is held.
func (w *Workspace) newTS() string {
	w.lastTS = max(w.lastTS+1, w.cfg.Clock().UnixMicro())
	return formatTS(w.lastTS)
}

func formatTS(micros int64) string {
	const million = 1_000_000
	return fmt.Sprintf("%d.%06d", micros/million, micros%million)
}

// word returns an unguessable id with a prefix.
func word(prefix string) string { return prefix + rand.Text()[:10] }
