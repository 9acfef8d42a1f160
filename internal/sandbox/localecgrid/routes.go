package localecgrid

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"

	"offboard/internal/sandbox/fault"
)

// routes are the operations. A path that does not exist is answered like a user that does not.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/users/me", s.whoAmI)
	mux.HandleFunc("GET /v2/users/{id}", s.byID)
	mux.HandleFunc("GET /v2/users/key/{id}", s.leak)
	mux.HandleFunc("POST /v2/users/by-name", s.byName)
	mux.HandleFunc("POST /v2/users/list", s.list)
	mux.HandleFunc("DELETE /v2/users/{id}", s.remove)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not found") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.authorised(r) {
			refuse(w, http.StatusUnauthorized, "The API key is not valid")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) behaviour() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.how
}

func (s *Server) whoAmI(w http.ResponseWriter, _ *http.Request) {
	u, _ := s.User(s.me)
	succeed(w, u.wire(s.behaviour()))
}

func (s *Server) byID(w http.ResponseWriter, r *http.Request) {
	id, ok := number(w, r)
	if !ok {
		return
	}
	u, ok := s.User(id)
	if !ok || u.Invisible {
		refuse(w, http.StatusNotFound, "User not found")
		return
	}
	succeed(w, u.wire(s.behaviour()))
}

// leak is the operation that gives a key in clear: nobody may ever call it, and the record says when somebody did.
func (s *Server) leak(w http.ResponseWriter, r *http.Request) {
	fault.Effect(r.Context(), "gave away a key")
	succeed(w, s.key)
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	id, ok := number(w, r)
	if !ok {
		return
	}
	done, status := s.terminate(r.Context(), id)
	if status != http.StatusOK {
		refuse(w, status, "User not found")
		return
	}
	succeed(w, done)
}

func number(w http.ResponseWriter, r *http.Request) (int, bool) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 {
		refuse(w, http.StatusBadRequest, "The id is not a positive integer")
		return 0, false
	}
	return id, true
}

func (s *Server) byName(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Login string `json:"login"`
	}
	if !body(w, r, &in) {
		return
	}
	if in.Login == "" {
		refuse(w, http.StatusBadRequest, "login is required")
		return
	}
	succeed(w, s.pick(func(u User) bool { return u.named(in.Login) }))
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	in := struct {
		NetworkID      int    `json:"networkId"`
		MailboxID      int    `json:"mailboxId"`
		Status         string `json:"status"`
		PageNo         int    `json:"pageNo"`
		RecordsPerPage int    `json:"recordsPerPage"`
	}{PageNo: 1, RecordsPerPage: 25}
	if !body(w, r, &in) {
		return
	}
	how := s.behaviour()
	if how.NoList {
		refuse(w, http.StatusForbidden, "Access denied")
		return
	}
	all := s.pick(func(u User) bool {
		return (in.NetworkID == 0 || u.NetworkID == in.NetworkID) && (in.MailboxID == 0 || u.MailboxID == in.MailboxID) &&
			(in.Status == "" || u.Status == in.Status)
	})
	size := max(1, min(in.RecordsPerPage, cmp.Or(how.LargestPage, 500)))
	from := min(len(all), (max(in.PageNo, 1)-1)*size)
	succeed(w, all[from:min(len(all), from+size)])
}

func (s *Server) pick(match func(User) bool) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, u := range s.sorted() {
		if !u.Invisible && match(u) {
			out = append(out, u.wire(s.how))
		}
	}
	return out
}

func body(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "The body is not JSON")
		return false
	}
	return true
}
