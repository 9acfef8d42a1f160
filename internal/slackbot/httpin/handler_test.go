package httpin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/commands"
	"offboard/internal/secret"
	"offboard/internal/slackbot/inbound"
)

const (
	team  = "T0123456"
	app   = "A0123456"
	click = `{"type":"block_actions","api_app_id":"A0123456","team":{"id":"T0123456"},"user":{"id":"U2"},"trigger_id":"1.t",` +
		`"container":{"type":"message","message_ts":"1.2","channel_id":"C1"},"actions":[{"action_id":"approve","type":"button","value":"v"}]}`
	submit = `{"type":"view_submission","api_app_id":"A0123456","team":{"id":"T0123456"},"user":{"id":"U2"},` +
		`"view":{"callback_id":"ask","state":{"values":{}}}}`
)

// bot is a handler whose answer is set, and which remembers what it was asked.
type bot struct {
	mu    sync.Mutex
	asked []any
	ack   commands.Ack
	later commands.Later
	err   error
	panic any
}

func (b *bot) take(what any) (commands.Ack, commands.Later, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, what)
	if b.panic != nil {
		panic(b.panic)
	}
	return b.ack, b.later, b.err
}

func (b *bot) Command(_ context.Context, c commands.Command) (commands.Ack, commands.Later, error) {
	return b.take(c)
}

func (b *bot) Click(_ context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
	return b.take(c)
}

func (b *bot) Submit(_ context.Context, s commands.Submit) (commands.Ack, commands.Later, error) {
	return b.take(s)
}

// private collects private answers.
type private struct {
	mu    sync.Mutex
	texts []string
}

func (p *private) Private(_ context.Context, r commands.Reply) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, r.Text)
	return nil
}

type rig struct {
	*Handler
	bot     *bot
	runner  *inbound.Runner
	private *private
	log     *bytes.Buffer
}

