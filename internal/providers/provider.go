package providers

import "context"

// By says what a query's value is.
type By string

// The ways to find an account.
const (
	ByEmail By = "email" // an e-mail address: matches an account's e-mail or a login, case-insensitively, whole
	ByLogin By = "login" // a login name, case-insensitively, whole
	ByID    By = "id"    // the vendor's id, exactly
	ByAny   By = "any"   // an id or a login; e-mail too when the value holds an @
)

// Query asks for accounts. Value is never empty: a blank selector would match everybody at two of three vendors.
type Query struct {
	By    By
	Value string
}

// MostFound is how many accounts a search gives at most. As many as that may mean that there are more.
const MostFound = 20

// Order is one action on one account, as approved.
type Order struct {
	Account Account // as it was read right before the call
	Action  Action
	// Earlier is true when an earlier write of ours against this very account is on record as sent.
	Earlier bool
	// Answered is the HTTP status that the write of this order was answered with; 0 before the write, and when no answer came.
	Answered int
}

// Answer is a provider's own success answer to a write.
type Answer struct {
	Status int    // HTTP status
	Text   string // one plain clause for the proof, for example "ZITADEL answered 200"
}

// Verdict is what a look at an account says about the aim of an action.
type Verdict string

// The verdicts.
const (
	// Reached: conclusive: the account is in the state the action aims at.
	Reached Verdict = "reached"
	// NotReached: conclusive for now: the account is there and is not in that state.
	NotReached Verdict = "not_reached"
	// Elsewhere: conclusive: the account is gone although the action would have kept it: somebody else deleted it.
	Elsewhere Verdict = "elsewhere"
	// Invisible: the provider does not show the account any more, which may also mean that our rights changed.
	Invisible Verdict = "invisible"
)

// Verdicts lists every Verdict.
func Verdicts() []Verdict { return []Verdict{Reached, NotReached, Elsewhere, Invisible} }

// Sight is what a look saw.
type Sight struct {
	Verdict Verdict
	Text    string   // one plain clause for the proof, for example "read back: USER_STATE_INACTIVE"
	Account *Account // the account as read; nil when there is none to read
}

// Provider is one configured identity provider. All methods may be called concurrently, honour ctx, and return *[Error] (wrapped or
// not) for everything that goes wrong at the provider.
type Provider interface {
	// Describe says what this provider is and can do. No I/O.
	Describe() Description

	// Self reads the account behind the bot's own credential, and thereby checks address, credential and answer format.
	// A credential that works but belongs to no account gives an Account with an empty ID and no error.
	Self(ctx context.Context) (Account, error)

	// Find returns all accounts that match, deleted ones included where the vendor still shows them; none is not an error.
	// It never returns more than MostFound.
	Find(ctx context.Context, q Query) ([]Account, error)

	// Read returns the account with this id, its administrative roles included. An account that conclusively does not exist
	// is [NotFound]; an answer that could also mean missing rights is [Denied] or [Misconfigured].
	Read(ctx context.Context, id string) (Account, error)

	// Do sends the write, once. nil error: the provider's own success answer. Otherwise an *Error:
	// RateLimited, or NotSent set: it provably did not take effect and may be sent again;
	// Denied, Refused, NotFound, Misconfigured: the provider answered that it did not do it (still to be confirmed by Look);
	// UnknownOutcome: it may have taken effect.
	// Do checks ctx's deadline against the wall clock right before sending and sends nothing when it has passed (NotSent).
	Do(ctx context.Context, o Order) (Answer, error)

	// Look reads the account and says whether the order's aim is reached. An error means that nothing could be seen
	// this time. Looks may be repeated.
	Look(ctx context.Context, o Order) (Sight, error)
}
