package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// Book is what the service needs of the book of requests.
type Book interface {
	Get(ctx context.Context, id string) (*approvals.Request, error)
	Numbered(ctx context.Context, number int) (*approvals.Request, error)
	Open(ctx context.Context, most int) ([]*approvals.Request, error)
	Create(ctx context.Context, ask approvals.Ask, limits ...book.Limit) (*approvals.Request, error)
	Update(ctx context.Context, id string, d book.Decision, deliveries ...string) (*approvals.Request, error)
	Freeze(ctx context.Context, f approvals.Freeze, deliveries ...string) (*approvals.Request, error)
	Frozen(ctx context.Context) (*approvals.Request, error)
	Remember(ctx context.Context, deliveries ...string) error
	Wait(ctx context.Context, id string, ok func(*approvals.Request) bool) (*approvals.Request, error)
}

// Settings are fixed at construction.
type Settings struct {
	Command            string // "/offboard"
	Writes             bool
	Requesters         Rights
	Approvers          Rights
	Own                map[approvals.Right]Rights // what the configuration gives to people of its own; missing: the defaults of whoMay
	Policies           []approvals.Policy
	Guard              func(ctx context.Context) (approvals.Guard, error) // what is protected, read now; nil: nothing
	PerHour            int                                                // requests an hour for all; 0: no limit
	PerRequesterPerDay int                                                // 0: no limit
	// CardsMayGoOut says why no card may be posted now; nil: always.
	CardsMayGoOut func(ctx context.Context) error
	// FindCard looks in Slack for a request's card whose place is not on record; nil: nowhere.
	FindCard func(ctx context.Context, r *approvals.Request) (approvals.Place, bool, error)
}

// Service answers what people do in Slack.
type Service struct {
	book      Book
	directory Directory
	forms     Forms
	providers []providers.Provider
	set       Settings
	now       func() time.Time
	log       *slog.Logger

	groups groups
}

// New returns a service over the providers, in the order in which people are shown them.
func New(b Book, d Directory, f Forms, ps []providers.Provider, set Settings, now func() time.Time, log *slog.Logger) *Service {
	return &Service{book: b, directory: d, forms: f, providers: ps, set: set, now: now, log: log}
}

var _ Handler = (*Service)(nil)

// The fixed sentences for faults of our own.
const (
	cannotRecord = "The bot cannot record this now. Nothing was done. Try again in a minute."
	recordsLost  = "The bot's journal has lost what was recorded, so it records nothing until an operator has looked. Nothing was done."
	recordsNew   = "The bot does not record anything before it has held its journal against the audit channel, which it does right after its start. " +
		"Nothing was done. Try again in a minute."
	cannotTell = "The bot cannot check who you are now. Nothing was done. Try again in a minute."
)

// unrecorded says what a fault of our own means for what somebody wanted recorded.
func (s *Service) unrecorded(err error) string {
	switch {
	case errors.Is(err, journal.ErrLost):
		return recordsLost
	case errors.Is(err, journal.ErrUnchecked):
		return recordsNew
	case journal.Unwritten(err):
		return cannotRecord
	default:
		return fmt.Sprintf("The bot cannot reach its own records now, so nobody can say whether this was recorded. Look at the card, "+
			"or type `%s list`, in a minute, before you try again.", s.set.Command)
	}
}

// failed ends a delivery that could not be recorded, for certain or perhaps.
func (s *Service) failed(what string, err error) (Ack, Later, error) {
	return Ack{Text: s.unrecorded(err)}, nil, fmt.Errorf("%s: %w", what, err)
}

// Command handles a slash command.
func (s *Service) Command(ctx context.Context, c Command) (Ack, Later, error) {
	line, err := ParseLine(c.Text)
	if f, ok := errors.AsType[*fault](err); ok {
		return Ack{Text: mrkdwn.Text(f.say) + " Nothing was done. Type `" + s.set.Command + " help` for the grammar."}, nil, nil
	}
	if decide := s.onNumber(line.Verb); decide != nil {
		return s.atOnce(ctx, c, func(by approvals.Person) (Reply, error) {
			return decide(ctx, by, line.Number, c.Delivery.Keys...)
		})
	}
	switch line.Verb { //nolint:exhaustive // the others follow
	case VerbHelp:
		return Ack{Text: Help(s.set.Command)}, nil, nil
	case VerbReschedule:
		return s.atOnce(ctx, c, func(by approvals.Person) (Reply, error) {
			return s.reschedule(ctx, by, line, c.Delivery.Keys...)
		})
	case VerbResolve:
		return s.atOnce(ctx, c, func(by approvals.Person) (Reply, error) {
			return s.resolve(ctx, by, line, c.Delivery.Keys...)
		})
	case VerbFreeze:
		return s.atOnce(ctx, c, func(by approvals.Person) (Reply, error) {
			return s.freeze(ctx, by, line, c.Delivery.Keys...)
		})
	case VerbUnfreeze:
		return s.atOnce(ctx, c, func(by approvals.Person) (Reply, error) {
			return s.unfreeze(ctx, by, line, c.Delivery.Keys...)
		})
	}
	// What only reads is remembered too: a repeat is silent, whatever it asks for (design §9).
	if ack, fresh := s.remember(ctx, c.Delivery); !fresh {
		return ack, nil, nil
	}
	switch line.Verb { //nolint:exhaustive // the rest is above, to ask below
	case VerbForm:
		return s.openForm(ctx, c)
	case VerbList:
		return Ack{}, s.later(c.From, c.Reply, s.list), nil
	case VerbStatus:
		return Ack{}, s.later(c.From, c.Reply, func(ctx context.Context, by approvals.Person) (Reply, error) {
			return s.status(ctx, by, line.Number)
		}), nil
	}
	return Ack{Text: lookingUp(line)}, s.later(c.From, c.Reply, func(ctx context.Context, by approvals.Person) (Reply, error) {
		return s.ask(ctx, by, line)
	}), nil
}

