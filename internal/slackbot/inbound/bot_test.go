package inbound_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
	"offboard/internal/slackbot/inbound"
)

// spy is a journal that notes what is written into it.
type spy struct {
	journal.Journal
	mu         sync.Mutex
	writes     []approvals.Kind
	remembered int
}

func (s *spy) Append(ctx context.Context, w journal.Write) (int, error) {
	n, err := s.Journal.Append(ctx, w)
	if err != nil {
		return n, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remembered += len(w.Deliveries)
	for _, r := range w.Records {
		e, err := approvals.Decode(r.Body)
		if err != nil {
			return n, err
		}
		if !e.Kind.Receipt() {
			s.writes = append(s.writes, e.Kind)
		}
	}
	return n, nil
}

func (s *spy) Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	err := s.Journal.Remember(ctx, deliveries, now, keep)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.remembered += len(deliveries)
	}
	return err
}

// shelf is the book with a dispatcher's first deed: the card of a new request is there at once.
type shelf struct{ *book.Book }

var home = approvals.Place{Channel: "C0APPROVE", TS: "1700000000.000100"}

func (s shelf) Create(ctx context.Context, a approvals.Ask, l ...book.Limit) (*approvals.Request, error) {
	r, err := s.Book.Create(ctx, a, l...)
	if err != nil {
		return r, err
	}
	return s.Update(ctx, r.ID, func(r *approvals.Request, _ time.Time) ([]approvals.Event, error) {
		return []approvals.Event{{Kind: approvals.Told, Key: approvals.KeyCard, Place: home, Upto: r.Version()}}, nil
	})
}

// people are Slack's answers about who is who. What else a directory says is not asked here.
type people struct{ commands.Directory }

func (people) Person(_ context.Context, s commands.Sender) (approvals.Person, error) {
	return people{}.Mentioned(context.Background(), s.UserID)
}

func (people) ByEmail(context.Context, string) (approvals.Person, error) {
	return approvals.Person{}, nil
}

func (people) Mentioned(_ context.Context, id string) (approvals.Person, error) {
	switch id {
	case "U0ALICE", "W0ALICE":
		return approvals.Person{ID: id, Also: []string{"W0ALICE"}, Email: "alice@example.com"}, nil
	case "U0BOB", "W0BOB":
		return approvals.Person{ID: id, Also: []string{"W0BOB"}, Email: "bob@example.com"}, nil
	case "U0DANA":
		return approvals.Person{ID: id, Email: "dana@example.com"}, nil
	case "U0GUS":
		return approvals.Person{ID: id}, &commands.Unwelcome{Why: "guest", Say: "Guests cannot.", Person: approvals.Person{ID: id}}
	case "U0SID":
		return approvals.Person{ID: id}, &commands.Unwelcome{Why: "stranger", Say: "No.", Silent: true, Person: approvals.Person{ID: id}}
	default:
		return approvals.Person{}, errors.New("user_not_found")
	}
}

func (people) Members(context.Context, string) ([]string, error) { return nil, nil }

// paper is the forms that are opened, which nobody looks at.
type paper struct{}

func (paper) OpenAsk(context.Context, string, commands.AskForm) error     { return nil }
func (paper) OpenTyped(context.Context, string, commands.TypedForm) error { return nil }

// eins is a provider that knows Dana and Pat.
type eins struct{}

func (eins) account(id, email string) providers.Account {
	return providers.Account{Provider: "eins", Tenant: "t", ID: id, Email: email, State: providers.StateActive, StateWord: "ACTIVE"}
}

func (eins) Describe() providers.Description {
	return providers.Description{
		Name: "eins", Vendor: "Eins", Host: "eins.example.com", Default: providers.Delete, Actions: []providers.ActionInfo{{Action: providers.Delete}},
	}
}

func (eins) Self(context.Context) (providers.Account, error) {
	return providers.Account{Provider: "eins"}, nil
}

