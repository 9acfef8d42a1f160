package localzitadel

import (
	"strconv"
	"time"
)

// The states of a user, in ZITADEL's words.
const (
	Active   = "USER_STATE_ACTIVE"
	Inactive = "USER_STATE_INACTIVE"
	Locked   = "USER_STATE_LOCKED"
	Initial  = "USER_STATE_INITIAL"
	Deleted  = "USER_STATE_DELETED"
)

// User is one user as the instance knows it. Exactly one of Human and Machine is set.
type User struct {
	ID         string
	Org        string // resource owner; made if it does not exist
	UserName   string
	LoginNames []string // UserName alone where empty
	State      string   // Active where empty
	Created    time.Time
	Human      *Human
	Machine    *Machine

	sequence uint64
	changed  time.Time
}

// Human is what a person's user has besides.
type Human struct {
	GivenName, FamilyName, DisplayName string
	Email                              string
	Verified                           bool
}

// Machine is what a service user has besides.
type Machine struct{ Name, Description string }

// PutOrg makes an organisation.
func (s *Server) PutOrg(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orgs[id] = true
}

// Put makes or replaces a user.
func (s *Server) Put(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.State == "" {
		u.State = Active
	}
	if len(u.LoginNames) == 0 {
		u.LoginNames = []string{u.UserName}
	}
	if u.Created.IsZero() {
		u.Created = s.now()
	}
	s.orgs[u.Org] = true
	s.save(u)
}

// Change changes a user, who gets a new sequence. It reports whether there is one that is not deleted.
func (s *Server) Change(id string, change func(*User)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.find(id)
	if ok {
		change(&u)
		s.save(u)
	}
	return ok
}

// save stores a changed user under a new sequence.
func (s *Server) save(u User) {
	s.sequence++
	u.sequence, u.changed = s.sequence, s.now()
	s.users[u.ID] = u
}

// StateOf is what is true of a user: one of the states, Deleted for a deleted one, empty for an id that never was.
func (s *Server) StateOf(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[id].State
}

// EmailOf is the e-mail address of a user, also of a deleted one; empty where there is none.
func (s *Server) EmailOf(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.users[id].Human; h != nil {
		return h.Email
	}
	return ""
}

// Exists reports whether the user is there and not deleted.
func (s *Server) Exists(id string) bool {
	state := s.StateOf(id)
	return state != "" && state != Deleted
}

// find gives a user that is there and not deleted.
func (s *Server) find(id string) (User, bool) {
	u, ok := s.users[id]
	return u, ok && u.State != Deleted
}

func (s *Server) getUser(c call) (any, *failure) {
	u, ok := s.find(c.id())
	if !ok { // answered before the caller's rights are looked at
		return nil, userUnknown
	}
	if c.id() != c.by {
		if f := s.need(c.by, u.Org, viewer, "AUTH-AWfge"); f != nil {
			return nil, f
		}
	}
	return object("details", u.details(), "user", u.v2()), nil
}

func (s *Server) whoAmI(c call) (any, *failure) {
	u := s.users[c.by]
	me := u.v2()
	delete(me, "userId")
	delete(me, "username")
	me["id"], me["userName"] = u.ID, u.UserName // the names of the older API
	return object("user", me), nil
}

func (u User) details() map[string]any {
	return object("sequence", number(u.sequence), "changeDate", stamp(u.changed), "resourceOwner", u.Org,
		"creationDate", stamp(u.Created))
}

// v2 is the user as the v2 API shows it.
func (u User) v2() map[string]any {
	out := object("userId", u.ID, "details", u.details(), "state", u.State, "username", u.UserName,
		"preferredLoginName", u.LoginNames[0])
	out["loginNames"] = u.LoginNames
	if h := u.Human; h != nil {
		email := object("email", h.Email)
		if h.Verified {
			email["isVerified"] = true
		}
		out["human"] = object("profile", object("givenName", h.GivenName, "familyName", h.FamilyName,
			"displayName", h.DisplayName), "email", email)
	}
	if m := u.Machine; m != nil {
		out["machine"] = object("name", m.Name, "description", m.Description)
	}
	return out
}

// object builds a JSON object from names and values and leaves out empty strings and zeros, as ZITADEL does.
func object(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := pairs[i+1]; v != "" && v != 0 {
			out[pairs[i].(string)] = v
		}
	}
	return out
}

// number writes a 64-bit number the way it travels: as a string, and not at all when it is zero.
func number(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