func newRig(t *testing.T, b *bot, most int) *rig {
	t.Helper()
	r := &rig{bot: b, private: &private{}, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	d, err := inbound.NewDecoder(team, app, "/offboard", func(string, string, string) commands.Replier { return r.private })
	if err != nil {
		t.Fatal(err)
	}
	r.runner = inbound.NewRunner(most, log)
	r.Handler, err = New(secret.New(vectorSecret), inbound.NewIntake(d, b, r.runner, log, nil), log)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) close(t *testing.T) {
	t.Helper()
	if err := r.runner.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// signed is a request as Slack sends it.
func signed(path, contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	at := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set(headerTimestamp, at)
	r.Header.Set(headerSignature, sign(secret.New(vectorSecret), at, []byte(body)))
	return r
}

func command(extra string) string {
	return "command=%2Foffboard&text=ann%40example.com&team_id=T0123456&api_app_id=A0123456&user_id=U1&channel_id=C1&trigger_id=9.t" + extra
}

func payload(text string) string { return url.Values{"payload": {text}}.Encode() }

func (r *rig) do(req *http.Request) (status int, body string) {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	sorry := `{"response_type":"ephemeral","text":"` + inbound.SayNotRecorded + `"}`
	for name, tc := range map[string]struct {
		bot    *bot
		path   string
		body   string
		status int
		answer string
		told   string
	}{
		"command":              {&bot{ack: commands.Ack{Text: "hi"}}, PathCommands, command(""), 200, `{"response_type":"ephemeral","text":"hi"}`, ""},
		"silent command":       {&bot{}, PathCommands, command(""), 200, "", ""},
		"command not recorded": {&bot{err: errors.New("full")}, PathCommands, command(""), 200, sorry, ""},
		"command perhaps":      {&bot{ack: commands.Ack{Text: "who knows"}, err: errors.New("cut")}, PathCommands, command(""), 200, `{"response_type":"ephemeral","text":"who knows"}`, ""},
		"command panics":       {&bot{panic: "x"}, PathCommands, command(""), 500, "", inbound.SayFault},
		"click":                {&bot{}, PathInteractions, payload(click), 200, "", ""},
		"click not recorded":   {&bot{err: errors.New("full")}, PathInteractions, payload(click), 503, "", inbound.SayNotRecorded},
		"click perhaps":        {&bot{ack: commands.Ack{Text: "who knows"}, err: errors.New("cut")}, PathInteractions, payload(click), 503, "", "who knows"},
		"click panics":         {&bot{panic: errors.New("x")}, PathInteractions, payload(click), 500, "", inbound.SayFault},
		"form":                 {&bot{}, PathInteractions, payload(submit), 200, "", ""},
		"form with errors": {&bot{ack: commands.Ack{Errors: map[string]string{"who": "Say who."}}}, PathInteractions, payload(submit), 200,
			`{"response_action":"errors","errors":{"who":"Say who."}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tc.bot, 1)
			status, body := r.do(signed(tc.path, formType, tc.body))
			r.close(t)
			if status != tc.status || body != tc.answer || strings.Join(r.private.texts, "|") != tc.told || len(tc.bot.asked) != 1 {
				t.Errorf("%d %q, told %q, asked %d times", status, body, r.private.texts, len(tc.bot.asked))
			}
		})
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 0)
	if status, body := r.do(signed(PathCommands, formType, command(""))); status != 200 || !strings.Contains(body, inbound.SayBusy) {
		t.Errorf("command: %d %q", status, body)
	}
	if status, _ := r.do(signed(PathInteractions, formType, payload(click))); status != 503 {
		t.Errorf("click: %d", status)
	}
	if len(r.bot.asked) != 0 {
		t.Error("the handler was asked")
	}
}

// TestNoEffect: whatever is wrong, the handler is not asked and nobody is answered.
func TestNoEffect(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	most := command("&x=")
	most += strings.Repeat("x", mebibyte-len(most))
	big := most + "x"
	for name, tc := range map[string]struct {
		req    *http.Request
		status int
	}{
		"get":                          {edit(signed(PathCommands, formType, command("")), func(r *http.Request) { r.Method = "GET" }), 405},
		"put":                          {edit(signed(PathInteractions, formType, payload(click)), func(r *http.Request) { r.Method = "PUT" }), 405},
		"too large":                    {signed(PathCommands, formType, big), 413},
		"too large and unsigned":       {unsigned(signed(PathCommands, formType, big)), 413},
		"as large as may be":           {unsigned(signed(PathCommands, formType, most)), 401},
		"unsigned":                     {unsigned(signed(PathCommands, formType, command(""))), 401},
		"unsigned click":               {unsigned(signed(PathInteractions, formType, payload(click))), 401},
		"unsigned challenge":           {unsigned(signed(PathEvents, jsonType, `{"type":"url_verification","challenge":"c"}`)), 401},
		"unsigned of another type":     {unsigned(signed(PathCommands, "text/plain", command(""))), 401},
		"old":                          {edit(signed(PathCommands, formType, command("")), func(r *http.Request) { r.Header.Set(headerTimestamp, "1531420618") }), 401},
		"body changed":                 {edit(signed(PathCommands, formType, command("")), changeBody), 401},
		"plain text":                   {signed(PathCommands, "text/plain", command("")), 415},
		"no content type":              {edit(signed(PathCommands, "", command("")), func(r *http.Request) { r.Header.Del("Content-Type") }), 415},
		"two content types":            {edit(signed(PathCommands, formType, command("")), func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }), 415},
		"json command":                 {signed(PathCommands, jsonType, `{"command":"/offboard"}`), 415},
		"form as an event":             {signed(PathEvents, formType, command("")), 415},
		"another path":                 {signed("/slack/command", formType, command("")), 404},
		"a path below":                 {signed(PathCommands+"/", formType, command("")), 404},
		"another team":                 {signed(PathCommands, formType, strings.Replace(command(""), team, "T9", 1)), 200},
		"another app":                  {signed(PathInteractions, formType, payload(strings.Replace(click, app, "A9", 1))), 200},
		"empty body":                   {signed(PathCommands, formType, ""), 200},
		"not a form":                   {signed(PathCommands, formType, "%zz;"+command("")), 200},
		"two commands":                 {signed(PathCommands, formType, command("&user_id=U2")), 200},
		"click to the commands":        {signed(PathCommands, formType, payload(click)), 200},
		"click with command's fields":  {signed(PathCommands, formType, command("&"+payload(click))), 200},
		"command to the clicks":        {signed(PathInteractions, formType, command("")), 200},
		"command and click":            {signed(PathInteractions, formType, payload(click)+"&command=x"), 200},
		"two payloads":                 {signed(PathInteractions, formType, payload(click)+"&"+payload(click)), 200},
		"payload in the query":         {signed(PathInteractions+"?"+payload(click), formType, "x=1"), 200},
		"command in the query":         {signed(PathCommands+"?"+command(""), formType, "x=1"), 200},
		"payload is not json":          {signed(PathInteractions, formType, payload(click[:40])), 200},
		"event":                        {signed(PathEvents, jsonType, `{"type":"event_callback"}`), 200},
		"event that is not json":       {signed(PathEvents, jsonType, `nonsense`), 200},
		"ssl check":                    {signed(PathCommands, formType, "ssl_check=1&token=x"), 200},
		"click sent as an event":       {signed(PathEvents, jsonType, click), 200},
		"another action":               {signed(PathInteractions, formType, payload(strings.Replace(click, "approve", "other", 1))), 200},
		"query over the signed fields": {signed(PathInteractions+"?"+payload(click), formType, payload(`{}`)), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, &bot{}, 1)
			status, body := r.do(tc.req)
			r.close(t)
			if status != tc.status || len(r.bot.asked) != 0 || len(r.private.texts) != 0 {
				t.Errorf("status %d, asked %v, told %q", status, r.bot.asked, r.private.texts)
			}
			if status == 200 && body != "" {
				t.Errorf("the answer is not empty: %q", body)
			}
			if r.log.Len() == 0 && status != 404 && name != "ssl check" || strings.Contains(r.log.String(), "ann") {
				t.Errorf("log: %s", r.log)
			}
		})
	}
}

func edit(r *http.Request, f func(*http.Request)) *http.Request {
	f(r)
	return r
}

func unsigned(r *http.Request) *http.Request {
	r.Header.Set(headerSignature, "v0="+strings.Repeat("0", 64))
	return r
}

func changeBody(r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(text, []byte("U1"), []byte("U2"), 1)))
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 1)
	status, body := r.do(signed(PathEvents, jsonType+"; charset=utf-8", `{"type":"url_verification","challenge":"abc"}`))
	if status != 200 || body != "abc" {
		t.Errorf("%d %q", status, body)
	}
}

// TestSameBodyIsTheSameDelivery: the keys of a replay are those of the first.
// TestPanicOutsideOfTheHandler costs one request too, and what it holds is not logged.
func TestPanicOutsideOfTheHandler(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 1)
	d, err := inbound.NewDecoder(team, app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.intake = inbound.NewIntake(d, r.bot, r.runner, slog.New(slog.NewTextHandler(r.log, nil)), func(inbound.Kind, inbound.Outcome, time.Duration) {
		panic("secret")
	})
	if status, body := r.do(signed(PathInteractions, formType, payload(`{}`))); status != 500 || body != "" {
		t.Errorf("status %d, body %q", status, body)
	}
	if log := r.log.String(); !strings.Contains(log, "panic") || strings.Contains(log, "secret") {
		t.Errorf("log: %s", log)
	}
}

func TestSameBodyIsTheSameDelivery(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 2)
	for range 2 {
		r.do(signed(PathCommands, formType, command("")))
	}
	first, second := r.bot.asked[0].(commands.Command).Delivery.Keys, r.bot.asked[1].(commands.Command).Delivery.Keys
	if len(first) != 2 || first[0] != second[0] || first[1] != second[1] {
		t.Errorf("%q\n%q", first, second)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	for name, tc := range map[string]struct{ secret, app string }{"no secret": {"", app}, "no app": {"s", ""}} {
		d, err := inbound.NewDecoder(team, tc.app, "/offboard", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(secret.New(tc.secret), inbound.NewIntake(d, &bot{}, inbound.NewRunner(1, log), log, nil), log); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// slowWire is a connection on which every write and flush takes a second.
type slowWire struct{ *httptest.ResponseRecorder }

func (w slowWire) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	return w.ResponseRecorder.Write(p)
}

func (w slowWire) Flush() {
	time.Sleep(time.Second)
	w.ResponseRecorder.Flush()
}

// TestLaterAfterTheFlush: nothing goes on before the acknowledgement has been flushed.
func TestLaterAfterTheFlush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, ran := time.Now(), time.Duration(0)
		r := newRig(t, &bot{later: func(context.Context) { ran = time.Since(began) }}, 1)
		r.ServeHTTP(slowWire{httptest.NewRecorder()}, signed(PathInteractions, formType, payload(click)))
		r.close(t)
		if ran != 2*time.Second {
			t.Errorf("began after %s, with two seconds of writing", ran)
		}
	})
}

// broken is a connection that is gone.
type broken struct{ *httptest.ResponseRecorder }

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestUnwrittenIsToldPrivately: what was recorded goes on, and the person is told, although Slack has gone.
func TestUnwrittenIsToldPrivately(t *testing.T) {
	t.Parallel()
	ran := make(chan struct{})
	r := newRig(t, &bot{ack: commands.Ack{Text: "looking"}, later: func(context.Context) { close(ran) }}, 1)
	r.ServeHTTP(broken{httptest.NewRecorder()}, signed(PathCommands, formType, command("")))
	<-ran
	r.close(t)
	if got := strings.Join(r.private.texts, "|"); got != "looking" {
		t.Errorf("told %q", got)
	}
}
