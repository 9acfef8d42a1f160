package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/story"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

func TestSandboxPlays(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"socket": {"sandbox", "--play"}, "http": {"sandbox", "--play", "--http"}, "rehearsal": {"sandbox", "--play", "--no-writes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience) // a whole story
			defer cancel()
			out := &tape{}
			if code := run(ctx, args, nil, out, out); code != 0 {
				t.Fatalf("it ended with %d:\n%s", code, out.text())
			}
			for _, want := range []string{"The attacker's chapter", "Every outcome told agrees with the providers' own records."} {
				if !strings.Contains(out.text(), want) {
					t.Errorf("it does not say %q:\n%s", want, out.text())
				}
			}
		})
	}
}

// A provider that takes back what it said, a thread that says something twice, and one that keeps the unknown outcome back: the story
// must notice each of them.
func TestStoryNoticesWhatIsNotTrue(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{town.Roomy, story.Caps(story.Removals(true))}})
	s.slack.UseHTTP(endpoints(strings.TrimPrefix(s.base, "http://")))
	ctx, cancel := context.WithCancel(s.ctx)
	sabotaged := make(chan error, 1)
	go func() { sabotaged <- sabotage(ctx, s.town) }()
	var out tape
	err := story.Play(ctx, s.town, story.Bot{Writes: true, URL: s.base}, story.Direct(s.town), &out)
	cancel()
	if wrong := <-sabotaged; wrong != nil {
		t.Fatalf("the saboteur: %v; the story: %v", wrong, err)
	}
	if err == nil {
		t.Fatal("the story noticed nothing")
	}
	for _, want := range []string{
		"ECGrid: terminate a user: the thread must say",
		`Torii: delete a user: told Done, but the provider has "active"`,
		"Torii does it and never answers: the thread must say",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q:\n%v", want, err)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("it found %d things wrong, not 3:\n%v", got, err)
	}
}

// sabotage changes the town behind the bot's back, each thing as soon as the bot has said its part.
func sabotage(ctx context.Context, t *town.Town) error {
	told := func(words string) (workspace.Message, error) {
		return t.Slack.WaitMessage(ctx, town.Approvals, func(m workspace.Message) bool {
			return m.ThreadTS != "" && strings.HasPrefix(m.Text, words)
		})
	}
	m, err := told("Done: ECGrid")
	if err != nil {
		return err
	}
	t.Slack.Insert(m)
	if _, err := told("Done: Torii answered 204"); err != nil {
		return err
	}
	u, _ := t.Torii.User(town.Jonas.ID)
	u.Status = localtorii.Active
	t.Torii.Put(u)
	if m, err = told("Outcome unknown"); err != nil {
		return err
	}
	t.Slack.Remove(m.Channel, m.TS)
	return nil
}

func TestSandboxPageFromCommandToDone(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"socket": nil, "http": {"--http"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, stop := openSandbox(t, args...)
			v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard dana.hill@example.com provider:ecgrid"})
			v.until(town.Alice, "alice is told that it is recorded", privately("OFF-1 is recorded"))
			now := v.until(town.Bob, "bob sees the card", func(s seen) bool { return len(s.messages(town.Approvals)) == 1 })
			if privately("OFF-1")(now) {
				t.Error("bob sees what alice was told privately")
			}
			card := now.messages(town.Approvals)[0]
			approve := map[string]any{"as": town.Alice, "channel": town.Approvals, "ts": card.TS, "action": "approve"}
			v.do("press", approve)
			v.until(town.Alice, "alice is refused", privately("a second person must decide"))
			approve["as"] = town.Bob
			v.do("press", approve)
			now = v.until(town.Bob, "the outcome is told", func(s seen) bool { return s.told("Done: ECGrid answered 200") })
			if state, writes := now.state("ecgrid", town.Dana.ID); state != "Terminated" || writes != 1 {
				t.Errorf("the provider has %s after %d calls", state, writes)
			}
			if code := stop(); code != 0 {
				t.Errorf("it ended with %d", code)
			}
		})
	}
}

