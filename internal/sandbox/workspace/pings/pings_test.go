package pings_test

import (
	"encoding/json"
	"slices"
	"testing"

	"offboard/internal/sandbox/workspace/pings"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, parse string
		names       bool
		want        []string
	}{
		{"<@U1|ann> and <!channel> and <!subteam^S1>", "none", false, []string{"<@U1|ann>", "<!channel>", "<!subteam^S1>"}},
		{"hi @here, see #general", "none", false, nil},
		{"hi @here, see #general", "none", true, []string{"@here", "#general"}},
		{"hi @here, see #general", "", false, []string{"@here", "#general"}},
		{"&lt;!channel&gt; ann@here.example #42 <https://x.example/#frag>", "", false, nil},
		{"@channels", "", false, nil},
	} {
		if got := pings.Of(c.text, c.parse, c.names, nil); !slices.Equal(got, c.want) {
			t.Errorf("%q (%q, %v): %q, want %q", c.text, c.parse, c.names, got, c.want)
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	for blocks, want := range map[string][]string{
		`[{"type":"section","text":{"type":"mrkdwn","text":"@here <!here>","verbatim":true}}]`:                              {"<!here>"},
		`[{"type":"section","fields":[{"type":"mrkdwn","text":"@everyone"}]}]`:                                              {"@everyone"},
		`[{"type":"header","text":{"type":"plain_text","text":"<!channel> @here <@U1>"}}]`:                                  nil,
		`[{"type":"context","elements":[{"type":"mrkdwn","text":"<@U1>","verbatim":true}]}]`:                                {"<@U1>"},
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"}]}]}]`: {"<!here>"},
		`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"value":"<!channel>"}]}]`:  nil,
	} {
		if got := pings.Of("", "none", false, json.RawMessage(blocks)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", blocks, got, want)
		}
	}
}
