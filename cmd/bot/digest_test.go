package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/config"
	"offboard/internal/journal"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
	"offboard/internal/secret"
	"offboard/internal/slackbot/directory"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

// theMonday is past: messages in the local workspace are of the time of the test.
var theMonday = time.Date(2026, 1, 5, digestHour, 0, 0, 0, time.UTC)

func TestDigestDue(t *testing.T) {
	t.Parallel()
	for offset, want := range map[time.Duration]int{
		-time.Second: -7, 0: 0, time.Second: 0, 24 * time.Hour: 0, 7*24*time.Hour - time.Second: 0, 7 * 24 * time.Hour: 7,
	} {
		at := theMonday.Add(offset).In(time.FixedZone("far", 13*3600))
		if got := digestDue(at); !got.Equal(theMonday.AddDate(0, 0, want)) {
			t.Errorf("%s: %s", at.UTC(), got)
		}
	}
}

// week is a journal, the audit channel of a local workspace, and a clock that both go by.
type week struct {
	t       *testing.T
	town    *town.Town
	journal journal.Journal
	poster  *post.Poster
	log     tape

	mu sync.Mutex
	at time.Time
}

func newWeek(t *testing.T) *week {
	t.Helper()
	tw, err := town.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	j, err := openFile(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(j.Close(), tw.Close()); err != nil {
			t.Error(err)
		}
	})
	self := tw.Slack.Config()
	api, err := webapi.New(webapi.Options{APIURL: tw.Slack.APIURL(), Token: secret.New(self.BotToken), Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Slack: config.Slack{ApprovalsChannel: town.Approvals, AuditChannel: town.Audit}}
	poster, err := newPoster(cfg, api, directory.Self{UserID: self.BotUserID, BotID: self.BotID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &week{t: t, town: tw, journal: j, poster: poster, at: theMonday.Add(-24 * time.Hour)}
	w.asked()
	return w
}

func (w *week) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *week) sleep(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// asked puts a request into the journal that Bob approved three seconds after its card had come up.
func (w *week) asked() {
	w.t.Helper()
	at := w.now()
	bob := approvals.Person{ID: town.Bob, Email: "bob@example.com"}
	l := journal.Log{ID: at.String()}
	for _, e := range []approvals.Event{
		{
			Kind: approvals.Requested, By: approvals.Person{ID: town.Alice}, At: at, Plan: &approvals.Plan{Steps: []approvals.Step{{}}},
			Policy: &approvals.Policy{Approvals: 1},
		},
		{Kind: approvals.Told, Key: approvals.KeyCard, Upto: 1, At: at},
		{Kind: approvals.Approved, By: bob, At: at.Add(3 * time.Second)},
	} {
		body, err := approvals.Encode(e)
		if err != nil {
			w.t.Fatal(err)
		}
		l.Records = append(l.Records, journal.Seal(l, journal.Draft{Body: body, Chained: !e.Kind.Receipt()})...)
	}
	if _, err := w.journal.Append(w.t.Context(), journal.Write{ID: l.ID, Records: l.Records, Now: at}); err != nil {
		w.t.Fatal(err)
	}
}

// replica is one bot's digest.
func (w *week) replica() *digest {
	return &digest{journal: w.journal, channel: w.poster, now: w.now, log: slog.New(slog.NewJSONHandler(&w.log, nil))}
}

// tries has a replica that has just been started try.
func (w *week) tries() error { return w.replica().tell(w.t.Context(), digestDue(w.now())) }

// digests are the messages in the audit channel.
func (w *week) digests(want int) []workspace.Message {
	w.t.Helper()
	all := w.town.Slack.Messages(town.Audit)
	if len(all) != want {
		w.t.Errorf("the audit channel has %d digests, not %d: %+v", len(all), want, all)
	}
	return all
}

// Each Monday's digest is told once, whatever number of replicas try, and however often they start anew. It pings nobody.
func TestDigestOnce(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	if err := w.tries(); err != nil { // the last Monday was before the journal began
		t.Error(err)
	}
	w.digests(0)
	for monday := range 2 {
		w.at = theMonday.AddDate(0, 0, 7*monday)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := w.tries(); err != nil && !quiet(err) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		m := w.digests(monday + 1)[monday]
		if len(m.Pings) > 0 {
			t.Errorf("it pings %v", m.Pings)
		}
		w.sleep(4 * 24 * time.Hour)
		if err := w.tries(); err != nil {
			t.Error(err)
		}
		w.digests(monday + 1)
	}
	first, second := w.digests(2)[0].Text, w.digests(2)[1].Text
	if !strings.Contains(first, "2026-01-05 09:00 UTC\n1 request, 1 approval") || !strings.Contains(first, "bob@example.com approved 1 of 1") {
		t.Errorf("the first says %q", first)
	}
	if !strings.Contains(second, "2026-01-12 09:00 UTC\n0 requests, 0 approvals") {
		t.Errorf("the second says %q", second)
	}
}

// Slack takes the digest and does not answer: it is found when the lease is over, and stands there once.
func TestDigestWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	for _, kind := range []workspace.FaultKind{workspace.FaultTimeoutAfter, workspace.FaultCutAfter, workspace.FaultStatusAfter} {
		w := newWeek(t)
		w.at = theMonday
		w.town.Slack.Fault(workspace.Fault{Method: "chat.postMessage", Kind: kind, Times: 1})
		if err := w.tries(); err == nil {
			t.Errorf("%s: nothing went wrong", kind)
		}
		for range 12 {
			w.sleep(time.Minute)
			if err := w.tries(); err != nil && !quiet(err) {
				t.Error(err)
			}
		}
		w.digests(1)
	}
}

// A replica that is lost before it has posted is followed by another, once its lease is over and not before.
func TestDigestOfALostReplica(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	w.at = theMonday
	lost, cancel := context.WithCancel(t.Context())
	d := w.replica()
	d.channel = stranger{digestChannel: d.channel, before: cancel}
	if err := d.tell(lost, theMonday); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.sleep(digestLease - time.Second)
	if err := w.tries(); !quiet(err) {
		t.Errorf("within the lease: %v", err)
	}
	w.digests(0)
	w.sleep(2 * time.Second)
	if err := w.tries(); err != nil {
		t.Error(err)
	}
	w.digests(1)
}

// A replica that stood still until its lease was over posts nothing any more: another has.
func TestDigestOfASleeper(t *testing.T) {
	t.Parallel()
	w := newWeek(t)
	w.at = theMonday
	d := w.replica()
	d.channel = stranger{digestChannel: d.channel, before: func() {
		w.sleep(digestLease + time.Second)
		if err := w.tries(); err != nil {
			t.Error(err)
		}
	}}
	if err := d.tell(t.Context(), theMonday); err == nil {
		t.Error("it posted")
	}
	w.digests(1)
}

// stranger has something happen right before the digest is posted.
type stranger struct {
	digestChannel
	before func()
}

func (s stranger) Digest(ctx context.Context, h audit.Habits, mark string) error {
	s.before()
	return s.digestChannel.Digest(ctx, h, mark)
}

// hall is an audit channel that notes when a digest came, and refuses the first two.
type hall struct {
	refused int
	marks   []string
	at      []time.Time
}

func (h *hall) Digested(_ context.Context, mark string, _ time.Time) (bool, error) {
	return slices.Contains(h.marks, mark), nil
}

func (h *hall) Digest(_ context.Context, _ audit.Habits, mark string) error {
	if h.refused++; h.refused <= 2 {
		return errors.New("slack is away")
	}
	h.marks, h.at = append(h.marks, mark), append(h.at, time.Now().UTC())
	return nil
}

// forgetful remembers deliveries for as long as they are kept.
type forgetful struct {
	journal.Journal
	until map[string]time.Time
}

func (f forgetful) Remember(_ context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	if now.Before(f.until[deliveries[0]]) {
		return &journal.DuplicateError{Delivery: deliveries[0]}
	}
	f.until[deliveries[0]] = now.Add(keep)
	return nil
}

func (f forgetful) Each(_ context.Context, each func(journal.Log) error) error {
	body, err := approvals.Encode(approvals.Event{Kind: approvals.Alarmed})
	if err != nil {
		return err
	}
	return each(journal.Log{Records: []journal.Record{{Body: body}}})
}

// A bot that runs for weeks tells a digest each Monday at nine, and a little later where Slack was away.
func TestDigestOverWeeks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{}
		d := &digest{journal: forgetful{until: map[string]time.Time{}}, channel: h, now: time.Now, log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.run(ctx) }()
		time.Sleep(3 * digestSpan)
		cancel()
		if err := <-ended; err != nil || len(h.at) != 4 {
			t.Fatalf("%v, told at %v", err, h.at)
		}
		started := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // as synctest has it
		if late := h.at[0].Sub(started); late < 2*digestLease || late > 2*digestLease+3*digestRetry {
			t.Errorf("the first came %s after the start", late)
		}
		for _, at := range h.at[1:] {
			if late := at.Sub(digestDue(at)); late > time.Second {
				t.Errorf("one came %s late", late)
			}
		}
	})
}

