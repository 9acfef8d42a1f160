package webapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"offboard/internal/lease"
	"offboard/internal/secret"
)

// answer is the part that every answer of the Web API has.
type answer struct {
	OK     *bool  `json:"ok"`
	Error  string `json:"error"`
	Needed string `json:"needed"`
}

func (c *Client) attempt(ctx context.Context, method string, token secret.String, params url.Values, out any) *Error {
	fail := &Error{Method: method, read: reads(method)}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api.JoinPath(method).String(), strings.NewReader(params.Encode()))
	if err != nil {
		fail.NotSent, fail.Err = true, errors.New("building the request")
		return fail
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	body, bad := c.send(ctx, req, fail)
	if bad != nil {
		return bad
	}
	return fail.judge(body, out)
}

// send puts the request on the wire once and reads the answer. fail is filled in and returned when there is no answer to judge.
func (c *Client) send(ctx context.Context, req *http.Request, fail *Error) ([]byte, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var connected atomic.Bool
	refused := holdBack(ctx, req, fail.read)
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	res, err := c.http.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		// Without a connection nothing can have left. Only net/http's own transport says whether there was one.
		fail.NotSent = !connected.Load() && c.traced() || refused.Load()
		fail.Maybe, fail.Err = !fail.NotSent && !fail.read, bare(err)
		return nil, fail
	}
	defer func() { _ = res.Body.Close() }()
	fail.Status, fail.RetryAfter = res.StatusCode, retryAfter(res.Header.Get("Retry-After"), time.Now())
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer+1))
	if err == nil && len(body) > largestAnswer {
		err = errors.New("the answer is too large")
	}
	if err != nil && res.StatusCode < http.StatusMultipleChoices {
		fail.Maybe, fail.Err = !fail.read, fmt.Errorf("reading the answer: %w", bare(err))
		return nil, fail
	}
	return body, nil
}

// holdBack lets a write leave only while the lease that ctx carries lasts. The body is read when it is put on the wire, after the wait for
// a connection, and a request whose body breaks off is none: there is no later moment to look at the clock.
func holdBack(ctx context.Context, req *http.Request, read bool) (refused *atomic.Bool) {
	refused = &atomic.Bool{}
	if read {
		return refused
	}
	again := req.GetBody
	req.Body = &heldBody{ReadCloser: req.Body, ctx: ctx, refused: refused}
	req.GetBody = func() (io.ReadCloser, error) {
		body, err := again()
		return &heldBody{ReadCloser: body, ctx: ctx, refused: refused}, err
	}
	return refused
}

type heldBody struct {
	io.ReadCloser
	ctx     context.Context //nolint:containedctx // of the one request whose body this is
	refused *atomic.Bool
}

func (b *heldBody) Read(p []byte) (int, error) {
	if err := lease.Check(b.ctx); err != nil {
		b.refused.Store(true)
		return 0, err
	}
	return b.ReadCloser.Read(p)
}

func (c *Client) traced() bool {
	_, ok := c.http.Transport.(*http.Transport)
	return ok
}

// judge says what an answer means; nil: what was asked for is in out.
func (e *Error) judge(body []byte, out any) *Error {
	var a answer
	readable := json.Unmarshal(body, &a) == nil && a.OK != nil
	switch {
	case readable && !*a.OK && a.Error != "":
		e.Code, e.Needed = code(a.Error), code(a.Needed)
		e.Maybe = !e.read && (perhaps[e.Code] || e.Status >= http.StatusInternalServerError)
		return e
	case e.Status != http.StatusOK:
		e.Maybe = !e.read && (e.Status >= http.StatusInternalServerError || e.Status == http.StatusRequestTimeout)
		return e
	case !readable || !*a.OK:
		e.Maybe, e.Err = !e.read, ErrUnreadable
		return e
	}
	return e.fill(body, out)
}

func (e *Error) fill(body []byte, out any) *Error {
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		e.Maybe, e.Err = !e.read, ErrUnreadable
		return e
	}
	if c, ok := out.(Checker); ok && c.Lacks() != "" {
		e.Maybe, e.Err = !e.read, fmt.Errorf("%w: %s", ErrLacking, c.Lacks())
		return e
	}
	return nil
}

// code keeps a machine-readable word and drops anything else, so that no answer can put text into a log.
func code(s string) string {
	const most = 80
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.:,", r)
	}
	if len(s) > most || strings.ContainsFunc(s, odd) {
		return "unreadable_error"
	}
	return s
}

// longest is the longest wait that is believed.
const longest = time.Hour

// retryAfter understands seconds and an HTTP date; 0: none, or none that makes sense.
func retryAfter(v string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
		return min(max(0, time.Duration(min(s, int(longest/time.Second)))*time.Second), longest)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(0, t.Sub(now)), longest)
	}
	return 0
}

// bare strips the URL, which may be a response_url and so a secret, off an error of net/http.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
