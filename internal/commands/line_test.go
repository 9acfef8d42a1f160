package commands

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/providers"
)

func TestParseLine(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want Line
	}{
		"nothing":                {"", Line{Verb: VerbForm}},
		"spaces":                 {"  \t ", Line{Verb: VerbForm}},
		"help":                   {"help", Line{Verb: VerbHelp}},
		"stop":                   {"stop OFF-7", Line{Verb: VerbStop, Number: 7}},
		"release":                {"Release off-42", Line{Verb: VerbRelease, Number: 42}},
		"list":                   {"List", Line{Verb: VerbList}},
		"status":                 {"status OFF-42", Line{Verb: VerbStatus, Number: 42}},
		"status in small":        {"status off-42", Line{Verb: VerbStatus, Number: 42}},
		"withdraw":               {"withdraw OFF-7", Line{Verb: VerbWithdraw, Number: 7}},
		"resolve":                {"resolve OFF-7 not-done still signs in", Line{Verb: VerbResolve, Number: 7, Reason: "still signs in"}},
		"e-mail":                 {"pat@example.com", Line{Verb: VerbAsk, Who: "pat@example.com"}},
		"mailto":                 {"<mailto:pat@example.com|pat@example.com>", Line{Verb: VerbAsk, Who: "pat@example.com"}},
		"mailto alone":           {"<mailto:pat@example.com>", Line{Verb: VerbAsk, Who: "pat@example.com"}},
		"mention":                {"<@U0123ABC|pat>", Line{Verb: VerbAsk, Mention: "U0123ABC"}},
		"mention on Grid":        {"<@W0123ABC>", Line{Verb: VerbAsk, Mention: "W0123ABC"}},
		"id":                     {"28471", Line{Verb: VerbAsk, Who: "28471"}},
		"letters that grow":      {"pat provider:\u0130\u0130\u0130x action:delete", Line{Verb: VerbAsk, Who: "pat", Provider: strings.ToLower("\u0130\u0130\u0130x"), Action: "delete"}},
		"letters that shrink":    {"pat --reason=\u212a1", Line{Verb: VerbAsk, Who: "pat", Reason: "\u212a1"}},
		"not utf-8":              {"pat provider:zitade\xcb\xcb\xcb", Line{Verb: VerbAsk, Who: "pat", Provider: "zitade\ufffd\ufffd\ufffd"}},
		"login in quotes":        {`"pat smith"`, Line{Verb: VerbAsk, Who: "pat smith"}},
		"login in curly quotes":  {"“pat smith” provider:torii", Line{Verb: VerbAsk, Who: "pat smith", Provider: "torii"}},
		"all of it":              {"pat@example.com provider:zitadel action:delete reason:left the company: today", full("left the company: today")},
		"options first":          {"provider:zitadel action:delete pat@example.com reason:x", full("x")},
		"two dashes":             {"pat@example.com --provider zitadel --action delete --reason gone for good", full("gone for good")},
		"two dashes and equals":  {"pat@example.com --provider=zitadel --action=delete --reason=gone for good", full("gone for good")},
		"an em dash":             {"pat@example.com —provider zitadel —action delete —reason it's over", full("it's over")},
		"an en dash":             {"pat@example.com –provider zitadel –action delete", full("")},
		"space after the colon":  {"pat@example.com provider: zitadel action: delete reason: he left", full("he left")},
		"capitals":               {"pat@example.com Provider:ZITADEL Action:Delete", full("")},
		"reason in quotes":       {`pat@example.com provider:zitadel action:delete reason:"gone for good"`, full("gone for good")},
		"reason ends in quotes":  {`pat@example.com provider:zitadel action:delete reason:she said "enough"`, full(`she said "enough"`)},
		"reason of two quotes":   {`pat@example.com provider:zitadel action:delete reason:"one" and "two"`, full(`"one" and "two"`)},
		"reason with an option":  {"pat@example.com provider:zitadel action:delete reason:see provider:torii", full("see provider:torii")},
		"at a time":              {"pat@example.com at:2026-03-02T18:00 reason:left", Line{Verb: VerbAsk, Who: "pat@example.com", At: "2026-03-02T18:00", Reason: "left"}},
		"at a time in quotes":    {`pat@example.com at:"2026-03-02 18:00"`, Line{Verb: VerbAsk, Who: "pat@example.com", At: "2026-03-02 18:00"}},
		"at a time, two dashes":  {"pat@example.com --at 2026-03-02T18:00+01:00", Line{Verb: VerbAsk, Who: "pat@example.com", At: "2026-03-02T18:00+01:00"}},
		"reschedule":             {"reschedule OFF-7 at:2026-03-02T18:00", Line{Verb: VerbReschedule, Number: 7, At: "2026-03-02t18:00"}},
		"reschedule to no time":  {"reschedule OFF-7 at:now", Line{Verb: VerbReschedule, Number: 7, At: "now"}},
		"freeze":                 {"freeze", Line{Verb: VerbFreeze}},
		"freeze for a reason":    {"Freeze R&amp;D calls", Line{Verb: VerbFreeze, Reason: "R&D calls"}},
		"unfreeze":               {"unfreeze reason: a drill", Line{Verb: VerbUnfreeze, Reason: "a drill"}},
		"a login called freeze":  {`"freeze"`, Line{Verb: VerbAsk, Who: "freeze"}},
		"escaped":                {"a&amp;b", Line{Verb: VerbAsk, Who: "a&b"}},
		"escaped reason":         {"pat@example.com provider:zitadel action:delete reason:R&amp;D is &lt;10", full("R&D is <10")},
		"escaped by hand":        {"resolve OFF-7 done R&amp;D saw &amp;lt;gone&gt;", Line{Verb: VerbResolve, Number: 7, Done: true, Reason: "R&D saw &lt;gone>"}},
		"a login with a colon":   {"corp:pat", Line{Verb: VerbAsk, Who: "corp:pat"}},
		"a login called as verb": {`"list"`, Line{Verb: VerbAsk, Who: "list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseLine(tc.text)
			if err != nil {
				t.Fatalf("ParseLine(%q): %v", tc.text, err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("ParseLine(%q) (-want +got):\n%s", tc.text, d)
			}
		})
	}
}

