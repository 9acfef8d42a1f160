package httpin

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"offboard/internal/commands"
	"offboard/internal/secret"
	"offboard/internal/slackbot/inbound"
)

// fuzzNow is the clock of the fuzz tests, so that what was found can be replayed: that of the vector that Slack documents.
var fuzzNow = vectorTime

// mac is Slack's signature, computed here a second time.
func mac(timestamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(vectorSecret))
	h.Write([]byte("v0:" + timestamp + ":" + string(body)))
	return "v0=" + hex.EncodeToString(h.Sum(nil))
}

// quiet is a handler over a bot that notes what it is asked.
func quiet(t testing.TB) (*Handler, *bot, *inbound.Runner) {
	t.Helper()
	b := &bot{ack: commands.Ack{Text: "asked"}}
	d, err := inbound.NewDecoder(team, app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	runner := inbound.NewRunner(100, log)
	h, err := New(secret.New(vectorSecret), inbound.NewIntake(d, b, runner, log, nil), log)
	if err != nil {
		t.Fatal(err)
	}
	h.now = func() time.Time { return fuzzNow }
	return h, b, runner
}

// ask sends one request and returns its status, and how often the bot was asked something for it.
func ask(t *testing.T, method, path, contentType string, header http.Header, body []byte) (status, asked int) {
	t.Helper()
	h, b, runner := quiet(t)
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Method, r.URL = method, &url.URL{Path: path, RawQuery: string(body)} // what stands in the query counts for nothing
	r.Header = header
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := runner.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return w.Code, len(b.asked)
}

// FuzzSigned: nothing passes whose signature is not the one over this body and this time, within five minutes; whatever is changed in a
// well-signed request costs it its way in; and whatever is well signed costs no panic.
func FuzzSigned(f *testing.F) {
	f.Add("POST", PathCommands, formType, vectorTimestamp, vectorSignature, []byte(vectorBody), uint16(0), byte(1))
	f.Add("POST", PathCommands, formType, vectorTimestamp, "v0=", []byte(command("")), uint16(9), byte(0x20))
	f.Add("POST", PathInteractions, formType, "1531420918", "", []byte(payload(click)), uint16(40), byte(1))
	f.Add("POST", PathInteractions, formType+"; charset=utf-8", "1531420318", "v0=00", []byte(payload(submit)), uint16(3), byte(0xff))
	f.Add("POST", PathEvents, jsonType, vectorTimestamp, vectorSignature+",", []byte(`{"type":"url_verification","challenge":"c"}`), uint16(1), byte(1))
	f.Add("GET", PathCommands, formType, "+1531420618", "", []byte("ssl_check=1"), uint16(0), byte(0))
	f.Add("POST", PathInteractions, formType, "1531420919", "", []byte("payload=%7B%7D&payload="), uint16(0), byte(1))
	f.Fuzz(func(t *testing.T, method, path, contentType, timestamp, signature string, body []byte, place uint16, change byte) {
		header := func(signature string) http.Header {
			return http.Header{headerSignature: {signature}, headerTimestamp: {timestamp}}
		}
		right := mac(timestamp, body)
		status, asked := ask(t, method, path, contentType, header(signature), body)
		if (asked > 0 || status == http.StatusOK) && signature != right {
			t.Fatalf("%d, asked %d times, with the signature %q", status, asked, signature)
		}
		status, asked = ask(t, method, path, contentType, header(right), body)
		if status == http.StatusInternalServerError {
			t.Fatalf("a panic over the body %q", body)
		}
		at, err := strconv.ParseInt(timestamp, 10, 64)
		fresh := err == nil && at-fuzzNow.Unix() <= 300 && fuzzNow.Unix()-at <= 300
		if (asked > 0 || status == http.StatusOK) && (!fresh || method != http.MethodPost) {
			t.Fatalf("%s of the time %q is answered with %d, asked %d times", method, timestamp, status, asked)
		}
		if change == 0 || len(body) == 0 {
			return
		}
		changed := bytes.Clone(body)
		changed[int(place)%len(changed)] ^= change
		if status, asked = ask(t, method, path, contentType, header(right), changed); asked > 0 || status == http.StatusOK {
			t.Fatalf("%d, asked %d times, for the body %q that was signed as %q", status, asked, changed, body)
		}
	})
}

// FuzzCommandForm: what was typed reaches the bot as it was typed, whatever else the form holds, or not at all.
func FuzzCommandForm(f *testing.F) {
	for _, s := range []string{
		"dana@example.com provider:zitadel reason:left & gone", "<@U1|x>", "a+b%20c=d;e", "\x00\ufffd“—”", "", "%zz", "&text=other&user_id=U9",
	} {
		f.Add(s, "user_name", "x")
		f.Add(s, "text", "twice")
		f.Add(s, "payload", "{}")
	}
	f.Fuzz(func(t *testing.T, text, name, value string) {
		form, err := url.ParseQuery(command(""))
		if err != nil {
			t.Fatal(err)
		}
		form.Set("text", text)
		_, doubled := form[name]
		form.Add(name, value)
		h, b, runner := quiet(t)
		body := []byte(form.Encode())
		r := httptest.NewRequest(http.MethodPost, PathCommands+"?enterprise_id=E9QUERY&channel_id=C9QUERY", bytes.NewReader(body))
		at := strconv.FormatInt(fuzzNow.Unix(), 10)
		r.Header = http.Header{"Content-Type": {formType}, headerTimestamp: {at}, headerSignature: {mac(at, body)}}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if err := runner.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if w.Code != http.StatusOK {
			t.Fatalf("answered with %d", w.Code)
		}
		for _, what := range b.asked {
			c, ok := what.(commands.Command)
			if !ok || c.Text != text || c.From.UserID != "U1" || doubled && read(name) || c.From.EnterpriseID == "E9QUERY" && value != "E9QUERY" {
				t.Fatalf("the form %q became %s", body, fmt.Sprintf("%#v", what))
			}
			if _, err := commands.ParseLine(c.Text); err != nil && err.Error() == "" {
				t.Fatal("an error without a word")
			}
		}
		if len(b.asked) == 0 && name != "payload" && !doubled && !read(name) {
			t.Fatalf("the form %q became nothing", body)
		}
	})
}

// read reports whether a parameter of a command is one that decides something.
func read(name string) bool {
	switch name {
	case "command", "text", "team_id", "enterprise_id", "api_app_id", "user_id", "channel_id", "trigger_id", "response_url":
		return true
	}
	return false
}
