package directory_test

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/slackbot/directory"
)

var errDeaf = errors.New("no answer")

// deaf answers nothing, and holds the caller to a deadline.
type deaf struct {
	t    *testing.T
	most time.Duration
}

func (d deaf) Call(ctx context.Context, _ string, _ url.Values, _ any) error {
	deadline, ok := ctx.Deadline()
	if left := time.Until(deadline); !ok || left > d.most || left < d.most-time.Second {
		d.t.Errorf("deadline in %s, want about %s", left, d.most)
	}
	return errDeaf
}

var settings = directory.Settings{Team: team, Approvals: "C1", Audit: "C2"}

func workspace() map[string]string {
	return map[string]string{
		"auth.test":             `{"ok":true,"user_id":"UBOT","bot_id":"B1","team_id":"T0123456"}`,
		"bots.info":             `{"ok":true,"bot":{"id":"B1","app_id":"A1"}}`,
		"conversations.info C1": `{"ok":true,"channel":{"id":"C1","is_member":true,"is_archived":false,"is_ext_shared":false}}`,
		"conversations.info C2": `{"ok":true,"channel":{"id":"C2","is_member":true,"is_ext_shared":true}}`,
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	self, err := directory.Start(t.Context(), client(t, &slack{answers: workspace()}), settings)
	if want := (directory.Self{UserID: "UBOT", BotID: "B1", TeamID: team, App: "A1"}); err != nil || self != want {
		t.Errorf("%+v, %v", self, err)
	}
}

func TestStartVariants(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method, answer string
		app            string // configured
		wantApp        string
		say            string // empty: it starts
	}{
		"token refused":         {method: "auth.test", answer: `{"ok":false,"error":"invalid_auth"}`, say: "slack.bot_token"},
		"token revoked":         {method: "auth.test", answer: `{"ok":false,"error":"token_revoked"}`, say: "slack.bot_token"},
		"zero-valued":           {method: "auth.test", answer: `{"ok":true}`, say: "slack.api_url"},
		"another team":          {method: "auth.test", answer: `{"ok":true,"user_id":"U","team_id":"T9"}`, say: "slack.team"},
		"org install":           {method: "auth.test", answer: `{"ok":true,"user_id":"U","team_id":"E1","enterprise_id":"E1","is_enterprise_install":true}`},
		"no bot id":             {method: "auth.test", answer: `{"ok":true,"user_id":"U","team_id":"T0123456"}`},
		"no bot id, configured": {method: "auth.test", answer: `{"ok":true,"user_id":"U","team_id":"T0123456"}`, app: "A2", wantApp: "A2"},
		"configured":            {method: "bots.info", answer: `{"ok":false,"error":"bot_not_found"}`, app: "A2", wantApp: "A2"},
		"unknown bot":           {method: "bots.info", answer: `{"ok":false,"error":"bot_not_found"}`, say: "slack.app_id"},
		"another bot":           {method: "bots.info", answer: `{"ok":true,"bot":{"id":"B2","app_id":"A2"}}`},
		"no scope":              {method: "conversations.info C1", answer: `{"ok":false,"error":"missing_scope"}`, say: "Install the app again"},
		"no such channel":       {method: "conversations.info C1", answer: `{"ok":false,"error":"channel_not_found"}`, say: "approvals_channel"},
		"shared":                {method: "conversations.info C1", answer: `{"ok":true,"channel":{"id":"C1","is_ext_shared":true}}`, say: "outside"},
		"about to be shared":    {method: "conversations.info C1", answer: `{"ok":true,"channel":{"id":"C1","is_pending_ext_shared":true}}`, say: "outside"},
		"shared within the org": {method: "conversations.info C1", answer: `{"ok":true,"channel":{"id":"C1","is_shared":true,"is_org_shared":true}}`, wantApp: "A1"},
		"archived":              {method: "conversations.info C1", answer: `{"ok":true,"channel":{"id":"C1","is_archived":true}}`, say: "archived"},
		"not in it":             {method: "conversations.info C1", answer: `{"ok":true,"channel":{"id":"C1","is_member":false}}`, say: "/invite"},
		"not in the audit":      {method: "conversations.info C2", answer: `{"ok":true,"channel":{"id":"C2","is_member":false}}`, say: "audit_channel C2"},
		"audit archived":        {method: "conversations.info C2", answer: `{"ok":true,"channel":{"id":"C2","is_archived":true}}`, say: "audit_channel C2"},
		"another channel":       {method: "conversations.info C2", answer: `{"ok":true,"channel":{"id":"C3"}}`, say: "another channel"},
		"empty channel":         {method: "conversations.info C1", answer: `{"ok":true,"channel":{}}`, say: "slack.api_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := maps.Clone(workspace())
			answers[tc.method] = tc.answer
			set := settings
			set.App = tc.app
			self, err := directory.Start(t.Context(), client(t, &slack{answers: answers}), set)
			if tc.say == "" {
				if err != nil || self.App != tc.wantApp {
					t.Errorf("%+v, %v", self, err)
				}
				return
			}
			e, ok := errors.AsType[*directory.StartError](err)
			if !ok || e.Temporary || !strings.Contains(e.Say, tc.say) || strings.Contains(e.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestStartOnAnOrgInstall: Slack wants to be told which team the bot is meant in.
func TestStartOnAnOrgInstall(t *testing.T) {
	t.Parallel()
	for org, want := range map[string]string{"false": "bots.info?bot=B1", "true": "bots.info?bot=B1&team_id=T0123456"} {
		s := &slack{answers: workspace()}
		s.answers["auth.test"] = `{"ok":true,"user_id":"U","bot_id":"B1","team_id":"T0123456","enterprise_id":"E1","is_enterprise_install":` + org + `}`
		if _, err := directory.Start(t.Context(), client(t, s), settings); err != nil || s.asked[1] != want {
			t.Errorf("%v, asked %q, want %s", err, s.asked, want)
		}
	}
}

func TestStartWaits(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 503} {
		_, err := directory.Start(soon(t), client(t, &slack{status: status}), settings)
		if e, ok := errors.AsType[*directory.StartError](err); !ok || !e.Temporary {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, answer := range []string{`{}`, `{"ok":false}`} {
		answers := workspace()
		answers["auth.test"] = answer
		if self, err := directory.Start(soon(t), client(t, &slack{answers: answers}), settings); err == nil {
			t.Errorf("%s: %+v", answer, self)
		}
	}
}

// soon is a context too short for the client's own second tries.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
