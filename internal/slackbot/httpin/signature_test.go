package httpin

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"offboard/internal/secret"
)

// The vector that Slack documents (facts/slack.md).
const (
	vectorSecret    = "8f742231b10e8888abcd99yyyzzz85a5"
	vectorTimestamp = "1531420618"
	vectorSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	vectorBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&" +
		"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&" +
		"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&" +
		"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)

var vectorTime = time.Unix(1531420618, 0)

func headers(signature, timestamp string) http.Header {
	return http.Header{headerSignature: {signature}, headerTimestamp: {timestamp}}
}

func TestDocumentedVector(t *testing.T) {
	t.Parallel()
	if err := verify(secret.New(vectorSecret), headers(vectorSignature, vectorTimestamp), []byte(vectorBody), vectorTime); err != nil {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	key := secret.New(vectorSecret)
	good := headers(vectorSignature, vectorTimestamp)
	for name, tc := range map[string]struct {
		header http.Header
		body   string
		off    time.Duration
		want   error
	}{
		"five minutes late":     {header: good, off: 5 * time.Minute},
		"five minutes early":    {header: good, off: -5 * time.Minute},
		"later than that":       {header: good, off: 5*time.Minute + time.Second, want: errTime},
		"earlier than that":     {header: good, off: -5*time.Minute - time.Second, want: errTime},
		"another body":          {header: good, body: vectorBody + " ", want: errSignature},
		"empty body":            {header: good, body: " ", want: errSignature},
		"no headers":            {header: http.Header{}, want: errHeader},
		"no signature":          {header: http.Header{headerTimestamp: {vectorTimestamp}}, want: errHeader},
		"no timestamp":          {header: http.Header{headerSignature: {vectorSignature}}, want: errHeader},
		"empty signature":       {header: headers("", vectorTimestamp), want: errHeader},
		"two signatures":        {header: http.Header{headerSignature: {vectorSignature, "v0=0"}, headerTimestamp: {vectorTimestamp}}, want: errHeader},
		"two timestamps":        {header: http.Header{headerSignature: {vectorSignature}, headerTimestamp: {vectorTimestamp, "1"}}, want: errHeader},
		"only the version":      {header: headers("v0=", vectorTimestamp), want: errSignature},
		"no version":            {header: headers(vectorSignature[3:], vectorTimestamp), want: errSignature},
		"another version":       {header: headers("v1="+vectorSignature[3:], vectorTimestamp), want: errSignature},
		"upper case":            {header: headers("v0="+strings.ToUpper(vectorSignature[3:]), vectorTimestamp), want: errSignature},
		"cut signature":         {header: headers(vectorSignature[:40], vectorTimestamp), want: errSignature},
		"timestamp with a sign": {header: headers(vectorSignature, "+"+vectorTimestamp), want: errTimestamp},
		"timestamp negative":    {header: headers(vectorSignature, "-"+vectorTimestamp), want: errTimestamp},
		"timestamp with blanks": {header: headers(vectorSignature, " "+vectorTimestamp), want: errTimestamp},
		"timestamp as float":    {header: headers(vectorSignature, vectorTimestamp+".0"), want: errTimestamp},
		"timestamp in hex":      {header: headers(vectorSignature, "0x5b47a00a"), want: errTimestamp},
		"timestamp overflowing": {header: headers(vectorSignature, "18446744073709551616"), want: errTimestamp},
		"timestamp far away":    {header: headers(vectorSignature, "99999999999"), want: errTime},
		"timestamp is zero":     {header: headers(vectorSignature, "0"), want: errTime},
		"leading zero":          {header: headers(vectorSignature, "0"+vectorTimestamp), want: errSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := tc.body
			if body == "" {
				body = vectorBody
			}
			if err := verify(key, tc.header, []byte(body), vectorTime.Add(tc.off)); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
	if err := verify(secret.New("another"), good, []byte(vectorBody), vectorTime); !errors.Is(err, errSignature) {
		t.Errorf("another secret: %v", err)
	}
}
