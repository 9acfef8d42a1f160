package providers

import "time"

// State is what a provider says of an account, in our words. The vendor's own word is kept beside it in [Account.StateWord].
type State string

// The states of an account.
const (
	StateActive   State = "active"   // can sign in
	StateInactive State = "inactive" // deactivated or suspended: cannot sign in, can be undone
	StateLocked   State = "locked"   // locked or banned: cannot sign in now, may come back by itself or by an administrator
	StateInitial  State = "initial"  // invited, never signed in
	StateDeleted  State = "deleted"  // deleted or terminated, still readable
	StateUnknown  State = "unknown"  // a word we do not know: never treated as active
)

// States lists every State.
func States() []State {
	return []State{StateActive, StateInactive, StateLocked, StateInitial, StateDeleted, StateUnknown}
}

// Being is what stands behind an account.
type Being string

// The beings: people have Human accounts, services Machine accounts. Empty where the provider does not tell them apart.
const (
	Human   Being = "human"
	Machine Being = "machine"
)

// Account is one entry at one provider, as read at one moment. Every text in it comes from outside and is untrusted.
type Account struct {
	Provider   string    // the provider's name in the configuration
	Tenant     string    // organisation, environment or network the account lives in, the vendor's id
	ID         string    // the vendor's id, never empty
	Being      Being     // human, machine or unknown
	Name       string    // display name, may be empty
	Email      string    // may be empty
	Logins     []string  // login names, sorted; may be empty
	State      State     //
	StateWord  string    // the vendor's own word, for example USER_STATE_INACTIVE
	Created    time.Time // zero where unknown
	LastSeen   time.Time // zero where unknown
	Roles      []string  // administrative roles, sorted; for the warning on the card
	RolesKnown bool      // Roles are all there are: the provider was asked and has answered
	RolesNote  string    // set when Roles could not be read or the provider has none: one plain sentence
	Change     string    // the vendor's change counter or date; not part of what people approve
}

// Action is what can be done to an account.
type Action string

// The actions.
const (
	Delete     Action = "delete"     // for good
	Deactivate Action = "deactivate" // can be undone by an administrator
)

// Actions lists every Action.
func Actions() []Action { return []Action{Delete, Deactivate} }

// ActionInfo describes one action of one provider to the people who decide on it.
type ActionInfo struct {
	Action     Action
	Reversible bool   // an administrator can undo it at the provider
	Warning    string // one or two plain sentences: what is particular to this vendor. Empty where that it is for good says it all
	Undo       string // how to undo it; empty when it cannot be undone
}

// Description is what a provider says of itself. It is fixed at construction.
type Description struct {
	Name      string        // name in the configuration, for example "zitadel-eu"
	Vendor    string        // what people call it: "ECGrid", "ZITADEL", "Torii"
	Host      string        // where the configured URL leads: its host, with the port and path it has
	Actions   []ActionInfo  // at least one
	Default   Action        // the configured default
	RoleOrder []string      // its administrative roles, the highest first, as Account.Roles names them; empty where it has none
	Settle    time.Duration // how long after a write a read may still show the state before it
	Timeout   time.Duration // how long one write may take before its outcome counts as unknown
}

// Info returns the description of an action, and whether the provider has it.
func (d Description) Info(a Action) (ActionInfo, bool) {
	for _, i := range d.Actions {
		if i.Action == a {
			return i, true
		}
	}
	return ActionInfo{}, false
}
