package directory_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/directory"
)

const team = "T0123456"

// member is a full member, as users.info answers.
const member = `{"ok":true,"user":{"id":"U1","team_id":"T0123456","deleted":false,"is_bot":false,"is_restricted":false,` +
	`"is_ultra_restricted":false,"is_app_user":true,"is_email_confirmed":true,"profile":{"email":"ann@example.com"}}}`

// documented is a full member with the fields of the answer that Slack documents, and no other: neither is_email_confirmed nor
// enterprise_user is among them.
const documented = `{"ok":true,"user":{"id":"U1","team_id":"T0123456","name":"ann","deleted":false,"color":"9f69e7","real_name":"Ann",` +
	`"tz":"Europe/Vienna","tz_label":"CET","tz_offset":3600,"profile":{"avatar_hash":"x","status_text":"","status_emoji":"","real_name":"Ann",` +
	`"display_name":"","email":"ann@example.com","image_24":"https://example.com/24.png","team":"T0123456"},"is_admin":true,"is_owner":false,` +
	`"is_primary_owner":false,"is_restricted":false,"is_ultra_restricted":false,"is_bot":false,"updated":1502138686,"is_app_user":false,` +
	`"has_2fa":false},"warning":"superfluous_charset","response_metadata":{"warnings":["superfluous_charset"]}}`

// nulls: what Slack does not supply may be absent, null or empty, it says.
const nulls = `{"ok":true,"user":{"id":"U1","team_id":"T0123456","deleted":null,"is_bot":null,"is_restricted":null,"is_stranger":null,` +
	`"is_invited_user":null,"is_email_confirmed":null,"enterprise_user":null,"profile":{"email":"ann@example.com","bot_id":""}}}`

func changed(old, replacement string) string { return strings.Replace(member, old, replacement, 1) }

func flag(name string) string { return changed(`"is_app_user":true`, `"`+name+`":true`) }

const silent = true

