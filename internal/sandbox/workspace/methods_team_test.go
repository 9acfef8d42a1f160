package workspace_test

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/workspace"
)

func seconds(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

func TestConversationsAreListedAndJoined(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	ids := func(method string, params url.Values) string {
		t.Helper()
		answer := call(t, w, method, params)
		wantError(t, answer, "")
		var out []string
		for _, c := range answer["channels"].([]any) {
			id, _ := c.(map[string]any)["id"].(string)
			out = append(out, id)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		method string
		params url.Values
		want   string
	}{
		{"conversations.list", nil, "C1 C2 COLD"},
		{"conversations.list", url.Values{"exclude_archived": {"true"}}, "C1 C2"},
		{"conversations.list", url.Values{"types": {"private_channel, im"}}, ""}, // G1 is none of the app's
		{"users.conversations", nil, "C1 COLD"},
		{"users.conversations", url.Values{"user": {"U1"}}, "C1 C2 COLD"},
	} {
		if list := ids(c.method, c.params); list != c.want {
			t.Errorf("%s %v: %q, want %q", c.method, c.params, list, c.want)
		}
	}
	wantError(t, call(t, w, "conversations.list", url.Values{"types": {"dm"}}), "invalid_types")
	wantError(t, call(t, w, "conversations.join", url.Values{"channel": {"COLD"}}), "is_archived")
	wantError(t, call(t, w, "conversations.join", url.Values{"channel": {"G1"}}), "method_not_supported_for_channel_type")
	wantError(t, call(t, w, "conversations.join", url.Values{"channel": {"C2"}}), "")
	if h := nextEvent(t, got, "member_joined_channel"); h.event["user"] != "U0LOCALBOT" || h.event["channel"] != "C2" || h.event["channel_type"] != "C" {
		t.Errorf("%v", h.event)
	}
	if answer := call(t, w, "conversations.join", url.Values{"channel": {"C2"}}); answer["warning"] != "already_in_channel" {
		t.Errorf("%v", answer)
	}
	team, _ := call(t, w, "team.info", nil)["team"].(map[string]any)
	if team["id"] != "T0LOCAL" || team["name"] != "local" {
		t.Errorf("%v", team)
	}
	wantError(t, call(t, w, "team.frobnicate", nil), "unknown_method")
}

func TestMarkdownText(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	wantError(t, call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "markdown_text": {"**bold**"}}), "markdown_text_conflict")
	wantError(t, call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "markdown_text": {"**bold**"}, "unfurl_links": {"false"}}), "")
	if m := w.Messages("C1"); len(m) != 1 || m[0].Text != "**bold**" || !strings.Contains(string(m[0].Blocks), `"type":"markdown"`) {
		t.Errorf("%+v", m)
	}
}

// What a zone is called, and how far it is from UTC, depends on the time of the year.
func TestTheZoneOfAPerson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone  string
		month time.Month
		want  string
	}{
		{"Europe/Berlin", time.July, `"tz":"Europe/Berlin","tz_label":"Central European Summer Time","tz_offset":7200`},
		{"Europe/Berlin", time.December, `"tz":"Europe/Berlin","tz_label":"Central European Time","tz_offset":3600`},
		{"America/New_York", time.July, `"tz":"America/New_York","tz_label":"Eastern Daylight Time","tz_offset":-14400`},
		{"Asia/Tokyo", time.July, `"tz":"Asia/Tokyo","tz_label":"Japan Standard Time","tz_offset":32400`},
		{"", time.July, `"tz":"Etc/UTC","tz_label":"Coordinated Universal Time","tz_offset":0`},
	} {
		w := start(t, workspace.Config{Clock: func() time.Time { return time.Date(2026, c.month, 1, 0, 0, 0, 0, time.UTC) }})
		w.AddPerson(workspace.Person{ID: "UZ", Name: "zoe", Zone: c.zone})
		if raw, _ := json.Marshal(call(t, w, "users.info", url.Values{"user": {"UZ"}})); !strings.Contains(string(raw), c.want) {
			t.Errorf("%s in %s: %s", c.zone, c.month, raw)
		}
	}
}
