package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/story"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// cast is the people of the story, each at a tab of their own: they type and click there, and see what stands there.
type cast struct {
	t       *testing.T
	town    *town.Town
	browser *browsertest.Browser
	page    string
	tabs    map[string]*browsertest.Tab
	at      map[string]string // the channel that each tab shows
	clicks  map[string]int    // by person
	hidden  int               // private messages that were looked for in vain in another's tab, which showed the same channel
}

var _ story.People = (*cast)(nil)

func gather(t *testing.T, tw *town.Town, page string) *cast {
	t.Helper()
	return &cast{t: t, town: tw, browser: browsertest.Start(t), page: page, tabs: map[string]*browsertest.Tab{}, at: map[string]string{}, clicks: map[string]int{}}
}

// windows are how people look at the page: some have a telephone.
var windows = map[string]browsertest.Window{
	town.Alice: browsertest.Narrow, town.Bob: browsertest.Wide, town.Gus: browsertest.Narrow, town.Olga: browsertest.Wide,
	town.Carol: {Width: browsertest.Wide.Width, Height: browsertest.Wide.Height, Dark: true},
}

// tab is somebody's, opened when they first have something to do.
func (c *cast) tab(who string) *browsertest.Tab {
	if c.tabs[who] == nil {
		c.tabs[who], c.at[who] = c.browser.Open(c.t, c.page+"/#"+who+"/"+town.General, windows[who]), town.General
	}
	return c.tabs[who]
}

func (c *cast) Type(_ context.Context, who, channel, line string) error {
	tab := c.comes(who, channel)
	before := tab.Answered("/api/type")
	tab.Type("combobox", "Message or command", line)
	tab.Press(browsertest.Enter)
	tab.Until("the line is taken", func() bool { return tab.Answered("/api/type") > before })
	return nil
}

// reloadEach says after how many clicks somebody loads their page again, with the button before their eyes.
const reloadEach = 3

// Press has them find the message as it is now, and the button in it; and read what it asks once more.
func (c *cast) Press(ctx context.Context, who string, on workspace.Message, button string) error {
	tab := c.comes(who, on.Channel)
	now, _ := c.town.Slack.Message(on.Channel, on.TS)
	if err := c.See(ctx, who, now); err != nil {
		return err
	}
	if c.clicks[who]++; c.clicks[who]%reloadEach == 0 {
		tab.Reload()
		if err := c.See(ctx, who, now); err != nil {
			return err
		}
	}
	before := tab.Answered("/api/press")
	tab.Within(article(on)).Click("button", button)
	if asks, ok := confirmOf(now, button); ok {
		dialog := tab.Within("#confirm")
		tab.Until("it is asked once more: "+asks.Title.Text, func() bool { return dialog.Has("heading", asks.Title.Text) })
		text := read(browsertest.Eval[string](tab, `document.getElementById("confirm-text").textContent`))
		if want := read(story.Shown(workspace.Message{Text: asks.Text.Text})...); text != want {
			return fmt.Errorf("@%s is asked %q, not %q", town.Name(who), text, want)
		}
		dialog.Click("button", asks.Confirm.Text)
	}
	tab.Until("the click is taken", func() bool { return tab.Answered("/api/press") > before })
	return nil
}

func (c *cast) See(_ context.Context, who string, all ...workspace.Message) error {
	c.sees(who, false, all)
	return nil
}

func (c *cast) SeeAlone(_ context.Context, who string, all ...workspace.Message) error {
	c.sees(who, true, all)
	for other, tab := range c.tabs {
		for _, m := range all {
			if other == who {
				continue
			}
			if browsertest.Eval[bool](tab, `document.querySelector(`+browsertest.Quote(article(m))+`) !== null`) {
				return fmt.Errorf("@%s sees what only @%s may see: %s", town.Name(other), town.Name(who), story.Shown(m))
			}
			if c.at[other] == m.Channel {
				c.hidden++
			}
		}
	}
	return nil
}

