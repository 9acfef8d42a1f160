package main

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/sandbox/page"
	"offboard/internal/sandbox/story"
	"offboard/internal/sandbox/town"
)

// openPlay starts a sandbox as --play does, and serves its page too.
func openPlay(t *testing.T, c sandboxCmd) (*town.Town, story.Bot, string) {
	t.Helper()
	ctx, halt := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	tw, err := town.Open(ctx, "", log)
	if err != nil {
		t.Fatal(err)
	}
	c.Play, c.Writes = true, true
	a, err := c.bot(tw, c.settings(t.TempDir()), log)
	if err != nil {
		t.Fatal(err)
	}
	records := make(chan page.Records, 1)
	a.between.journal = func(j journal.Journal) journal.Journal {
		records <- j
		return j
	}
	ended, served, out := make(chan error, 1), make(chan error, 1), &tape{}
	go func() { ended <- a.run(ctx) }()
	if err := a.waitReady(ctx, ended); err != nil {
		t.Fatal(err)
	}
	go func() {
		served <- page.Serve(ctx, "127.0.0.1:0", tw, page.Bot{Records: <-records, URL: "http://" + a.addr()}, out)
	}()
	t.Cleanup(func() {
		halt()
		for _, err := range []error{<-ended, <-served, tw.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	await(ctx, t, out, "Ctrl-C")
	return tw, story.Bot{Writes: true, URL: "http://" + a.addr()}, address.FindString(out.text())
}

// Not parallel, as is said at [TestThreePeopleInABrowser].
//
// The story that --play tells, every scene and every attack, is played by people who click in Chromium; the same truth holds at its end, and each of
// them has seen on their own page what they were told.
func TestTheStoryInABrowser(t *testing.T) {
	for name, c := range map[string]struct {
		sandbox sandboxCmd
		play    func(context.Context, *town.Town, story.Bot, story.People, io.Writer) error
	}{
		"over Socket Mode, all of it":       {sandboxCmd{}, story.Play},
		"over signed requests, one removal": {sandboxCmd{HTTP: true}, story.Remove},
	} {
		t.Run(name, func(t *testing.T) {
			tw, bot, url := openPlay(t, c.sandbox)
			people, out := gather(t, tw, url), &tape{}
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("as far as it was played:\n%s", out.text())
				}
			})
			if err := c.play(t.Context(), tw, bot, people, out); err != nil {
				t.Fatal(err)
			}
			for _, seen := range people.leaked() {
				t.Error(seen)
			}
			if people.hidden == 0 {
				t.Error("no private message was looked for in the tab of anybody who could have seen it")
			}
			if olga := people.tab(town.Olga); olga.Within(place(town.Approvals)).Has("button", "") {
				t.Error("olga still sees the channel that is shared no more")
			}
		})
	}
}