func TestSandboxPageForm(t *testing.T) {
	t.Parallel()
	v, _ := openSandbox(t)
	v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard"})
	now := v.until(town.Alice, "the form opens", func(s seen) bool { return len(s.Views) == 1 })
	form := map[string]any{"as": town.Alice, "view": now.Views[0].ID, "values": map[string]string{"who": "two people"}}
	v.do("submit", form)
	v.until(town.Alice, "the form says what is wrong", func(s seen) bool { return len(s.Views) == 1 && s.Views[0].Errors["who"] != "" })
	form["values"] = map[string]string{"who": town.Jonas.Email, "provider": "torii", "reason": "left"}
	v.do("submit", form)
	now = v.until(town.Bob, "bob sees the card", func(s seen) bool { return len(s.messages(town.Approvals)) == 1 })
	v.do("fault", map[string]any{"provider": "torii", "match": "write", "mode": "timeout_after"})
	v.do("press", map[string]any{"as": town.Bob, "channel": town.Approvals, "ts": now.messages(town.Approvals)[0].TS, "action": "approve"})
	now = v.until(town.Bob, "the outcome is told", func(s seen) bool { return s.told("Done: Torii did not answer in time; read back: deleted") })
	if !now.told("Outcome unknown") {
		t.Error("the unknown outcome was not told")
	}
	if state, writes := now.state("torii", town.Jonas.ID); state != "deleted" || writes != 1 {
		t.Errorf("the provider has %s after %d calls", state, writes)
	}
}

// The time goes on for the workspace and the bot together: what was to expire expires, what was scheduled is done, and Slack's signed requests are taken as
// before.
func TestSandboxTimeIsMovedOn(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"socket": nil, "http": {"--http"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _ := openSandbox(t, args...)
			ask := func(line string) {
				v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard " + line})
			}
			at := time.Now().UTC().Add(30 * time.Hour).Truncate(time.Minute)
			ask(town.Dana.Email + " provider:ecgrid at:" + at.Format("2006-01-02T15:04Z"))
			now := v.until(town.Bob, "bob sees the card", func(s seen) bool { return len(s.messages(town.Approvals)) == 1 })
			v.do("press", map[string]any{"as": town.Bob, "channel": town.Approvals, "ts": now.messages(town.Approvals)[0].TS, "action": "approve"})
			v.until(town.Bob, "it is approved", func(s seen) bool { return s.told("Approved by") })
			if state, writes := v.until(town.Bob, "the provider is shown", func(seen) bool { return true }).state("ecgrid", town.Dana.ID); writes != 0 {
				t.Fatalf("before its time the provider has %s after %d calls", state, writes)
			}
			v.do("clock", map[string]any{"by": int64(time.Until(at).Seconds()) + 1})
			now = v.until(town.Bob, "the outcome is told", func(s seen) bool { return s.told("Done: ECGrid answered 200") })
			if at := now.messages(town.Approvals)[0].Replies; at[len(at)-1].TS < strconv.FormatInt(time.Now().Add(29*time.Hour).Unix(), 10) {
				t.Errorf("the outcome is told at %s, before its time", at[len(at)-1].TS)
			}
			ask(town.Rosa.Email + " provider:ecgrid")
			v.until(town.Alice, "alice is heard in the new time", privately("OFF-2 is recorded"))
			v.do("clock", map[string]any{"by": 25 * 3600})
			v.until(town.Bob, "what was not approved expires", func(s seen) bool {
				for _, m := range s.messages(town.Approvals) {
					if strings.Contains(string(m.Blocks), "OFF-2") && strings.Contains(string(m.Blocks), "expired") {
						return true
					}
				}
				return false
			})
		})
	}
}

// Not parallel: where temporary folders are made is the whole process's.
func TestSandboxLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	left := func() []string {
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	one, stop := openSandbox(t)
	two, stopTwo := openSandbox(t)
	if one.base == two.base || len(left()) != 2 {
		t.Fatalf("two sandboxes at %s and %s keep %v", one.base, two.base, left())
	}
	var out tape
	if code := run(one.ctx, []string{"sandbox", "--listen", strings.TrimPrefix(one.base, "http://")}, os.Getenv, &out, &out); code != exitFault ||
		!strings.Contains(out.text(), "--listen 127.0.0.1:0") {
		t.Errorf("a third at the first's address ended with %d: %s", code, out.text())
	}
	for _, end := range []func() int{stop, stopTwo} {
		if code := end(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
	}
	if got := left(); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}
