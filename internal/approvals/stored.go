package approvals

import (
	"encoding/json"
	"fmt"
	"time"

	"offboard/internal/providers"
)

// storedVersion is written into every stored event. A reader leaves a request alone that holds an event of a higher one.
const storedVersion = 1

// stored is the JSON form of an event in the journal. It is apart from Event so that the Go types may change while what was written
// stays readable. Fields are added, never renamed or given another meaning.
type stored struct {
	V           int                 `json:"v"`
	Kind        Kind                `json:"kind"`
	At          time.Time           `json:"at"`
	By          *storedPerson       `json:"by,omitempty"`
	Plan        *storedPlan         `json:"plan,omitempty"`
	Policy      *storedPolicy       `json:"policy,omitempty"`
	Reason      string              `json:"reason,omitempty"`
	Linked      string              `json:"linked,omitempty"`
	Digest      string              `json:"digest,omitempty"`
	Button      Button              `json:"button,omitempty"`
	Fills       []string            `json:"fills,omitempty"`
	Typed       bool                `json:"typed,omitempty"`
	Filled      map[string][]string `json:"filled,omitempty"`
	Step        int                 `json:"step,omitempty"`
	Attempt     int                 `json:"attempt,omitempty"`
	Replica     string              `json:"replica,omitempty"`
	Deadline    time.Time           `json:"deadline,omitzero"`
	Until       time.Time           `json:"until,omitzero"`
	Outcome     Outcome             `json:"outcome,omitempty"`
	Proof       string              `json:"proof,omitempty"`
	Sent        bool                `json:"sent,omitempty"`
	Answered    int                 `json:"answered,omitempty"`
	Verdict     providers.Verdict   `json:"verdict,omitempty"`
	State       State               `json:"state,omitempty"`
	Differences []storedDifference  `json:"differences,omitempty"`
	Key         string              `json:"key,omitempty"`
	Channel     string              `json:"channel,omitempty"`
	TS          string              `json:"ts,omitempty"`
	Upto        int                 `json:"upto,omitempty"`
	Maybe       bool                `json:"maybe,omitempty"`
}

type storedPerson struct {
	ID    string   `json:"id"`
	Also  []string `json:"also,omitempty"`
	Email string   `json:"email,omitempty"`
}

type storedPlan struct {
	Steps        []storedStep  `json:"steps"`
	Target       *storedPerson `json:"target,omitempty"`
	TargetGroups []string      `json:"target_groups,omitempty"`
	TargetNote   string        `json:"target_note,omitempty"`
	NotBefore    time.Time     `json:"not_before,omitzero"`
	Writes       bool          `json:"writes"`
}

type storedStep struct {
	Account    storedAccount    `json:"account"`
	Action     providers.Action `json:"action"`
	Vendor     string           `json:"vendor"`
	Host       string           `json:"host,omitempty"`
	Reversible bool             `json:"reversible"`
	Warning    string           `json:"warning"`
	Undo       string           `json:"undo,omitempty"`
	PeersNote  string           `json:"peers_note,omitempty"`
}

type storedAccount struct {
	Provider   string          `json:"provider"`
	Tenant     string          `json:"tenant,omitempty"`
	ID         string          `json:"id"`
	Being      providers.Being `json:"being,omitempty"`
	Name       string          `json:"name,omitempty"`
	Email      string          `json:"email,omitempty"`
	Logins     []string        `json:"logins,omitempty"`
	State      providers.State `json:"state"`
	StateWord  string          `json:"state_word,omitempty"`
	Created    time.Time       `json:"created,omitzero"`
	LastSeen   time.Time       `json:"last_seen,omitzero"`
	Roles      []string        `json:"roles,omitempty"`
	RolesKnown bool            `json:"roles_known,omitempty"`
	RolesNote  string          `json:"roles_note,omitempty"`
	Change     string          `json:"change,omitempty"`
}

type storedPolicy struct {
	Name      string             `json:"name,omitempty"`
	Actions   []providers.Action `json:"actions,omitempty"`
	Providers []string           `json:"providers,omitempty"`
	Approvals int                `json:"approvals"`
	Expires   time.Duration      `json:"expires_ns"`
	Window    time.Duration      `json:"window_ns"`
	Confirm   Confirm            `json:"confirm"`
	OutOf     []storedQuota      `json:"out_of,omitempty"`
	CoolOff   time.Duration      `json:"cool_off_ns,omitempty"`
	Why       []string           `json:"why,omitempty"`
}

type storedQuota struct {
	Name   string   `json:"name"`
	Users  []string `json:"users,omitempty"`
	Groups []string `json:"groups,omitempty"`
	Needs  int      `json:"needs"`
}

