package commands_test

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// directory is a workspace's people and groups.
type directory struct {
	people      map[string]approvals.Person
	unwelcome   map[string]*commands.Unwelcome
	groups      map[string][]string
	zones       map[string]*time.Location
	down        error    // everything fails
	noGroups    error    // groups cannot be read
	reads       int      // groups that were asked for
	looked      []string // addresses that were asked for
	noAddresses error    // addresses cannot be looked up
}

func (d *directory) Person(_ context.Context, s commands.Sender) (approvals.Person, error) {
	return d.Mentioned(context.Background(), s.UserID)
}

func (d *directory) Mentioned(_ context.Context, id string) (approvals.Person, error) {
	if d.down != nil {
		return approvals.Person{}, d.down
	}
	if u, ok := d.unwelcome[id]; ok {
		return u.Person, u
	}
	if p, ok := d.people[id]; ok {
		return p, nil
	}
	return approvals.Person{}, errors.New("user_not_found")
}

func (d *directory) Zone(_ context.Context, id string) (*time.Location, error) {
	if d.down != nil {
		return nil, d.down
	}
	return d.zones[id], nil
}

func (d *directory) ByEmail(_ context.Context, email string) (approvals.Person, error) {
	d.looked = append(d.looked, email)
	if err := errors.Join(d.down, d.noAddresses); err != nil {
		return approvals.Person{}, err
	}
	for _, p := range d.people {
		if p.Email != "" && strings.EqualFold(p.Email, email) {
			return p, nil
		}
	}
	return approvals.Person{}, nil
}

func (d *directory) Members(_ context.Context, group string) ([]string, error) {
	d.reads++
	if err := errors.Join(d.down, d.noGroups); err != nil {
		return nil, err
	}
	return d.groups[group], nil
}

// forms keeps what was opened.
type forms struct {
	asks  []commands.AskForm
	typed []commands.TypedForm
	fail  error
}

func (f *forms) OpenAsk(_ context.Context, _ string, a commands.AskForm) error {
	f.asks = append(f.asks, a)
	return f.fail
}

func (f *forms) OpenTyped(_ context.Context, _ string, a commands.TypedForm) error {
	f.typed = append(f.typed, a)
	return f.fail
}

// replies keeps what one person was told.
type replies struct {
	got  []commands.Reply
	fail error
}

func (r *replies) Private(_ context.Context, x commands.Reply) error {
	r.got = append(r.got, x)
	return r.fail
}

// idp is a provider whose search index may lag behind what a read by id says.
type idp struct {
	name, vendor string
	actions      []providers.ActionInfo
	accounts     []providers.Account          // as the search shows them
	now          map[string]providers.Account // as a read by id shows them, where that differs
	self         string                       // id of the bot's own account
	peers        providers.Peers              // who else administers
	peersDown    error
	notCounted   []string // the ids that Peers was told not to count
	host         string
	finds        error
	reads        error
	selves       error
	panics       bool

	mu      sync.Mutex
	queries []providers.Query
}

// hires adds so many accounts with one e-mail address.
func (p *idp) hires(n int, email string) {
	for i := range n {
		p.accounts = append(p.accounts, account(p.name, strconv.Itoa(7000+i), email))
	}
}

func (p *idp) Describe() providers.Description {
	return providers.Description{Name: p.name, Vendor: p.vendor, Host: cmp.Or(p.host, p.name+".example.com"), Actions: p.actions, Default: p.actions[0].Action}
}

func (p *idp) Self(context.Context) (providers.Account, error) {
	return providers.Account{Provider: p.name, ID: p.self}, p.selves
}

func (p *idp) Find(_ context.Context, q providers.Query) ([]providers.Account, error) {
	if p.panics {
		panic("a bug in a vendor")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queries = append(p.queries, q)
	var out []providers.Account
	for _, a := range p.accounts {
		if strings.EqualFold(q.Value, a.Email) || q.By == providers.ByAny && q.Value == a.ID {
			out = append(out, a)
		}
	}
	return out, p.finds
}

func (p *idp) Read(_ context.Context, id string) (providers.Account, error) {
	if p.reads != nil {
		return providers.Account{}, p.reads
	}
	if a, ok := p.now[id]; ok {
		return a, nil
	}
	for _, a := range p.accounts {
		if a.ID == id {
			return a, nil
		}
	}
	return providers.Account{}, &providers.Error{Kind: providers.NotFound, Vendor: p.vendor, Op: "read user", Say: p.vendor + " knows no such id"}
}

func (p *idp) Peers(_ context.Context, _ providers.Account, besides ...string) (providers.Peers, error) {
	p.notCounted = besides
	return p.peers, p.peersDown
}

func (p *idp) Do(context.Context, providers.Order) (providers.Answer, error) {
	panic("asking calls nothing")
}

func (p *idp) Look(context.Context, providers.Order) (providers.Sight, error) {
	panic("asking looks at nothing afterwards")
}

// shelf is the book with a dispatcher's first deed: the card of a new request is there at once, unless cards are held back.
type shelf struct {
	*book.Book
	heldBack bool
	before   func() // runs once, before the second Create
	creates  int
}

var home = approvals.Place{Channel: "C0APPROVE", TS: "1700000000.000100"}

func (s *shelf) Create(ctx context.Context, a approvals.Ask, l ...book.Limit) (*approvals.Request, error) {
	if s.creates++; s.creates == 2 && s.before != nil {
		s.before()
	}
	r, err := s.Book.Create(ctx, a, l...)
	if err != nil || s.heldBack {
		return r, err
	}
	return s.Update(ctx, r.ID, shown)
}

// shown puts a card on record.
func shown(r *approvals.Request, _ time.Time) ([]approvals.Event, error) {
	return []approvals.Event{{Kind: approvals.Told, Key: approvals.KeyCard, Place: home, Upto: r.Version()}}, nil
}

// store is a journal that can be out of order.
type store struct {
	journal.Journal
	down   error // nothing works
	writes error // nothing can be written
}

func (s *store) Append(ctx context.Context, w journal.Write) (int, error) {
	if err := errors.Join(s.down, s.writes); err != nil {
		return 0, err
	}
	return s.Journal.Append(ctx, w)
}

func (s *store) Load(ctx context.Context, id string) (journal.Log, error) {
	if s.down != nil {
		return journal.Log{}, s.down
	}
	return s.Journal.Load(ctx, id)
}

func (s *store) Open(ctx context.Context, most int) ([]string, error) {
	if s.down != nil {
		return nil, s.down
	}
	return s.Journal.Open(ctx, most)
}

func (s *store) Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	if err := errors.Join(s.down, s.writes); err != nil {
		return err
	}
	return s.Journal.Remember(ctx, deliveries, now, keep)
}