func full(reason string) Line {
	return Line{Verb: VerbAsk, Who: "pat@example.com", Provider: "zitadel", Action: providers.Delete, Reason: reason}
}

func TestParseLineRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"pat@example.com sam@example.com":               "one person at a time",
		"pat@example.com action:explode":                "I do not know the action",
		"pat@example.com --force":                       "I do not know the option",
		"pat@example.com provider:":                     "no value",
		"pat@example.com provider:a provider:b":         "given twice",
		"provider:zitadel":                              "Say who",
		"status":                                        "Say which request",
		"status 42":                                     "Say which request",
		"status OFF-99999999999999999999":               "Say which request",
		"withdraw OFF-x":                                "Say which request",
		"resolve OFF-1 maybe because":                   "Say which request",
		"resolve OFF-1 done":                            "Say which request",
		"pat@example.com at:":                           "at has no value",
		"pat@example.com at:" + strings.Repeat("1", 41): "That is no time",
		"reschedule OFF-1":                              "Say which request and when",
		"reschedule at:now":                             "Say which request and when",
		"reschedule OFF-1 at:":                          "Say which request and when",
		"list all":                                      "takes nothing after it",
		"<!channel>":                                    "not an e-mail address",
		"<https://evil.example>":                        "not an e-mail address",
		"pat\u202e@example.com":                         "not an e-mail address",
		strings.Repeat("a", 400):                        "too long",
		"pat@example.com reason:" + strings.Repeat("long ", 200): "longer than 500",
	} {
		t.Run(text[:min(len(text), 30)], func(t *testing.T) {
			t.Parallel()
			_, err := ParseLine(text)
			f, ok := errors.AsType[*fault](err)
			if !ok || !strings.Contains(f.say, want) {
				t.Errorf("ParseLine(%q) = %v, want a fault with %q", text, err, want)
			}
		})
	}
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{"pat@example.com provider:x", "“a” —b", "<@U1|x> reason:y", "resolve OFF-1 done x", `"`, "--=", "reason:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLine(text)
		if _, told := errors.AsType[*fault](err); err != nil && !told {
			t.Errorf("an error that is no sentence: %v", err)
		}
		if err == nil && l.Verb == VerbAsk && l.Who == "" && l.Mention == "" {
			t.Errorf("ParseLine(%q) asks for nobody", text)
		}
	})
}