// TestStats: what an operator sees of a journal that a bot has written, and that the bot itself tells nothing where the digest is off.
func TestStats(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	if code, text := said(t, s.getenv, "audit", "stats", "--config", s.file); code != exitFault || !strings.Contains(text, "another process") {
		t.Errorf("beside the bot it ends with %d and says %q", code, text)
	}
	s.stop()
	code, text := said(t, s.getenv, "audit", "stats", "--config", s.file)
	for _, want := range []string{": 1 request, 1 approval, 0 denials.", "bob@example.com  1         0", "bob@example.com approved 1 of 1 within 10 s"} {
		if code != 0 || !strings.Contains(text, want) {
			t.Errorf("it ends with %d and does not say %q:\n%s", code, want, text)
		}
	}
	var h audit.Habits
	code, text = said(t, s.getenv, "audit", "stats", "--config", s.file, "--since", "1h", "--json")
	if err := json.Unmarshal([]byte(text), &h); err != nil || code != 0 || h.Requests != 1 || len(h.Approvers) != 1 || h.To.Sub(h.From) != time.Hour {
		t.Errorf("it ends with %d, %v: %s", code, err, text)
	}
	if code, text = said(t, s.getenv, "audit", "stats", "--config", s.file, "--since=-1h"); code != exitFault || !strings.Contains(text, "168h") {
		t.Errorf("it ends with %d and says %q", code, text)
	}
	if code = run(t.Context(), []string{"audit", "stats", "--config", s.file, "--json"}, s.getenv, full{}, io.Discard); code != exitFault {
		t.Errorf("where nothing can be written it ends with %d", code)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }
