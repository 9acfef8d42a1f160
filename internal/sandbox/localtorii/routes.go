package localtorii

import (
	"encoding/json"
	"net/http"
	"strconv"
)

const (
	defaultPage = 20
	largestPage = 100
	mostNamed   = 100 // ids or addresses in one search
)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/server/v1/users/{id}", s.byID)
	mux.HandleFunc("DELETE /api/server/v1/users/{id}", s.byDelete)
	mux.HandleFunc("POST /api/server/v1/users/search", s.search)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "no such route") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.authorised(r) {
			refuse(w, http.StatusUnauthorized, "the secret key is not valid")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) byID(w http.ResponseWriter, r *http.Request) {
	u, ok := s.User(r.PathValue("id"))
	switch {
	case !ok || u.Invisible, u.Status == Deleted && s.behaviour().DeletedIsGone:
		refuse(w, http.StatusNotFound, "User not found")
	case u.Environment != s.environment:
		refuse(w, http.StatusForbidden, "User belongs to a different environment")
	default:
		succeed(w, u.wire())
	}
}

func (s *Server) byDelete(w http.ResponseWriter, r *http.Request) {
	if status := s.remove(r.Context(), r.PathValue("id")); status != http.StatusNoContent {
		refuse(w, status, "the user was not deleted")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	var q selector
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		refuse(w, http.StatusBadRequest, "the body is not JSON")
		return
	}
	if len(q.UserIDs) > mostNamed || len(q.EmailAddresses) > mostNamed {
		refuse(w, http.StatusBadRequest, "too many selectors")
		return
	}
	found := s.found(q)
	from := min(queryInt(r, "cursor", 0), len(found))
	to := min(from+max(1, min(queryInt(r, "limit", defaultPage), largestPage)), len(found))
	out := map[string]any{"items": found[from:to], "hasMore": to < len(found), "nextCursor": nil}
	if to < len(found) {
		out["nextCursor"] = strconv.Itoa(to)
	}
	succeed(w, out)
}

func (s *Server) found(q selector) []map[string]any {
	how := s.behaviour()
	if how.IgnoresSelectors {
		q = selector{Statuses: []string{Active, Banned, Deleted}}
	}
	out := []map[string]any{}
	for _, u := range s.Users() {
		hidden := u.Invisible || u.Environment != s.environment || how.HidesDeleted && u.Status == Deleted
		if !hidden && q.matches(u) {
			out = append(out, u.wire())
		}
	}
	return out
}

func queryInt(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}
