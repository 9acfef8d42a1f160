package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"offboard/internal/sandbox/workspace/limits"
)

// Endpoints are the app's request URLs. What has none goes over a socket. Options is where menus ask for what can be chosen (Slack: options load URL).
type Endpoints struct{ Commands, Interactions, Events, Options string }

// UseHTTP sets the app's request URLs.
func (w *Workspace) UseHTTP(e Endpoints) { w.do(func() { w.endpoints = e }) }

// Switches are ways in which Slack may behave.
type Switches struct {
	EscapeMentions       bool // should_escape: @name becomes <@U…|name>
	MailtoEmails         bool // a typed address becomes <mailto:…|…>
	Typographic          bool // the client makes dashes of -- and curly quotes
	Copies               int  // how many more times each payload is delivered
	RedeliverLost        bool // what a dying socket did not acknowledge goes over another
	DisconnectAfterHello bool // a new socket is told to disconnect at once
	NoRateLimits         bool // takes any number of calls, also with Config.RateLimits: for many requests in a short time
}

// Switch sets how Slack behaves from now on.
func (w *Workspace) Switch(s Switches) { w.do(func() { w.switches = s }) }

// What a person is told when the app did not take a delivery.
const (
	TimedOut   = "operation_timeout"  // not acknowledged in time
	NoReader   = "no_reader"          // neither a request URL nor an open socket
	Failed     = "dispatch_failed"    // no connection
	ClientSide = "http_client_error"  // the app answered 4xx, or anything but 200
	ServerSide = "http_service_error" // the app answered 5xx
	BadAnswer  = "invalid_response"   // acknowledged with something that Slack cannot show
)

// Ack is what became of a delivery.
type Ack struct {
	Error       string          // what the person is told; empty: acknowledged well
	Socket      int             // number of the socket it went over; 0: HTTP
	Status      int             // HTTP: what the app answered
	Payload     json.RawMessage // what the acknowledgement carried; nil: nothing
	NoRetry     bool            // the app does not want this event again (X-Slack-No-Retry)
	Lost        bool            // its socket ended before the acknowledgement
	Oversized   bool            // the acknowledgement had 20 KB or more and was dropped
	Faults      []string        // of what Payload wanted shown
	Took        time.Duration
	ResponseURL string
	TriggerID   string
	TS          string // all that is shown because of it has a later ts
}

// delivery is one payload on its way to the app.
type delivery struct {
	kind      string // slash_commands, interactive, events_api
	endpoint  func(Endpoints) string
	form      url.Values      // HTTP; nil: payload is the body
	payload   json.RawMessage // a socket's
	ack       Ack             // its fixed parts
	settle    func(Ack) Ack   // what the acknowledgement does; called without the lock
	timestamp string          // of the signature, once it was sent
	attempt   int             // of an event: 0 is the first
	reason    string          // why it is not the first
}

// deliver sends a payload to the app and lets its acknowledgement act.
func (w *Workspace) deliver(ctx context.Context, d *delivery) Ack {
	w.mu.Lock()
	copies := w.switches.Copies
	w.last = d
	d.timestamp = seconds(w.cfg.Clock())
	w.mu.Unlock()
	done := make(chan Ack, copies)
	for range copies {
		w.beside.Go(func() { done <- w.once(ctx, d) })
	}
	ack := w.once(ctx, d)
	for range copies {
		<-done
	}
	return ack
}

// Redeliver delivers the last payload again: the same bytes with the same signature over HTTP, the same payload in a new envelope over a
// socket.
func (w *Workspace) Redeliver(ctx context.Context) (Ack, error) {
	w.mu.Lock()
	d := w.last
	w.mu.Unlock()
	if d == nil {
		return Ack{}, errors.New("nothing was delivered yet")
	}
	return w.once(ctx, d), nil
}

func (w *Workspace) once(ctx context.Context, d *delivery) Ack {
	start := time.Now()
	w.mu.Lock()
	target := d.endpoint(w.endpoints)
	w.mu.Unlock()
	var ack Ack
	if target != "" {
		ack = w.post(ctx, target, d)
	} else {
		ack = w.overSocket(ctx, d)
	}
	ack.Took, ack.ResponseURL, ack.TriggerID, ack.TS = time.Since(start), d.ack.ResponseURL, d.ack.TriggerID, d.ack.TS
	if ack.Error == "" {
		ack = d.settle(ack)
	}
	w.do(func() {}) // whoever waits may look again
	return ack
}

