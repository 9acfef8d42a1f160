package story

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

func messages(texts ...string) []workspace.Message {
	var out []workspace.Message
	for _, text := range texts {
		out = append(out, workspace.Message{Text: text})
	}
	return out
}

func check(t *testing.T, name string, err error, says string) {
	t.Helper()
	switch {
	case says == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
		t.Errorf("%s: %v, where it must say %q", name, err, says)
	}
}

func TestTheThreadSaysEachThingOnce(t *testing.T) {
	t.Parallel()
	approved, unknown, done := "Approved by <@U0BOB> (1 of 1).", "Outcome unknown: no answer.", "Done: read back."
	plain, silent, denied := told{scene: scene{ends: "Done"}}, told{scene: scene{ends: "Done", silent: true}}, told{scene: scene{ends: "Denied", deny: true}}
	const wrong = "each once and nothing else"
	for _, tt := range []struct {
		name   string
		of     told
		thread []string
		says   string
	}{
		{"as it must be", plain, []string{approved, done}, ""},
		{"done told twice", plain, []string{approved, done, done}, wrong},
		{"approval told twice", plain, []string{approved, approved, done}, wrong},
		{"no outcome", plain, []string{approved}, wrong},
		{"approved by another", plain, []string{"Approved by <@U0ALICE> (1 of 1).", done}, wrong},
		{"unknown where nothing was", plain, []string{approved, unknown, done}, wrong},
		{"unknown, then done", silent, []string{approved, unknown, done}, ""},
		{"unknown kept back", silent, []string{approved, done}, wrong},
		{"unknown told too late", silent, []string{approved, done, unknown}, wrong},
		{"denied", denied, []string{"Denied by <@U0BOB>."}, ""},
		{"denied, then done", denied, []string{"Denied by <@U0BOB>.", done}, wrong},
		{"nothing at all", denied, nil, wrong},
	} {
		check(t, tt.name, tt.of.threadOnce(messages(tt.thread...)), tt.says)
	}
}

func TestTheAuditChannelSaysEachEventOnce(t *testing.T) {
	t.Parallel()
	w := told{scene: scene{writes: 1}, request: "OFF-1"}
	line := func(what, n string) string {
		return "*OFF-1* · " + what + " · delete id 7 at Torii · so it was. · #" + n + " `0123456789abcdef`"
	}
	good := []string{line("requested", "1") + "\n" + line("click refused", "4"), line("click refused", "5"), line("approved", "6"),
		line("call begun", "8"), line("ended", "9"), line("completed", "10"), "*OFF-2* · requested · delete id 8 at Torii · asked. · #1 `ab`"}
	for name, tt := range map[string]struct {
		change func([]string) []string
		says   string
	}{
		"as it must be":        {slices.Clone[[]string], ""},
		"an event twice":       {func(all []string) []string { return append(all, all[1]) }, "#5 of OFF-1 twice"},
		"a second call":        {func(all []string) []string { return append(all, line("call begun", "11")) }, `2 times "call begun"`},
		"no end":               {func(all []string) []string { return slices.Delete(all, 5, 6) }, `0 times "completed"`},
		"no consent":           {func(all []string) []string { return slices.Delete(all, 2, 3) }, `0 times "approved"`},
		"a line of no event":   {func(all []string) []string { return append(all, "hello") }, "names no event"},
		"a refused click less": {func(all []string) []string { return slices.Delete(all, 1, 2) }, `1 times "click refused"`},
	} {
		check(t, name, w.auditOnce(messages(tt.change(slices.Clone(good))...)), tt.says)
	}
}

func TestARequestHasOneCard(t *testing.T) {
	t.Parallel()
	w := told{request: "OFF-1"}
	check(t, "one", w.cardOnce(messages("OFF-1 · delete", "OFF-11 · delete")), "")
	check(t, "two", w.cardOnce(messages("OFF-1 · delete", "OFF-1 · delete")), "OFF-1 has 2 cards")
	check(t, "none", w.cardOnce(messages("OFF-11 · delete")), "OFF-1 has 0 cards")
}

func open(t *testing.T) *town.Town {
	t.Helper()
	tw, err := town.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	return tw
}

// Every scene is held against the record of a provider that did nothing; only those that want nothing done may pass.
func TestTheProvidersRecordDecides(t *testing.T) {
	t.Parallel()
	tw := open(t)
	for _, s := range scenes() {
		says := "but the provider has"
		if s.deny {
			says = ""
		}
		check(t, s.title, told{scene: s}.trueTo(tw.Record(s.at, s.leaver.ID)), says)
	}
	jonas, _ := tw.Torii.User(town.Jonas.ID)
	jonas.Status = localtorii.Deleted
	tw.Torii.Put(jonas)
	deleted := told{scene: scene{at: "torii", leaver: town.Jonas, ends: "Done", truth: localtorii.Deleted, writes: 1}}
	check(t, "deleted without a call", deleted.trueTo(tw.Record("torii", town.Jonas.ID)), "after 0 call(s)")
	deleted.writes = 0
	check(t, "deleted", deleted.trueTo(tw.Record("torii", town.Jonas.ID)), "")
}

func TestNobodyIsToldMoreThanTheScenesSaw(t *testing.T) {
	t.Parallel()
	tw := open(t)
	p := newPlayer(tw, Bot{}, Direct(tw), io.Discard)
	check(t, "nothing", p.privateOnce(), "")
	p.private[town.Gus] = 1
	check(t, "less", p.privateOnce(), "@gus was told 0 things privately")
}

func TestWithoutABotTheStoryFails(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tw := open(t)
	check(t, "no bot", Play(ctx, tw, Bot{Writes: true}, Direct(tw), io.Discard), "ECGrid: terminate a user: the command: no_reader")
}

func TestWhatPeopleRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"*Done*: <@U0BOB> in <#C0AUDIT|x> &lt;b&gt; :warning:":  "Done: @bob in #offboarding-audit <b> ⚠",
		"<!subteam^S0APPROVERS>: &lt;!channel&gt;":              "@approvers: <!channel>",
		"until <!date^1^{date} {time}|2026-01-01 10:00 UTC>.":   "until 2026-01-01 10:00 UTC.",
		"<https://local.invalid/archives/C1/p1|Open the card>":  "[Open the card]",
		"#1 `0123456789abcdef0123456789abcdef0123456789abcdef`": "#1 0123456789ab…",
	} {
		if got := strings.Join(lines(text), "|"); got != want {
			t.Errorf("%q is read as %q, not %q", text, got, want)
		}
	}
	long := strings.Repeat("word ", 60)
	for _, part := range wrap(strings.TrimSpace(long)) {
		if len(part) > width {
			t.Errorf("a line of %d: %s", len(part), part)
		}
	}
	if got := strings.Fields(strings.Join(wrap(long), " ")); len(got) != 60 {
		t.Errorf("%d words are left of 60", len(got))
	}
}
