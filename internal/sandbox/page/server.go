package page

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"slices"

	"offboard/internal/sandbox/town"
)

//go:embed assets
var assets embed.FS

// server answers the page's requests.
type server struct {
	town    *town.Town
	records Records
	bot     string   // its address
	hosts   []string // what the Host header may say
	mux     *http.ServeMux

	ledger   ledger
	attacked attacked
}

// newServer serves at a listener's address.
func newServer(t *town.Town, bot Bot, addr string) *server {
	s := &server{town: t, records: bot.Records, bot: bot.URL, hosts: []string{addr}, mux: http.NewServeMux()}
	if _, port, err := net.SplitHostPort(addr); err == nil {
		s.hosts = append(s.hosts, "localhost:"+port)
	}
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // embedded above
	}
	s.mux.Handle("GET /", http.FileServerFS(files))
	s.mux.HandleFunc("GET /api/state", s.serveState)
	s.mux.HandleFunc("GET /api/events", s.serveEvents)
	s.mux.HandleFunc("GET /api/file/{id}", s.serveFile)
	s.mux.HandleFunc("GET /api/journal/{name}", s.serveRecords)
	s.mux.HandleFunc("POST /api/share", s.share)
	s.mux.HandleFunc("POST /api/type", act(s.typeLine))
	s.mux.HandleFunc("POST /api/open", act(s.openApp))
	s.mux.HandleFunc("POST /api/react", act(s.react))
	s.mux.HandleFunc("POST /api/press", act(s.press))
	s.mux.HandleFunc("POST /api/suggest", asked(s.suggest))
	s.mux.HandleFunc("POST /api/submit", act(s.submit))
	s.mux.HandleFunc("POST /api/close", act(s.closeView))
	s.mux.HandleFunc("POST /api/fault", act(s.setFault))
	s.mux.HandleFunc("POST /api/rehire", act(s.rehire))
	s.mux.HandleFunc("POST /api/slack", act(s.setSlack))
	s.mux.HandleFunc("POST /api/attack", act(s.attack))
	s.mux.HandleFunc("POST /api/clock", act(s.moveClock))
	return s
}

// policy lets the page load from, send to and be shown by nobody but itself.
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP refuses what does not come from the page itself.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case !slices.Contains(s.hosts, r.Host):
		refuse(w, http.StatusForbidden, "This page answers at http://"+s.hosts[0]+"/ only.")
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Header.Get("Origin") != "http://"+r.Host:
		refuse(w, http.StatusForbidden, "Only the page itself may do that.")
	default:
		s.mux.ServeHTTP(w, r)
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
}