// post delivers over HTTP with a signature.
func (w *Workspace) post(ctx context.Context, target string, d *delivery) Ack {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.AckWithin)
	defer cancel()
	body, kind := string(d.payload), "application/json"
	if d.form != nil {
		body, kind = d.form.Encode(), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		return Ack{Error: Failed}
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", d.timestamp)
	req.Header.Set("X-Slack-Signature", w.Sign([]byte(body), d.timestamp))
	if d.attempt > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.attempt))
		req.Header.Set("X-Slack-Retry-Reason", d.reason)
	}
	res, err := w.http.Do(req)
	if err != nil {
		return Ack{Error: unreached(ctx)}
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return Ack{Error: unreached(ctx), Status: res.StatusCode}
	}
	ack := Ack{
		Status: res.StatusCode, Payload: acknowledged(res.Header.Get("Content-Type"), raw), NoRetry: res.Header.Get("X-Slack-No-Retry") == "1",
	}
	switch {
	case d.kind == eventsAPI && res.StatusCode/100 == 2: // an event wants any of them, the rest 200
	case res.StatusCode >= http.StatusInternalServerError:
		ack.Error = ServerSide
	case res.StatusCode != http.StatusOK:
		ack.Error = ClientSide
	}
	return ack
}

// eventsAPI is the kind of what the Events API delivers.
const eventsAPI = "events_api"

func seconds(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

func unreached(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return TimedOut
	}
	return Failed
}

// acknowledged gives a body as JSON: text that is not said to be JSON is a message's text.
func acknowledged(contentType string, raw []byte) json.RawMessage {
	if len(raw) == 0 {
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(contentType); kind == "application/json" {
		return raw
	}
	return encode(answer{"text": string(raw)})
}

// VerifyURL does what Slack does when the events URL is entered: it wants its challenge back.
func (w *Workspace) VerifyURL(ctx context.Context) (Ack, error) {
	challenge := word("challenge")
	payload := encode(answer{"token": verificationToken, "challenge": challenge, "type": "url_verification"})
	d := &delivery{kind: eventsAPI, endpoint: eventsURL, payload: payload, settle: func(a Ack) Ack { return a }}
	ack := w.deliver(ctx, d)
	var body struct{ Challenge, Text string }
	if ack.Error == "" && (json.Unmarshal(ack.Payload, &body) != nil || body.Challenge != challenge && body.Text != challenge) {
		return ack, errors.New("the app did not answer the challenge")
	}
	return ack, nil
}

// Event delivers any event of the Events API, once, whether the app subscribes to it or not.
func (w *Workspace) Event(ctx context.Context, event map[string]any) Ack {
	return w.deliver(ctx, &delivery{kind: eventsAPI, endpoint: eventsURL, payload: w.callback(event), settle: func(a Ack) Ack { return a }})
}

func eventsURL(e Endpoints) string       { return e.Events }
func commandsURL(e Endpoints) string     { return e.Commands }
func interactionsURL(e Endpoints) string { return e.Interactions }

// verificationToken is what Slack sent before there were signatures, and still sends.
const verificationToken = "local-verification-token"

// settleMessage shows what the acknowledgement of a command says.
func (w *Workspace) settleMessage(h *hook) func(Ack) Ack {
	return func(ack Ack) Ack {
		if len(ack.Payload) == 0 {
			return ack
		}
		var body hookBody
		if json.Unmarshal(ack.Payload, &body) != nil {
			ack.Error = BadAnswer
			return ack
		}
		d := body.draft()
		if d.text == "" && limits.NoBlocks(d.blocks) && len(d.attachments) == 0 {
			return ack
		}
		if err := d.check(limits.MostText); err != nil {
			ack.Error, ack.Faults = BadAnswer, append([]string{err.code}, limits.CheckBlocks(d.blocks)...)
			return ack
		}
		w.do(func() { w.show(h, d) })
		return ack
	}
}
