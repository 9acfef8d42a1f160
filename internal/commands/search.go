package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// hit is one account that was found.
type hit struct {
	provider providers.Provider
	account  providers.Account
}

// miss is a provider that could not be searched.
type miss struct {
	name string
	say  string
}

// found is what a search over several providers brought, in the order of the configuration.
type found struct {
	hits   []hit
	misses []miss
	looked []string // names of the providers that were searched
	more   bool     // a provider gave as many as it gives at most, so there may be more
}

// searchTimeout bounds the search at one provider, its retries included.
const searchTimeout = 25 * time.Second

// search asks all providers side by side.
func (s *Service) search(ctx context.Context, where []providers.Provider, q providers.Query) found {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	accounts := make([][]providers.Account, len(where))
	errs := make([]error, len(where))
	var wg sync.WaitGroup
	for i, p := range where {
		wg.Go(func() { accounts[i], errs[i] = find(ctx, p, q) })
	}
	wg.Wait()
	var f found
	for i, p := range where {
		name := p.Describe().Name
		f.looked = append(f.looked, name)
		if errs[i] != nil && providers.KindOf(errs[i]) != providers.NotFound {
			s.log.Warn("search", "provider", name, "error", errs[i])
			f.misses = append(f.misses, miss{name: name, say: say(errs[i])})
			continue
		}
		f.more = f.more || len(accounts[i]) >= providers.MostFound
		for _, a := range accounts[i] {
			f.hits = append(f.hits, hit{provider: p, account: a})
		}
	}
	return f
}

// find keeps a panic in one provider's search from ending the process: nothing above would stop it in this goroutine.
func find(ctx context.Context, p providers.Provider, q providers.Query) (accounts []providers.Account, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("search: panic: %T", v)
		}
	}()
	return p.Find(ctx, q)
}

func (s *Service) readByID(ctx context.Context, p providers.Provider, id string) (providers.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	return p.Read(ctx, id)
}

// say gives a provider error in words for people, as plain text.
func say(err error) string {
	return providers.Words(err, "it gave no clear answer")
}

// only returns the one account that is meant: one hit, and every provider was searched.
func (f found) only() (hit, bool) {
	if len(f.hits) != 1 || len(f.misses) != 0 {
		return hit{}, false
	}
	return f.hits[0], true
}

// mostChoices is how many accounts a private list shows.
const mostChoices = 20

// reply answers a search that did not bring exactly one account.
func (f found) reply(line Line) (Reply, error) {
	var missed []string
	for _, m := range f.misses {
		missed = append(missed, fmt.Sprintf("%s could not be searched: %s.", mrkdwn.Text(m.name), mrkdwn.Text(m.say)))
	}
	trouble := strings.Join(missed, " ")
	who := mrkdwn.ID(line.Who)
	if len(f.hits) == 0 && len(f.misses) > 0 {
		return Reply{}, plainf("%s Nothing was done. Try again later, or name another provider with provider:NAME.", trouble)
	}
	if len(f.hits) == 0 {
		return Reply{}, plainf("Nobody was found for %s at %s. Nothing was done. Check the spelling, or name the account's id.",
			who, mrkdwn.Text(strings.Join(f.looked, ", ")))
	}
	text := fmt.Sprintf("%d accounts were found for %s. Nothing was done yet. Choose the one that is meant:", len(f.hits), who)
	if f.more || len(f.hits) > mostChoices {
		text = fmt.Sprintf("More accounts were found for %s than fit here. Nothing was done yet. Choose the one that is meant, "+
			"or name its id and its provider if it is not among these %d:", who, min(len(f.hits), mostChoices))
	}
	if len(f.misses) > 0 {
		text = fmt.Sprintf("%s What the others have for %s is below. Nothing was done yet. Choose the one that is meant, or try again later:",
			trouble, who)
	}
	r := Reply{Text: text}
	for _, h := range f.hits[:min(len(f.hits), mostChoices)] {
		r.Choices = append(r.Choices, h.choice(line))
	}
	return r, nil
}

// choice shows one account in a private list, with its id, as two accounts may be alike in everything else.
func (h hit) choice(line Line) Choice {
	d, a := h.provider.Describe(), h.account
	do, _ := approvals.Step{Action: actionFor(d, line), Vendor: d.Vendor}.Verb()
	parts := []string{mrkdwn.Name(a.Name, a.ID), "at " + mrkdwn.Text(d.Vendor) + " (" + mrkdwn.Text(d.Name) + ")", "id " + mrkdwn.ID(a.ID)}
	if a.Email != "" {
		parts = append(parts, mrkdwn.ID(a.Email))
	}
	if len(a.Logins) > 0 && !slices.Contains(a.Logins, a.Email) {
		parts = append(parts, "login "+mrkdwn.ID(a.Logins[0]))
	}
	if a.Tenant != "" {
		parts = append(parts, "tenant "+mrkdwn.ID(a.Tenant))
	}
	parts = append(parts, mrkdwn.Text(string(a.State)))
	return Choice{
		Text: strings.Join(parts, " · "), Label: "Ask to " + do,
		Value: encodeChosen(chosen{
			Provider: d.Name, ID: a.ID, Action: string(actionFor(d, line)), Reason: mrkdwn.Clean(line.Reason), Mention: line.Mention, At: line.At,
		}),
	}
}
