package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"offboard/internal/approvals"
)

// Teller tells people in Slack. The mark is an opaque id that the message carries as its metadata, so that it can be found again.
// Errors are *TellError.
type Teller interface {
	// PostCard posts the card into the approvals channel.
	PostCard(ctx context.Context, r *approvals.Request, mark string) (approvals.Place, error)
	// UpdateCard makes the card at r.Card.Place show r.
	UpdateCard(ctx context.Context, r *approvals.Request) error
	// PostThread posts the sentence for one event into the card's thread; into the audit channel when r.Thread.Gone or there is no card.
	PostThread(ctx context.Context, r *approvals.Request, e approvals.Event, mark string) (approvals.Place, error)
	// PostAudit posts one message into the audit channel, a line for each event with its hash.
	PostAudit(ctx context.Context, r *approvals.Request, events []approvals.Event, mark string) (approvals.Place, error)
	// Find looks for a message of ours with the mark, where Post… would have put it, posted at or after since.
	Find(ctx context.Context, r *approvals.Request, to Channel, mark string, since time.Time) (approvals.Place, bool, error)
}

// Channel says which of the places a message belongs to.
type Channel string

// The places.
const (
	ToApprovals Channel = "approvals" // a card
	ToThread    Channel = "thread"    // the card's thread
	ToAudit     Channel = "audit"
)

// TellKind says what went wrong with telling.
type TellKind string

// The kinds.
const (
	TellLater  TellKind = "later"  // certainly not posted; try again after Wait
	TellMaybe  TellKind = "maybe"  // it may have been posted: look for it first
	TellGone   TellKind = "gone"   // the message to update or to answer is gone or may not be changed
	TellClosed TellKind = "closed" // the channel is archived, gone, shared with outsiders, or we are not in it
	TellBroken TellKind = "broken" // Slack refuses what we send, or our token: a person must look
)

// TellError is what went wrong with telling.
type TellError struct {
	Kind TellKind
	Wait time.Duration // TellLater: as Slack asked; 0: not said
	Err  error
}

func (e *TellError) Error() string { return fmt.Sprintf("tell: %s: %v", e.Kind, e.Err) }

func (e *TellError) Unwrap() error { return e.Err }

// tellKind returns the kind of the error; anything unknown may have been posted.
func tellKind(err error) TellKind {
	if e, ok := errors.AsType[*TellError](err); ok {
		return e.Kind
	}
	return TellMaybe
}