func (e eins) Find(_ context.Context, q providers.Query) ([]providers.Account, error) {
	for id, email := range map[string]string{"101": "dana@example.com", "102": "pat@example.com"} {
		if q.Value == id || strings.EqualFold(q.Value, email) {
			return []providers.Account{e.account(id, email)}, nil
		}
	}
	return nil, nil
}

func (e eins) Read(ctx context.Context, id string) (providers.Account, error) {
	if all, _ := e.Find(ctx, providers.Query{Value: id}); len(all) == 1 {
		return all[0], nil
	}
	return providers.Account{}, &providers.Error{Kind: providers.NotFound, Vendor: "Eins", Say: "no such id"}
}

func (eins) Do(context.Context, providers.Order) (providers.Answer, error) {
	panic("nothing is called here")
}

func (eins) Look(context.Context, providers.Order) (providers.Sight, error) {
	panic("nothing is looked at here")
}

// bot is everything behind the transports, with one open request on record.
type bot struct {
	intake  *inbound.Intake
	runner  *inbound.Runner
	spy     *spy
	log     *safe
	request *approvals.Request
	mu      sync.Mutex
	became  []string
}

// Command, Click and Submit note what came, and let the service decide.
type noting struct {
	*bot
	to commands.Handler
}

func (n noting) note(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.became = append(n.became, what)
}

func (n noting) Command(ctx context.Context, c commands.Command) (commands.Ack, commands.Later, error) {
	n.note("command")
	return n.to.Command(ctx, c)
}

func (n noting) Click(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
	n.note("click")
	return n.to.Click(ctx, c)
}

func (n noting) Submit(ctx context.Context, s commands.Submit) (commands.Ack, commands.Later, error) {
	n.note("submit")
	return n.to.Submit(ctx, s)
}

func newBot(t *testing.T, typed bool) *bot {
	t.Helper()
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	b := &bot{spy: &spy{Journal: j}, log: &safe{}}
	records := shelf{book.New(b.spy, time.Now)}
	b.request = opened(t, records, typed)
	b.spy.writes, b.spy.remembered = nil, 0
	log := slog.New(slog.NewTextHandler(b.log, nil))
	set := commands.Settings{
		Command: "/offboard", Writes: true, Requesters: commands.Rights{Users: []string{"U0ALICE", "W0ALICE"}},
		Approvers: commands.Rights{Users: []string{"U0BOB", "U0ALICE", "U0DANA", "W0BOB", "U0GUS", "U0SID"}},
	}
	service := commands.New(records, people{}, paper{}, []providers.Provider{eins{}}, set, time.Now, log)
	d, err := inbound.NewDecoder(team, app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.runner = inbound.NewRunner(100, log)
	b.intake = inbound.NewIntake(d, noting{b, service}, b.runner, log, nil)
	return b
}

// opened is Alice's request for Dana's account at another provider, so that nothing keeps anybody from asking for the one at eins.
func opened(t *testing.T, records shelf, typed bool) *approvals.Request {
	t.Helper()
	account := eins{}.account("101", "dana@example.com")
	account.Provider = "zwei"
	ask := approvals.Ask{
		By: approvals.Person{ID: "U0ALICE", Email: "alice@example.com"}, Requester: true,
		Plan:   approvals.Plan{Writes: true, Steps: []approvals.Step{{Account: account, Action: providers.Delete, Vendor: "Zwei", Host: "zwei.example.com"}}},
		Policy: approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog},
	}
	if typed {
		ask.Policy.Confirm = approvals.ConfirmTyped
	}
	r, err := records.Create(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// end waits for what goes on, and fails on a panic.
func (b *bot) end(t *testing.T) {
	t.Helper()
	if err := b.runner.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if strings.Contains(b.log.String(), "panic") {
		t.Errorf("a panic:\n%s", b.log.String())
	}
}

// came is what was made of what was delivered, and what of it is on record.
func (b *bot) came() (became string, writes []approvals.Kind, remembered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spy.mu.Lock()
	defer b.spy.mu.Unlock()
	return strings.Join(b.became, ", "), append([]approvals.Kind(nil), b.spy.writes...), b.spy.remembered > 0
}