// leaked looks through every tab for a private message of somebody else's.
func (c *cast) leaked() (all []string) {
	for who := range c.tabs {
		for _, other := range town.Everybody() {
			for _, e := range c.town.Slack.Ephemerals(other) {
				if other == who || !c.town.Slack.Sees(who, e.Channel) {
					continue
				}
				if browsertest.Eval[bool](c.comes(who, e.Channel), `document.querySelector(`+browsertest.Quote(article(e.Message))+`) !== null`) {
					all = append(all, fmt.Sprintf("@%s sees what only @%s may see: %s", town.Name(who), town.Name(other), story.Shown(e.Message)))
				}
			}
		}
	}
	return all
}

// sees waits until somebody's tab shows messages word by word, and no button more.
func (c *cast) sees(who string, private bool, all []workspace.Message) {
	for _, m := range all {
		tab := c.comes(who, m.Channel)
		want := seenMessage{Private: private, Words: read(story.Shown(m)...)}
		tab.Until(fmt.Sprintf("@%s sees %s", town.Name(who), story.Shown(m)), func() bool {
			got := browsertest.Eval[seenMessage](tab, `(`+readArticle+`)(`+browsertest.Quote(article(m))+`)`)
			got.Words = read(got.Words)
			return got == want
		})
	}
}

// comes brings somebody to a channel, by clicking on it.
func (c *cast) comes(who, channel string) *browsertest.Tab {
	tab := c.tab(who)
	if c.at[who] != channel {
		tab.Within(place(channel)).Click("button", "")
		tab.Until("#"+town.Name(channel)+" is shown", func() bool { return here(tab) == channel })
		c.at[who] = channel
	}
	return tab
}

// place is where a channel stands in the list of them.
func place(channel string) string { return `#channels li:has([value="` + channel + `"])` }

// here is the channel that a tab shows.
func here(tab *browsertest.Tab) string {
	return browsertest.Eval[string](tab, `document.querySelector("#channels [aria-current=page]")?.value || ""`)
}

func article(m workspace.Message) string { return `article[data-ts="` + m.TS + `"]` }

// seenMessage is a message as a tab shows it.
type seenMessage struct {
	Private bool   `json:"private"` // marked as visible to one person only
	Words   string `json:"words"`
}

// readArticle reads a message of the page as [story.Shown] does, without who wrote it and without its thread.
const readArticle = `(css) => {
	const there = document.querySelector(css);
	if (!there || !there.checkVisibility()) return { private: false, words: "" };
	const copy = there.cloneNode(true);
	const private = copy.classList.contains("private") && copy.textContent.includes("Only visible to you");
	copy.querySelectorAll(".face, .only, .by, .thread, .answer").forEach((n) => n.remove());
	copy.querySelectorAll("time[datetime]").forEach((n) => n.replaceWith(n.title));
	copy.querySelectorAll("button").forEach((n) => n.replaceWith("[" + n.textContent + "]"));
	copy.querySelectorAll("code").forEach((n) => { if (/^[0-9a-f]{12,}$/.test(n.textContent)) n.replaceWith(n.textContent.slice(0, 12) + "…"); });
	return { private, words: copy.textContent };
}`

// read gives words without what they are apart by, and without the mark that makes a sign a picture.
func read(lines ...string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\uFE0F' {
			return -1
		}
		return r
	}, strings.Join(lines, ""))
}

type plainText struct {
	Text string `json:"text"`
}

// confirmation is what a button asks once more.
type confirmation struct {
	Title, Text, Confirm plainText
}

// confirmOf gives what a button of a message asks once more, if it does.
func confirmOf(m workspace.Message, button string) (confirmation, bool) {
	var blocks []struct {
		Elements []struct {
			Text    json.RawMessage
			Confirm *confirmation
		}
	}
	_ = json.Unmarshal(m.Blocks, &blocks)
	for _, b := range blocks {
		for _, e := range b.Elements {
			var words plainText
			if json.Unmarshal(e.Text, &words) == nil && words.Text == button && e.Confirm != nil {
				return *e.Confirm, true
			}
		}
	}
	return confirmation{}, false
}
