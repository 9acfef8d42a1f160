package localzitadel

import (
	"encoding/json"
	"net/http"
	"strings"
)

// failure is one refusal: the HTTP status, the gRPC code, and the id that callers branch on.
type failure struct {
	status  int
	code    int
	id      string // empty: an answer without details
	message string
}

// The refusals of facts/providers.md.
var (
	userUnknown     = &failure{404, 5, "QUERY-Dfbg2", "User could not be found"}
	noMembership    = &failure{404, 5, "AUTHZ-cdgFk", "membership not found"}
	alreadyInactive = &failure{400, 9, "COMMAND-5gunjw0cd7", "User is already inactive"}
	stillInitial    = &failure{400, 9, "COMMAND-gvx4kct9r2", "User in initial state can only be deleted not deactivated"}
	notThere        = &failure{404, 5, "COMMAND-5gp2p62iin", "User not found"}
	notInactive     = &failure{400, 9, "COMMAND-s5qqcz97hf", "User is not inactive"}
	notThereV2      = &failure{404, 5, "COMMAND-bd4ir1mblj", "User not found"}
	notThereV1      = &failure{404, 5, "COMMAND-m9od", "User not found"}
	orgUnknown      = &failure{403, 7, "AUTH-Bs7Ds", "Organisation doesn't exist"}
	noToken         = &failure{401, 16, "", "auth header missing"}
	tokenMalformed  = &failure{401, 16, "AUTH-toLo1", "invalid auth header"}
	tokenInvalid    = &failure{401, 16, "AUTH-7fs1e", "Errors.Token.Invalid"}
	unknownPath     = &failure{404, 5, "", "Not Found"}
	queryInvalid    = &failure{400, 3, "GRPC-vR9nC", "List.Query.Invalid"}
)

// forbidden is too few rights for what was asked; a real instance has several ids for it.
func forbidden(id string) *failure { return &failure{403, 7, id, "No matching permissions found"} }

// invalid is a request that does not pass the format check: no details.
func invalid(message string) *failure { return &failure{400, 3, "", message} }

func (f *failure) write(w http.ResponseWriter) { writeJSON(w, f.status, f.body()) }

func (f *failure) body() map[string]any {
	body := object("code", f.code, "message", f.message)
	if f.id != "" {
		body["message"] = f.message + " (" + f.id + ")"
		body["details"] = []any{object("@type", "type.googleapis.com/zitadel.v1.ErrorDetail", "id", f.id, "message", f.message)}
	}
	return body
}

// speak gives the fault switch its errors in ZITADEL's format.
func speak(status int) (contentType, body string) {
	f := &failure{status, 13, "", "Errors.Internal"}
	if status == http.StatusTooManyRequests {
		f = interjections[Quota]
	}
	raw, _ := json.Marshal(f.body()) // texts and numbers alone: cannot fail
	return "application/json", string(raw)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller that went away is not our fault to report
}

// Interjection is an answer that a real instance gives now and then, whatever was asked.
type Interjection string

// The interjections.
const (
	ColdStart Interjection = "cold_start" // 503 code 14, seen once right after a start
	Quota     Interjection = "quota"      // 429 QUOTA-vjAy8
	Blocked   Interjection = "blocked"    // 429 LIMITS-molsj
	Edge      Interjection = "edge"       // 429 of the cloud edge: no details, no Retry-After
	Forbidden Interjection = "forbidden"  // 403 AUTH-5mWD2
	Withdrawn Interjection = "withdrawn"  // 401 AUTH-7fs1e
)

var interjections = map[Interjection]*failure{
	ColdStart: {503, 14, "", "upstream connect error"},
	Quota:     {429, 8, "QUOTA-vjAy8", "Quota.Access.Exhausted"},
	Blocked:   {429, 8, "LIMITS-molsj", "Instance is blocked"},
	Edge:      {429, 8, "", "too many requests"},
	Forbidden: {403, 7, "AUTH-5mWD2", "No matching permissions found"},
	Withdrawn: {401, 16, "AUTH-7fs1e", "Errors.Token.Invalid"},
}

type interjection struct {
	prefix string
	what   *failure
}

// Interject answers the next calls whose path begins with prefix with these, in this order, once each.
func (s *Server) Interject(prefix string, answers ...Interjection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range answers {
		s.instead = append(s.instead, interjection{prefix: prefix, what: interjections[a]})
	}
}

// before gives what is answered before any route is looked at, or nil.
func (s *Server) before(host, path string) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if host != s.host {
		return unknownPath
	}
	for i, j := range s.instead {
		if strings.HasPrefix(path, j.prefix) {
			s.instead = append(s.instead[:i:i], s.instead[i+1:]...)
			return j.what
		}
	}
	return nil
}
