package webapi

import (
	"context"
	"sync"

	"golang.org/x/time/rate"
)

// reads reports whether a method changes nothing, so that it may be repeated. A method that is not listed is a write.
func reads(method string) bool {
	switch method {
	case "auth.test", "bots.info", "chat.getPermalink", "conversations.history", "conversations.info", "conversations.replies",
		"usergroups.list", "usergroups.users.list", "users.info", "users.lookupByEmail":
		return true
	default:
		return false
	}
}

// repeats reports whether a call is repeated at once with another token where Slack has refused the first: a read, and the request for an address to
// connect to, which changes nothing either and is no read because whoever wants connections paces its own tries. A write is left to its caller.
func repeats(method string) bool { return reads(method) || method == "apps.connections.open" }

// Slack takes about one message a second for each channel, and 50 updates a minute (facts/slack.md).
const (
	postsPerSecond = 1
	postBurst      = 12
	updatesPerMin  = 50
	updateBurst    = 20
)

// Unpace lets writes leave at once from now on, for a Slack that takes any number of them: the sandbox's, where somebody waits for a story to end.
// It comes before the first call.
func (c *Client) Unpace() { c.pace = nil }

// pacer holds writes back so that Slack seldom has to. A nil one lets everything leave.
type pacer struct {
	mu      sync.Mutex
	posts   map[string]*rate.Limiter // by channel
	updates *rate.Limiter
}

func newPacer() *pacer {
	return &pacer{posts: map[string]*rate.Limiter{}, updates: rate.NewLimiter(rate.Limit(updatesPerMin)/60, updateBurst)}
}

// wait returns when the call may leave, or an error when ctx would be over by then.
func (p *pacer) wait(ctx context.Context, method, channel string) error {
	if p == nil {
		return ctx.Err()
	}
	switch method {
	case "chat.postMessage":
		return p.channel(channel).Wait(ctx)
	case "chat.update":
		return p.updates.Wait(ctx)
	default:
		return ctx.Err()
	}
}

func (p *pacer) channel(id string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.posts[id]
	if !ok {
		l = rate.NewLimiter(postsPerSecond, postBurst)
		p.posts[id] = l
	}
	return l
}
