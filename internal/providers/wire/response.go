package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var (
	errPath     = errors.New("the path is not one of the vendor's")
	errTooLarge = errors.New("the answer is larger than 1 MiB")
	errNotJSON  = errors.New("the answer is not JSON")
)

// Response is an answer, read in full.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	JSON   bool // by its content type and by its body

	sent http.Header // of the request
}

// unauthorized reports whether the credential of the request was refused.
func (r Response) unauthorized() bool { return r.Status == http.StatusUnauthorized }

// Decode reads the JSON body into a value.
func (r Response) Decode(into any) error {
	if !r.JSON {
		return errNotJSON
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// empty reports the documented empty answer.
func (r Response) empty() bool { return r.Status == http.StatusNoContent && len(r.Body) == 0 }

func (r Response) ok() bool { return r.Status >= 200 && r.Status <= 299 }

func (r Response) redirect() bool { return r.Status >= 300 && r.Status <= 399 }

// exchange puts one request on the wire and reads its answer in full. A transport follows no redirects by itself. The Response has
// a status as soon as one was seen, also beside an error.
func exchange(transport http.RoundTripper, req *http.Request) (Response, error) {
	res, err := transport.RoundTrip(req)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = res.Body.Close() }()
	r := Response{Status: res.StatusCode, Header: res.Header, sent: req.Header}
	if r.Status < http.StatusOK {
		return r, errNotJSON // 101 hands over the connection: reading it would have no end
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, Largest+1))
	if err != nil {
		return r, err
	}
	if len(body) > Largest {
		return r, errTooLarge
	}
	r.Body = bytes.TrimPrefix(body, []byte("\ufeff")) // some servers begin UTF-8 with its mark; a parser may pass over it (RFC 8259, 8.1)
	r.JSON = isJSON(res.Header.Get("Content-Type")) && json.Valid(r.Body)
	return r, nil
}

// isJSON accepts application/json and the likes of application/problem+json, whatever parameters follow: JSON has none that matter.
func isJSON(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

// retryAfter reads seconds or a date; 0 when there is neither. "At once" is a second, so that it differs from none at all.
func retryAfter(h http.Header, now time.Time) time.Duration {
	raw := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(raw); err == nil && seconds >= 0 {
		return max(time.Duration(min(seconds, int(longestWait/time.Second)))*time.Second, shortestWait)
	}
	if at, err := http.ParseTime(raw); err == nil {
		return min(max(at.Sub(now), shortestWait), longestWait)
	}
	return 0
}

// The bounds of a Retry-After: at once, and what nobody means.
const (
	shortestWait = time.Second
	longestWait  = 24 * time.Hour
)

// limited cuts answers over [Largest] with an error.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	res.Body = &limitedBody{ReadCloser: res.Body, left: Largest}
	return res, nil
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
