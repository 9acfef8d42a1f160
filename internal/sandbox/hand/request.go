package hand

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"offboard/internal/sandbox/workspace"
)

// Request is one to the bot's address.
type Request struct {
	Query  string
	Body   string
	At     time.Time // of the signature
	Secret string    // that it is signed with
}

// Answer is what the bot answered.
type Answer struct {
	Status int
	Words  string
}

// client keeps no connection, and follows nothing.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// Send sends a request to where a bot takes in clicks. bot is its address without a slash at the end: "http://127.0.0.1:1234".
func Send(ctx context.Context, bot string, r Request) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, bot+"/slack/interactions?"+r.Query, strings.NewReader(r.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("a request by hand: %w", err)
	}
	at := strconv.FormatInt(r.At.Unix(), 10)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", workspace.Sign(r.Secret, []byte(r.Body), at))
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("a request by hand: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	const most = 1 << 20
	raw, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return Answer{}, fmt.Errorf("a request by hand: %w", err)
	}
	return Answer{Status: res.StatusCode, Words: strings.TrimSpace(string(raw))}, nil
}
