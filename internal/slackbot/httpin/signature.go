package httpin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"offboard/internal/secret"
)

// The headers that authenticate a request.
const (
	headerSignature = "X-Slack-Signature"
	headerTimestamp = "X-Slack-Request-Timestamp"
)

// window is how far a request's time may be from ours, both ways (facts/slack.md).
const window = 5 * time.Minute

var (
	errHeader    = errors.New("a signature header is missing or given twice")
	errTimestamp = errors.New("the timestamp is not a number of seconds")
	errTime      = errors.New("the timestamp is more than five minutes off")
	errSignature = errors.New("the signature is wrong")
)

// verify returns nil for a request that Slack signed, over the raw bytes of its body.
func verify(key secret.String, header http.Header, body []byte, now time.Time) error {
	signature, timestamp, err := signatureHeaders(header)
	if err != nil {
		return err
	}
	at, err := seconds(timestamp)
	if err != nil {
		return err
	}
	if off := now.Unix() - at; off > int64(window/time.Second) || off < -int64(window/time.Second) {
		return errTime
	}
	if !hmac.Equal([]byte(signature), []byte(sign(key, timestamp, body))) {
		return errSignature
	}
	return nil
}

func signatureHeaders(header http.Header) (signature, timestamp string, err error) {
	s, t := header.Values(headerSignature), header.Values(headerTimestamp)
	if len(s) != 1 || len(t) != 1 || s[0] == "" || t[0] == "" {
		return "", "", errHeader
	}
	return s[0], t[0], nil
}

// seconds reads digits and nothing else: what strconv understands besides (a sign) could be written in several ways.
func seconds(s string) (int64, error) {
	const longest = 11 // until the year 5138, far from where a difference would overflow
	if len(s) > longest {
		return 0, errTimestamp
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, errTimestamp
	}
	return int64(n), nil //nolint:gosec // it has at most 11 digits
}

func sign(key secret.String, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	fmt.Fprintf(mac, "v0:%s:", timestamp)
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
