package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/providers"
)

// Canned is an answer that a server gives to everything.
type Canned struct {
	Status      int
	ContentType string
	Body        []byte
}

// json reports whether the answer is JSON by its content type and by its body.
func (c Canned) json() bool {
	kind, _, _ := strings.Cut(strings.ToLower(c.ContentType), ";")
	kind = strings.TrimSpace(kind)
	right := kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
	return right && json.Valid(c.text())
}

// text is the body without the mark that some servers begin UTF-8 with.
func (c Canned) text() []byte { return bytes.TrimPrefix(c.Body, []byte("\ufeff")) }

// Object is the answer as a JSON object, if it is one.
func (c Canned) Object() (Object, bool) {
	if !c.json() {
		return nil, false
	}
	o, ok := decode(c.text()).(Object)
	return o, ok
}

// Object is a JSON object with every value of every key, in their order: readers differ in which of two they take, and in whether the case of
// a key matters.
type Object []Member

// Member is one key with one value: an Object, a []any, a string, a json.Number, a bool or nil.
type Member struct {
	Key   string
	Value any
}

// Any reports whether a value with this name, in any case, is one that is looked for.
func (o Object) Any(name string, is func(any) bool) bool {
	for _, m := range o {
		if strings.EqualFold(m.Key, name) && is(m.Value) {
			return true
		}
	}
	return false
}

// Text looks for a string, or a number as it is written.
func Text(want string) func(any) bool {
	return func(v any) bool {
		switch v := v.(type) {
		case string:
			return strings.EqualFold(v, want)
		case json.Number:
			return v.String() == want
		default:
			return false
		}
	}
}

// Within looks for an object, or a list of objects one of which does.
func Within(is func(Object) bool) func(any) bool {
	var within func(v any) bool
	within = func(v any) bool {
		switch v := v.(type) {
		case Object:
			return is(v)
		case []any:
			for _, x := range v {
				if within(x) {
					return true
				}
			}
		}
		return false
	}
	return within
}

func decode(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return value(d)
}

// value reads one value of JSON that is valid.
func value(d *json.Decoder) any {
	t, err := d.Token()
	if err != nil {
		return nil
	}
	switch t {
	case json.Delim('{'):
		out := Object{}
		for d.More() {
			key, _ := d.Token()
			name, _ := key.(string)
			out = append(out, Member{name, value(d)})
		}
		_, _ = d.Token()
		return out
	case json.Delim('['):
		out := []any{}
		for d.More() {
			out = append(out, value(d))
		}
		_, _ = d.Token()
		return out
	}
	return t
}

// Oracle is what an answer may mean at most, read in another way than the provider reads it.
type Oracle struct {
	ID      string                                             // of the account that is asked about
	Actions []providers.Action                                 // what can be done to it
	Success func(c Canned) bool                                // the write may have succeeded
	Reached func(c Canned, a providers.Action, id string) bool // a look may be conclusive
}

// FuzzAnswers holds a provider against a server that answers everything with one fuzzed answer: no panic; no success and nothing reached out of
// what does not say so; nobody read but who was asked for; and what a write leaves open is unknown, never "not sent".
func FuzzAnswers(f *testing.F, connect func(url string) (providers.Provider, error), o Oracle) {
	f.Helper()
	var canned Canned
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header()["Content-Type"] = []string{canned.ContentType}
		w.WriteHeader(canned.Status)
		_, _ = w.Write(canned.Body)
	}))
	f.Cleanup(server.Close)
	p, err := connect(server.URL)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status uint16, contentType string, body []byte) {
		if strings.ContainsAny(contentType, "\r\n\x00") {
			return // not a header
		}
		canned = Canned{Status: 200 + int(status)%400, ContentType: contentType, Body: body}
		o.reads(t, p, canned)
		for _, a := range o.Actions {
			calls.Store(0)
			o.write(t, p, canned, a)
			if calls.Load() == 0 {
				t.Fatal("nothing was asked")
			}
		}
	})
}

// soon bounds reads. Of those that would be tried again after a pause only the first try is of interest.
func (c Canned) soon(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	if c.Status >= http.StatusInternalServerError || c.Status == http.StatusTooManyRequests || c.Status == http.StatusRequestTimeout {
		return context.WithTimeout(t.Context(), 20*time.Millisecond)
	}
	return context.WithTimeout(t.Context(), 10*time.Second)
}

func (o Oracle) reads(t *testing.T, p providers.Provider, c Canned) {
	t.Helper()
	ctx, cancel := c.soon(t)
	defer cancel()
	if a, err := p.Read(ctx, o.ID); err == nil && !strings.EqualFold(a.ID, o.ID) {
		t.Fatalf("%+v was read in place of %s", a, o.ID)
	}
	all, err := p.Find(ctx, providers.Query{By: providers.ByAny, Value: "dana@example.com"})
	if len(all) > providers.MostFound+1 {
		t.Fatalf("%d were found, %v", len(all), err)
	}
	_, _ = p.Self(ctx)
	for _, a := range o.Actions {
		for _, order := range []providers.Order{{}, {Earlier: true, Answered: http.StatusForbidden}} {
			order.Account, order.Action = providers.Account{ID: o.ID, Tenant: "t1"}, a
			sight, err := p.Look(ctx, order)
			if err == nil && sight.Verdict == providers.Reached && !o.Reached(c, a, o.ID) {
				t.Fatalf("%s is reached out of %d %q %q: %s", a, c.Status, c.ContentType, c.Body, sight.Text)
			}
		}
	}
}

func (o Oracle) write(t *testing.T, p providers.Provider, c Canned, a providers.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	answer, err := p.Do(ctx, providers.Order{Account: providers.Account{ID: o.ID, Tenant: "t1"}, Action: a})
	if err == nil {
		if !o.Success(c) || answer.Status != c.Status {
			t.Fatalf("%s succeeded out of %d %q %q: %s", a, c.Status, c.ContentType, c.Body, answer.Text)
		}
		return
	}
	e, ok := errors.AsType[*providers.Error](err)
	switch {
	case !ok:
		t.Fatalf("%s: %v is no error of a provider", a, err)
	case e.NotSent:
		t.Fatalf("%s was sent, and is said not to be: %v", a, err)
	case e.Kind == providers.UnknownOutcome:
	case c.Status >= http.StatusInternalServerError, c.Status < http.StatusBadRequest, !c.json() && c.Status != http.StatusTooManyRequests:
		t.Fatalf("%s may have been done, and is said to be %s: %d %q %q", a, e.Kind, c.Status, c.ContentType, c.Body)
	}
}