func lookingUp(l Line) string {
	if l.Mention != "" {
		return "Looking up " + mrkdwn.Person(l.Mention) + " …"
	}
	return "Looking up " + mrkdwn.ID(l.Who) + " …"
}

// remember records a delivery before it is acknowledged. fresh is false for one that was handled before, and when it cannot be recorded.
func (s *Service) remember(ctx context.Context, d Delivery) (Ack, bool) {
	err := s.book.Remember(ctx, d.Keys...)
	if again(err) {
		s.log.Info("a delivery was handled before")
		return Ack{}, false
	}
	if err != nil {
		s.log.Error("remember delivery", "error", err)
		return Ack{Text: s.unrecorded(journal.NotWritten(err))}, false // the delivery at most, and nothing comes of it
	}
	return Ack{}, true
}

// atOnce lets a decision be made before its command is acknowledged, as a click is: Slack delivers no command twice, so one that was
// acknowledged and not yet recorded would be lost with the process, and the removal that somebody took back would go on.
func (s *Service) atOnce(ctx context.Context, c Command, f func(by approvals.Person) (Reply, error)) (Ack, Later, error) {
	by, err := s.person(ctx, c.From)
	var r Reply
	if err == nil {
		r, err = f(by)
	}
	if again(err) {
		s.log.Info("a delivery was handled before")
		return Ack{}, nil, nil
	}
	if err != nil {
		if !forPeople(err) {
			return s.failed("command", err)
		}
		if ack, fresh := s.remember(ctx, c.Delivery); !fresh {
			return ack, nil, nil
		}
		var owed bool
		if r, owed = s.apology(err); !owed {
			return Ack{}, nil, nil
		}
	}
	return Ack{}, func(ctx context.Context) { s.reply(ctx, c.Reply, r) }, nil
}

// forPeople reports whether an error says something about what was asked; any other is a fault of ours, after which it is not known
// what was recorded.
func forPeople(err error) bool {
	_, unwelcome := errors.AsType[*Unwelcome](err)
	_, refused := errors.AsType[*approvals.Refusal](err)
	_, told := errors.AsType[*plain](err)
	return unwelcome || refused || told || isDirectory(err)
}

// laterTimeout bounds everything that happens after an acknowledgement.
const laterTimeout = 90 * time.Second

// later finds out who the sender is, lets f answer, and tells them privately.
func (s *Service) later(from Sender, to Replier, f func(ctx context.Context, by approvals.Person) (Reply, error)) Later {
	return func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, laterTimeout)
		defer cancel()
		by, err := s.person(ctx, from)
		var r Reply
		if err == nil {
			r, err = f(ctx, by)
		}
		if err != nil {
			var owed bool
			if r, owed = s.apology(err); !owed {
				return
			}
		}
		s.reply(ctx, to, r)
	}
}

// person finds out who the sender is.
func (s *Service) person(ctx context.Context, from Sender) (approvals.Person, error) {
	p, err := s.directory.Person(ctx, from)
	if _, unwelcome := errors.AsType[*Unwelcome](err); err != nil && !unwelcome {
		return p, &directoryError{err}
	}
	return p, err
}

func (s *Service) reply(ctx context.Context, to Replier, r Reply) {
	if r.Text == "" || to == nil {
		return
	}
	if err := to.Private(ctx, r); err != nil {
		s.log.Warn("private reply", "error", err)
	}
}

// apology turns an error into a reply; owed is false for those who are owed no answer.
func (s *Service) apology(err error) (r Reply, owed bool) {
	if u, ok := errors.AsType[*Unwelcome](err); ok {
		s.log.Warn("unwelcome", "why", u.Why)
		return Reply{Text: mrkdwn.Text(u.Say)}, !u.Silent
	}
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		return Reply{Text: mrkdwn.Text(f.Say)}, true
	}
	if p, ok := errors.AsType[*plain](err); ok {
		return Reply{Text: p.text}, true
	}
	if _, ok := errors.AsType[*directoryError](err); ok {
		s.log.Error("directory", "error", err)
		return Reply{Text: cannotTell}, true
	}
	s.log.Error("command", "error", err)
	return Reply{Text: s.unrecorded(err)}, true
}

// plain is an error that is already a sentence for the person, as mrkdwn.
type plain struct{ text string }

func (p *plain) Error() string { return "told: " + p.text }

func plainf(format string, args ...any) error { return &plain{fmt.Sprintf(format, args...)} }

// directoryError is a failed look at who may do what.
type directoryError struct{ err error }

func (e *directoryError) Error() string { return "directory: " + e.err.Error() }

func (e *directoryError) Unwrap() error { return e.err }
