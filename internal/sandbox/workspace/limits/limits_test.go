package limits_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"offboard/internal/sandbox/workspace/limits"
)

// x is n code points of three bytes each: counting bytes would be noticed.
func x(n int) string { return strings.Repeat("€", n) }

func repeat(n int, format string) string {
	var out []string
	for i := range n {
		out = append(out, strings.ReplaceAll(format, "%", fmt.Sprint(i)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func plain(n int) string  { return `{"type":"plain_text","text":"` + x(n) + `"}` }
func mrkdwn(n int) string { return `{"type":"mrkdwn","text":"` + x(n) + `","verbatim":true}` }
func button(fields string) string {
	return `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"},` + fields + `}]}]`
}

func confirm(title, text, yes int) string {
	return `"confirm":{"title":` + plain(title) + `,"text":` + plain(text) + `,"confirm":` + plain(yes) + `,"deny":` + plain(30) +
		`,"style":"danger"}`
}

const divider = `{"type":"divider","block_id":"d%"}`

// limitCases are pairs: the most that Slack takes, and a step over it with the words of the fault.
var limitCases = []struct{ name, most, over, fault string }{
	{"blocks", repeat(50, divider), repeat(51, divider), "no more than 50 items allowed [json-pointer:/blocks]"},
	{"header", `[{"type":"header","text":` + plain(150) + `}]`, `[{"type":"header","text":` + plain(151) + `}]`,
		"must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
	{"header kind", `[{"type":"header","text":` + plain(1) + `}]`, `[{"type":"header","text":` + mrkdwn(1) + `}]`, "/blocks/0/text"},
	{"section", `[{"type":"section","text":` + mrkdwn(3000) + `}]`, `[{"type":"section","text":` + mrkdwn(3001) + `}]`, "3001"},
	{"empty text", `[{"type":"section","text":` + mrkdwn(1) + `}]`, `[{"type":"section","text":` + mrkdwn(0) + `}]`, "must be more than 0"},
	{"section of something", `[{"type":"section","text":` + plain(1) + `}]`, `[{"type":"section"}]`, "missing required field: text or fields"},
	{"fields", `[{"type":"section","fields":` + repeat(10, mrkdwn(1)) + `}]`, `[{"type":"section","fields":` + repeat(11, mrkdwn(1)) + `}]`,
		"no more than 10 items allowed"},
	{"field", `[{"type":"section","fields":[` + mrkdwn(2000) + `]}]`, `[{"type":"section","fields":[` + mrkdwn(2001) + `]}]`, "2001"},
	{"context", `[{"type":"context","elements":` + repeat(10, mrkdwn(1)) + `}]`, `[{"type":"context","elements":` + repeat(11, mrkdwn(1)) + `}]`,
		"no more than 10 items allowed"},
	{"actions", actions(25), actions(26), "no more than 25 items allowed"},
	{"value", button(`"value":"` + x(2000) + `"`), button(`"value":"` + x(2001) + `"`), "2001"},
	{"action id", button(`"action_id":"` + x(255) + `"`), button(`"action_id":"` + x(256) + `"`), "256"},
	{"block id", `[{"type":"divider","block_id":"` + x(255) + `"}]`, `[{"type":"divider","block_id":"` + x(256) + `"}]`, "256"},
	{"style", button(`"style":"danger"`), button(`"style":"alarm"`), "must be a valid enum value"},
	{"confirm title", button(confirm(100, 300, 30)), button(confirm(101, 300, 30)), "/confirm/title/text"},
	{"confirm text", button(confirm(100, 300, 30)), button(confirm(100, 301, 30)), "/confirm/text/text"},
	{"confirm button", button(confirm(100, 300, 30)), button(confirm(100, 300, 31)), "/confirm/confirm/text"},
	{"options", choice(100), choice(101), "no more than 100 items allowed"},
	{"unknown field", button(`"value":"v"`), button(`"valeu":"v"`), "invalid additional property: valeu"},
	{"alert", repeat(1, divider), `[{"type":"alert","text":` + plain(1) + `}]`, "unsupported type: alert [json-pointer:/blocks/0/type]"},
	{"block ids", repeat(2, divider), `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "block_id already exists: a"},
	{"action ids", actions(2), `[{"type":"actions","elements":` + repeat(2, same) + `}]`, "action_id already exists: a"},
	{"a list", `[]`, `{"type":"divider"}`, "must be an array"},
	{"JSON", `[]`, `[{]`, "not valid JSON"},
}

const same = `{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}`

func actions(n int) string {
	return `[{"type":"actions","elements":` + repeat(n, strings.Replace(same, `"a"`, `"a%"`, 1)) + `}]`
}

func choice(n int) string {
	option := `{"text":{"type":"plain_text","text":"o"},"value":"%"}`
	return `[{"type":"section","text":` + plain(1) + `,"accessory":{"type":"static_select","options":` + repeat(n, option) + `}}]`
}

func TestBlocksAtAndOverTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range limitCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if faults := limits.CheckMessage("text", json.RawMessage(c.most)); len(faults) > 0 {
				t.Errorf("at the limit: %q", faults)
			}
			faults := limits.CheckMessage("text", json.RawMessage(c.over))
			if len(faults) == 0 || !strings.Contains(strings.Join(faults, "\n"), c.fault) {
				t.Errorf("over the limit: %q, want %q", faults, c.fault)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []string
		want   int
	}{
		"posted":        {limits.CheckMessage(x(40000), nil), 0},
		"posted, over":  {limits.CheckMessage(x(40001), nil), 1},
		"updated":       {limits.CheckUpdate(x(4000), nil), 0},
		"updated, over": {limits.CheckUpdate(x(4001), nil), 1},
		"nothing":       {limits.CheckMessage("", json.RawMessage(`[]`)), 1},
		"blocks alone":  {limits.CheckMessage("", json.RawMessage(`[{"type":"divider"}]`)), 0},
	} {
		if len(c.faults) != c.want {
			t.Errorf("%s: %q, want %d faults", name, c.faults, c.want)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	input := `{"type":"input","label":` + plain(1) + `,"element":{"type":"plain_text_input","action_id":"a"}}`
	view := func(title, private int, more string) string {
		return `{"type":"modal","title":` + plain(title) + `,"private_metadata":"` + x(private) + `",` + more + `}`
	}
	submit := `"submit":` + plain(24)
	for name, c := range map[string]struct {
		view string
		want string
	}{
		"at the limit":  {view(24, 3000, submit+`,"blocks":`+repeat(100, divider)), ""},
		"title":         {view(25, 0, `"blocks":[]`), "/view/title/text"},
		"private":       {view(24, 3001, `"blocks":[]`), "/view/private_metadata"},
		"submit":        {view(24, 0, `"submit":`+plain(25)+`,"blocks":[]`), "/view/submit/text"},
		"blocks":        {view(24, 0, `"blocks":`+repeat(101, divider)), "no more than 100 items allowed"},
		"alert":         {view(24, 0, `"blocks":[{"type":"alert","text":`+plain(1)+`}]`), ""},
		"input":         {view(24, 0, submit+`,"blocks":[`+input+`]`), ""},
		"input, submit": {view(24, 0, `"blocks":[`+input+`]`), "missing required field: submit"},
		"kind":          {`{"type":"page"}`, "unsupported type: page"},
	} {
		got := strings.Join(limits.CheckView(json.RawMessage(c.view)), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	for metadata, faults := range map[string]int{
		``: 0, `{}`: 0, `{"event_type":"a","event_payload":{"k":"v"}}`: 0, `{"event_type":"a"}`: 1, `{"event_payload":{}}`: 1,
		`{"event_type":"a","event_payload":"v"}`: 1, `{"event_type":"a","event_payload":{},"more":1}`: 1, `[`: 1,
	} {
		if got := limits.CheckMetadata(json.RawMessage(metadata)); len(got) != faults {
			t.Errorf("%s: %q, want %d faults", metadata, got, faults)
		}
	}
}
