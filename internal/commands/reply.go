package commands

import (
	"context"
	"time"

	"offboard/internal/approvals"
)

// Ack is what goes back inside Slack's three seconds. Whatever had to be durable is durable by then.
type Ack struct {
	Text   string            // commands: shown privately at once, mrkdwn; empty: nothing is shown
	Errors map[string]string // forms: field → what is wrong with it; the form stays open
}

// Later is the rest of the work, done after the acknowledgement is on the wire. nil: there is none.
type Later func(ctx context.Context)

// Handler takes what people do in Slack. The transports call it; Service is the one that decides. A non-nil error means that it could not be
// recorded, or that nobody can say: the transport answers with a failure so that Slack tells the person. Ack.Text then says what that means
// for them; empty: nothing was done.
type Handler interface {
	Command(ctx context.Context, c Command) (Ack, Later, error)
	Click(ctx context.Context, c Click) (Ack, Later, error)
	Submit(ctx context.Context, s Submit) (Ack, Later, error)
}

// Reply is a private answer to one person.
type Reply struct {
	Text    string          // mrkdwn; everything untrusted in it went through package mrkdwn
	Card    approvals.Place // a link to this card is added, if set
	Choices []Choice        // one button each
}

// Choice is one account in a private list to choose from.
type Choice struct {
	Text  string // mrkdwn: what it is
	Label string // on the button, plain text
	Value string // what the click carries, at most 2,000 code points; a hint only
}

// Replier answers the person privately: by the response_url where there is one, else by an ephemeral message. It is good for half an hour.
type Replier interface {
	Private(ctx context.Context, r Reply) error
}

// The action ids of buttons. Approve, deny and withdraw are the card's (approvals.Button).
const (
	ActionChoose = "choose" // an account in a private list
)

// The callback ids of forms.
const (
	FormAsk   = "ask"   // the form of /offboard alone
	FormTyped = "typed" // an approver types what the card shows
)

// The field names (block ids) of forms.
const (
	FieldWho      = "who"
	FieldProvider = "provider" // empty: all
	FieldAction   = "action"   // empty: the provider's default
	FieldReason   = "reason"
	FieldAt       = "at" // not before when; empty: at once
	FieldTyped    = "typed"
)

// AskForm is what the form of /offboard alone offers.
type AskForm struct {
	Providers []string // names; "all of them" is offered besides
	Actions   []string
	Private   string // comes back in Submit.Private
}

// TypedForm asks an approver to type the account's e-mail or id. It does not show what is to be typed.
type TypedForm struct {
	Title   string         // at most 24 code points, for example "Approve OFF-42"
	Plan    approvals.Plan // what is approved: its warning stands above the field
	Ask     string         // plain text: what to type
	Private string         // comes back in Submit.Private
}

// Forms opens forms. The trigger id is good for three seconds and once.
type Forms interface {
	OpenAsk(ctx context.Context, triggerID string, f AskForm) error
	OpenTyped(ctx context.Context, triggerID string, f TypedForm) error
}

// Directory says who is who, as Slack says right now. It fails closed: an answer that is not clear is an error.
type Directory interface {
	// Person returns who the sender is. *Unwelcome: one of those who may decide nothing here, whoever they are.
	Person(ctx context.Context, s Sender) (approvals.Person, error)
	// Mentioned returns the person behind a user id that somebody wrote. People who have left Slack already are returned too;
	// bots and people of other teams are *Unwelcome.
	Mentioned(ctx context.Context, userID string) (approvals.Person, error)
	// Zone returns the person's time zone; nil: Slack does not say, or names one that is not known here.
	Zone(ctx context.Context, userID string) (*time.Location, error)
	// ByEmail returns the person of ours who has an e-mail address in Slack; an unknown one where there is none.
	ByEmail(ctx context.Context, email string) (approvals.Person, error)
	// Members returns the user ids in a user group; none for an empty group.
	Members(ctx context.Context, groupID string) ([]string, error)
}

// Unwelcome says why somebody may decide nothing here.
type Unwelcome struct {
	Why    string // a code for logs and the audit: "guest", "bot", "deleted", "stranger", "invited", "other team", "unconfirmed e-mail"
	Say    string // for the person, plain text
	Silent bool   // bots, deleted people and strangers are owed no answer
	Person approvals.Person
}

func (u *Unwelcome) Error() string { return "unwelcome: " + u.Why }