type storedDifference struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Encode gives the stored form of an event.
func Encode(e Event) ([]byte, error) {
	s := stored{
		V: storedVersion, Kind: e.Kind, At: e.At.UTC(), By: storePerson(e.By), Plan: storePlan(e.Plan), Policy: storePolicy(e.Policy),
		Fills: e.Fills, Typed: e.Typed, Filled: e.Filled,
		Reason: e.Reason, Linked: e.Linked, Digest: e.Digest, Button: e.Button, Step: e.Step, Attempt: e.Attempt, Replica: e.Replica,
		Deadline: e.Deadline, Until: e.Until, Outcome: e.Outcome, Proof: e.Proof, Sent: e.Sent, Answered: e.Answered,
		Verdict: e.Verdict, State: e.State, Key: e.Key, Channel: e.Place.Channel, TS: e.Place.TS, Upto: e.Upto, Maybe: e.Maybe,
	}
	for _, d := range e.Differences {
		s.Differences = append(s.Differences, storedDifference(d))
	}
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return body, nil
}

// Decode reads a stored event. One of a newer version, or of an unknown kind, comes back with its Kind and no error: folding it makes
// the request Foreign. Damaged JSON is an error.
func Decode(body []byte) (Event, error) {
	var s stored
	if err := json.Unmarshal(body, &s); err != nil {
		return Event{}, fmt.Errorf("decode event: %w", err)
	}
	if s.V != storedVersion {
		return Event{Kind: Kind(fmt.Sprintf("v%d/%s", s.V, s.Kind)), At: s.At}, nil
	}
	e := Event{
		Kind: s.Kind, At: s.At, By: loadPerson(s.By), Plan: loadPlan(s.Plan), Policy: loadPolicy(s.Policy), Fills: s.Fills, Typed: s.Typed, Filled: s.Filled, Reason: s.Reason, Linked: s.Linked, Digest: s.Digest,
		Button: s.Button, Step: s.Step, Attempt: s.Attempt, Replica: s.Replica, Deadline: s.Deadline, Until: s.Until,
		Outcome: s.Outcome, Proof: s.Proof, Sent: s.Sent, Answered: s.Answered, Verdict: s.Verdict, State: s.State,
		Key: s.Key, Place: Place{Channel: s.Channel, TS: s.TS}, Upto: s.Upto, Maybe: s.Maybe,
	}
	for _, d := range s.Differences {
		e.Differences = append(e.Differences, Difference(d))
	}
	return e, nil
}

func storePerson(p Person) *storedPerson {
	if !p.Known() {
		return nil
	}
	s := storedPerson(p)
	return &s
}

func loadPerson(s *storedPerson) Person {
	if s == nil {
		return Person{}
	}
	return Person(*s)
}

func storePolicy(p *Policy) *storedPolicy {
	if p == nil {
		return nil
	}
	s := &storedPolicy{
		Name: p.Name, Actions: p.Actions, Providers: p.Providers, Approvals: p.Approvals, Expires: p.Expires, Window: p.Window,
		Confirm: p.Confirm, CoolOff: p.CoolOff, Why: p.Why,
	}
	for _, q := range p.OutOf {
		s.OutOf = append(s.OutOf, storedQuota(q))
	}
	return s
}

func loadPolicy(s *storedPolicy) *Policy {
	if s == nil {
		return nil
	}
	p := &Policy{
		Name: s.Name, Actions: s.Actions, Providers: s.Providers, Approvals: s.Approvals, Expires: s.Expires, Window: s.Window,
		Confirm: s.Confirm, CoolOff: s.CoolOff, Why: s.Why,
	}
	for _, q := range s.OutOf {
		p.OutOf = append(p.OutOf, Quota(q))
	}
	return p
}

func storePlan(p *Plan) *storedPlan {
	if p == nil {
		return nil
	}
	s := &storedPlan{Target: storePerson(p.Target), TargetGroups: p.TargetGroups, TargetNote: p.TargetNote, NotBefore: p.NotBefore, Writes: p.Writes}
	for _, x := range p.Steps {
		s.Steps = append(s.Steps, storedStep{
			Account: storedAccount(x.Account), Action: x.Action, Vendor: x.Vendor, Host: x.Host,
			Reversible: x.Reversible, Warning: x.Warning, Undo: x.Undo, PeersNote: x.PeersNote,
		})
	}
	return s
}

func loadPlan(s *storedPlan) *Plan {
	if s == nil {
		return nil
	}
	p := &Plan{Target: loadPerson(s.Target), TargetGroups: s.TargetGroups, TargetNote: s.TargetNote, NotBefore: s.NotBefore, Writes: s.Writes}
	for _, x := range s.Steps {
		p.Steps = append(p.Steps, Step{
			Account: providers.Account(x.Account), Action: x.Action, Vendor: x.Vendor, Host: x.Host,
			Reversible: x.Reversible, Warning: x.Warning, Undo: x.Undo, PeersNote: x.PeersNote,
		})
	}
	return p
}