func TestPerson(t *testing.T) {
	t.Parallel()
	ann := approvals.Person{ID: "U1", Email: "ann@example.com"}
	onGrid := ann
	onGrid.Also = []string{"W1"}
	grid := changed(`"team_id":"T0123456"`, `"team_id":"T9","enterprise_user":{"id":"W1","enterprise_id":"E1","teams":["T9","T0123456"]}`)
	for name, tc := range map[string]struct {
		answer string
		from   string // the envelope's team
		want   approvals.Person
		why    string
		silent bool
		err    bool // Slack's answer is not clear
	}{
		"member":                    {answer: member, from: team, want: ann},
		"team unknown to envelope":  {answer: member, want: ann},
		"no word on confirmation":   {answer: changed(`"is_email_confirmed":true,`, ``), from: team, want: ann},
		"no e-mail":                 {answer: changed(`"email":"ann@example.com"`, ``), from: team, why: "unconfirmed e-mail"},
		"grid, from the other team": {answer: grid, from: "T9", want: onGrid},
		"grid, from our team":       {answer: grid, from: team, want: onGrid},
		"grid, from a third team":   {answer: grid, from: "T8", why: "other team", silent: silent},
		"grid, not in our team":     {answer: strings.Replace(grid, `,"T0123456"]`, `]`, 1), from: "T9", why: "other team", silent: silent},
		"grid, team_id is not all":  {answer: changed(`"deleted":false`, `"enterprise_user":{"id":"W1","enterprise_id":"E1","teams":["T9"]}`), why: "other team", silent: silent},
		"grid, in no workspace":     {answer: changed(`"deleted":false`, `"enterprise_user":{"id":"W1","enterprise_id":"E1","teams":[]}`), why: "other team", silent: silent},
		"grid, teams not said":      {answer: changed(`"deleted":false`, `"enterprise_user":{"id":"W1","enterprise_id":"E1"}`), from: team, want: onGrid},
		"no grid, empty object":     {answer: changed(`"deleted":false`, `"enterprise_user":{"id":"","enterprise_id":"","teams":[]}`), from: team, want: ann},
		"as documented":             {answer: documented, from: team, want: ann},
		"nulls for what is not so":  {answer: nulls, from: team, want: ann},
		"deleted":                   {answer: flag("deleted"), from: team, why: "deleted", silent: silent},
		"deleted, of another team":  {answer: strings.Replace(flag("deleted"), team, "T9", 1), why: "deleted", silent: silent},
		"bot":                       {answer: flag("is_bot"), from: team, why: "bot", silent: silent},
		"workflow bot":              {answer: flag("is_workflow_bot"), from: team, why: "bot", silent: silent},
		"stranger":                  {answer: flag("is_stranger"), from: team, why: "stranger", silent: silent},
		"guest":                     {answer: flag("is_restricted"), from: team, why: "guest"},
		"single-channel guest":      {answer: flag("is_ultra_restricted"), from: team, why: "guest"},
		"invited":                   {answer: flag("is_invited_user"), from: team, why: "invited"},
		"unconfirmed":               {answer: changed(`"is_email_confirmed":true`, `"is_email_confirmed":false`), from: team, why: "unconfirmed e-mail"},
		"other team":                {answer: changed(team, "T9"), from: team, why: "other team", silent: silent},
		"envelope of another team":  {answer: member, from: "T9", why: "other team", silent: silent},
		"not known to Slack":        {answer: `{"ok":false,"error":"user_not_found"}`, from: team, why: "stranger", silent: silent},
		"not visible":               {answer: `{"ok":false,"error":"user_not_visible"}`, from: team, why: "stranger", silent: silent},
		"another user":              {answer: changed(`"id":"U1"`, `"id":"U2"`), err: true},
		"no team":                   {answer: changed(`"team_id":"T0123456",`, ``), err: true},
		"nothing":                   {answer: `{}`, err: true},
		"no":                        {answer: `{"ok":false}`, err: true},
		"yes and nothing":           {answer: `{"ok":true}`, err: true},
		"yes and an empty user":     {answer: `{"ok":true,"user":{}}`, err: true},
		"user is null":              {answer: `{"ok":true,"user":null}`, err: true},
		"not even JSON":             {answer: `<html>`, err: true},
		"refused token":             {answer: `{"ok":false,"error":"invalid_auth"}`, err: true},
		"flag of another type":      {answer: changed(`"is_bot":false`, `"is_bot":"no"`), err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory.New(client(t, &slack{answers: map[string]string{"users.info": tc.answer}}), team, false)
			got, err := d.Person(t.Context(), commands.Sender{UserID: "U1", TeamID: tc.from})
			checkUnwelcome(t, err, tc.why, tc.silent)
			if (err != nil) != (tc.err || tc.why != "") {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func checkUnwelcome(t *testing.T, err error, why string, silent bool) {
	t.Helper()
	u, ok := errors.AsType[*commands.Unwelcome](err)
	if ok != (why != "") {
		t.Fatalf("got %v, want it unwelcome: %q", err, why)
	}
	if ok && (u.Why != why || u.Silent != silent || u.Person.ID == "" || !strings.HasSuffix(u.Say, ".")) {
		t.Errorf("got %+v", u)
	}
}

func TestSlackbotIsNobody(t *testing.T) {
	t.Parallel()
	s := &slack{answers: map[string]string{"users.info": strings.Replace(member, `"U1"`, `"USLACKBOT"`, 1)}}
	d := directory.New(client(t, s), team, false)
	_, err := d.Person(t.Context(), commands.Sender{UserID: "USLACKBOT", TeamID: team})
	checkUnwelcome(t, err, "bot", silent)
	_, err = d.Mentioned(t.Context(), "USLACKBOT")
	checkUnwelcome(t, err, "bot", silent)
	if _, err := d.Person(t.Context(), commands.Sender{}); err == nil || len(s.asked) != 0 {
		t.Errorf("nobody: %v, asked %q", err, s.asked)
	}
}

func TestMentioned(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		email  string
		why    string
		silent bool
	}{
		"member":      {answer: member, email: "ann@example.com"},
		"has left":    {answer: flag("deleted"), email: "ann@example.com"},
		"guest":       {answer: flag("is_restricted"), email: "ann@example.com"},
		"unconfirmed": {answer: changed(`"is_email_confirmed":true`, `"is_email_confirmed":false`)},
		"bot":         {answer: flag("is_bot"), why: "bot", silent: silent},
		"stranger":    {answer: flag("is_stranger"), why: "stranger", silent: silent},
		"other team":  {answer: changed(team, "T9"), why: "other team", silent: silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory.New(client(t, &slack{answers: map[string]string{"users.info": tc.answer}}), team, false)
			got, err := d.Mentioned(t.Context(), "U1")
			checkUnwelcome(t, err, tc.why, tc.silent)
			if got.Email != tc.email || (err == nil) != (got.ID == "U1") {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func zoned(old, replacement string) string { return strings.Replace(documented, old, replacement, 1) }

func TestZone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer, want string
		err          bool
	}{
		"as Slack says":  {documented, "Europe/Vienna", false},
		"not said":       {zoned(`"tz":"Europe/Vienna",`, ``), "", false},
		"null":           {zoned(`"tz":"Europe/Vienna"`, `"tz":null`), "", false},
		"not in the map": {zoned(`Europe/Vienna`, `Mars/Olympus`), "", false},
		"a path":         {zoned(`Europe/Vienna`, `../../etc/passwd`), "", false},
		"the machine's":  {zoned(`Europe/Vienna`, `Local`), "", false},
		"no":             {`{"ok":false}`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory.New(client(t, &slack{answers: map[string]string{"users.info": tc.answer}}), team, false)
			zone, err := d.Zone(t.Context(), "U1")
			if (err != nil) != tc.err || zone != nil && zone.String() != tc.want || zone == nil && tc.want != "" {
				t.Errorf("%v, %v; want %q", zone, err, tc.want)
			}
		})
	}
}

func TestByEmail(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		want   approvals.Person
		err    bool
	}{
		"member":            {answer: member, want: approvals.Person{ID: "U1", Email: "ann@example.com"}},
		"guest":             {answer: flag("is_restricted"), want: approvals.Person{ID: "U1", Email: "ann@example.com"}},
		"unconfirmed":       {answer: changed(`"is_email_confirmed":true`, `"is_email_confirmed":false`), want: approvals.Person{ID: "U1"}},
		"nobody":            {answer: `{"ok":false,"error":"users_not_found"}`},
		"bot":               {answer: flag("is_bot")},
		"stranger":          {answer: flag("is_stranger")},
		"other team":        {answer: changed(team, "T9")},
		"no scope":          {answer: `{"ok":false,"error":"missing_scope"}`, err: true},
		"nothing":           {answer: `{}`, err: true},
		"yes and nothing":   {answer: `{"ok":true}`, err: true},
		"yes and no user":   {answer: `{"ok":true,"user":{}}`, err: true},
		"a user of no team": {answer: changed(`"team_id":"T0123456",`, ``), err: true},
		"not even JSON":     {answer: `<html>`, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory.New(client(t, &slack{answers: map[string]string{"users.lookupByEmail": tc.answer}}), team, false)
			got, err := d.ByEmail(t.Context(), "ann@example.com")
			if diff := cmp.Diff(tc.want, got); diff != "" || (err != nil) != tc.err {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
			if err != nil && strings.Contains(err.Error(), "ann@") {
				t.Errorf("the address stands in the error, and so in the log: %v", err)
			}
		})
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		want   []string
		err    bool
	}{
		"two":            {answer: `{"ok":true,"users":["U1","U2"]}`, want: []string{"U1", "U2"}},
		"empty":          {answer: `{"ok":true,"users":[]}`, want: []string{}},
		"no list":        {answer: `{"ok":true}`, err: true},
		"null":           {answer: `{"ok":true,"users":null}`, err: true},
		"no such group":  {answer: `{"ok":false,"error":"no_such_subteam"}`, err: true},
		"nothing at all": {answer: `{}`, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory.New(client(t, &slack{answers: map[string]string{"usergroups.users.list": tc.answer}}), team, false)
			got, err := d.Members(t.Context(), "S1")
			if diff := cmp.Diff(tc.want, got); diff != "" || (err != nil) != tc.err {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestMembersOnAnOrgInstall(t *testing.T) {
	t.Parallel()
	for org, want := range map[bool]string{
		true: "usergroups.users.list?team_id=T0123456&usergroup=S1", false: "usergroups.users.list?usergroup=S1",
	} {
		s := &slack{answers: map[string]string{"usergroups.users.list": `{"ok":true,"users":[]}`}}
		if _, err := directory.New(client(t, s), team, org).Members(t.Context(), "S1"); err != nil || s.asked[0] != want {
			t.Errorf("%v, asked %q", err, s.asked)
		}
	}
}

// TestHurries: while a click waits, Slack has 1.2 s to say who clicked.
func TestHurries(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2700*time.Millisecond)
	defer cancel()
	d := directory.New(deaf{t, 1200 * time.Millisecond}, team, false)
	if _, err := d.Person(ctx, commands.Sender{UserID: "U1"}); !errors.Is(err, errDeaf) {
		t.Error(err)
	}
	if _, err := directory.New(deaf{t, 5 * time.Second}, team, false).Members(t.Context(), "S1"); !errors.Is(err, errDeaf) {
		t.Error(err)
	}
}
