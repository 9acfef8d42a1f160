package wire

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"offboard/internal/providers"
)

const (
	readTries   = 3
	firstPause  = 200 * time.Millisecond
	longestStay = 5 * time.Second // a longer Retry-After is not sat out here: the caller is told instead
)

// Read asks and returns a 2xx answer that is JSON, or the empty 204. It is tried up to three times while the error is Temporary or
// RateLimited, and once more with another credential where there is one; every try has a timeout of its own, all of them end with ctx.
func (c *Client) Read(ctx context.Context, op, method, path string, header http.Header, body any) (Response, error) {
	k := call{op: op, method: method, path: path, header: header, body: body}
	r, err := c.readPatiently(ctx, k)
	if r.unauthorized() && c.o.Refused(r.sent) {
		return c.readPatiently(ctx, k)
	}
	return r, err
}

func (c *Client) readPatiently(ctx context.Context, k call) (Response, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = firstPause
	var last *providers.Error
	r, err := backoff.Retry(ctx, func() (Response, error) {
		var r Response
		if r, last = c.tryRead(ctx, k); last == nil {
			return r, nil
		}
		return r, again(ctx, last)
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(readTries), backoff.WithMaxElapsedTime(0))
	if err != nil {
		return r, last // backoff's own error may be a wait or ctx's; the last answer says more
	}
	return r, nil
}

// again turns an error into what the retry loop does next: wait as asked, back off, or give up.
func again(ctx context.Context, e *providers.Error) error {
	deadline, bounded := ctx.Deadline()
	switch {
	case e.Kind != providers.Temporary && e.Kind != providers.RateLimited,
		ctx.Err() != nil,
		e.Wait > longestStay,
		bounded && time.Until(deadline) <= e.Wait:
		return backoff.Permanent(e)
	case e.Wait > 0:
		return &backoff.RetryAfterError{Duration: e.Wait}
	}
	return e
}

func (c *Client) tryRead(ctx context.Context, k call) (Response, *providers.Error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.ReadTimeout)
	defer cancel()
	start := time.Now()
	req, err := c.request(ctx, k)
	if err != nil {
		return Response{}, c.log(ctx, k, start, 0, c.unbuilt(k, err))
	}
	r, err := exchange(c.reads, req)
	if err != nil {
		return r, c.log(ctx, k, start, r.Status, c.unanswered(k, r.Status, err))
	}
	return r, c.log(ctx, k, start, r.Status, c.judge(k, r))
}

// log tells of one try. The path holds ids at most: searches travel in bodies, and the query is left out.
func (c *Client) log(ctx context.Context, k call, start time.Time, status int, e *providers.Error) *providers.Error {
	path, _, _ := strings.Cut(k.path, "?")
	kind := "ok"
	if e != nil {
		kind = string(e.Kind)
	}
	c.logger.DebugContext(ctx, "provider call", "vendor", c.o.Vendor, "op", k.op, "method", k.method, "path", path,
		"write", k.write, "status", status, "result", kind, "took", time.Since(start).Round(time.Millisecond))
	return e
}

// errNotSent is what a write gets whose first byte must not leave any more.
var errNotSent = errors.New("its deadline had passed, or its caller had gone, before it was sent")
