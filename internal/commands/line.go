package commands

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// Verb is what a line asks for.
type Verb string

// The verbs.
const (
	VerbAsk        Verb = "ask"
	VerbForm       Verb = "form" // nothing was typed
	VerbHelp       Verb = "help"
	VerbList       Verb = "list"
	VerbStatus     Verb = "status"
	VerbWithdraw   Verb = "withdraw"
	VerbResolve    Verb = "resolve"
	VerbReschedule Verb = "reschedule"
	VerbRelease    Verb = "release"
	VerbStop       Verb = "stop"
	VerbFreeze     Verb = "freeze"
	VerbUnfreeze   Verb = "unfreeze"
)

// Line is a parsed /offboard line.
type Line struct {
	Verb     Verb
	Who      string // VerbAsk: an e-mail address, an id, a login, or
	Mention  string // VerbAsk: the user id of an @mention
	Provider string // empty: all
	Action   providers.Action
	Reason   string
	At       string // not before when, as it was typed; empty: at once. VerbAsk, VerbReschedule
	Number   int    // VerbStatus, VerbWithdraw, VerbResolve, VerbReschedule, VerbRelease
	Done     bool   // VerbResolve
}

// longest is how many code points a reason and a who may have.
const (
	longestReason = 500
	longestWho    = 320
	longestTime   = 40
)

// fault is what is wrong with a line, in plain words for who typed it.
type fault struct {
	say   string
	field string // the form's field that it is about; empty: who
}

func (f *fault) Error() string { return "line: " + f.say }

func faultf(format string, args ...any) error { return &fault{say: fmt.Sprintf(format, args...)} }

func faultIn(field, format string, args ...any) error {
	return &fault{say: fmt.Sprintf(format, args...), field: field}
}

var (
	quotes   = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "\u00a0", " ")
	dashes   = regexp.MustCompile(`(^|\s)[—–―‒−]+(\pL)`)
	mailto   = regexp.MustCompile(`^<mailto:([^|>]+)(?:\|[^>]*)?>$`)
	mention  = regexp.MustCompile(`^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$`)
	number   = regexp.MustCompile(`^(?i:off-)([0-9]{1,9})$`)
	spaced   = regexp.MustCompile(`^\s*("[^"]*"|\S+)`)
	longName = regexp.MustCompile(`^--?([A-Za-z]+)(?:[=:](.*))?$`)
	clock    = regexp.MustCompile(`^[0-9]{1,2}:[0-9]{2}`)
	keyed    = regexp.MustCompile(`^([A-Za-z]+):(.*)$`)
)

// ParseLine reads what was typed after the command's name. It understands the dashes and quotes that Slack clients make of -- and ".
// Errors are for the person who typed it.
func ParseLine(text string) (Line, error) {
	text = quotes.Replace(text)
	text = dashes.ReplaceAllString(text, "$1--$2")
	text = strings.TrimSpace(text)
	if text == "" {
		return Line{Verb: VerbForm}, nil
	}
	first, rest := cutWord(text)
	if strings.HasPrefix(text, `"`) {
		first = "" // what stands in quotes is somebody's name, never a verb
	}
	switch strings.ToLower(first) {
	case "help", "--help", "-h", "?":
		return Line{Verb: VerbHelp}, nil
	case "list":
		return Line{Verb: VerbList}, nothingAfter("list", rest)
	case "status":
		return parseNumbered(VerbStatus, rest)
	case "withdraw":
		return parseNumbered(VerbWithdraw, rest)
	case "release":
		return parseNumbered(VerbRelease, rest)
	case "stop":
		return parseNumbered(VerbStop, rest)
	case "resolve":
		return parseResolve(rest)
	case "reschedule":
		return parseReschedule(rest)
	case "freeze":
		return parseReasoned(VerbFreeze, rest)
	case "unfreeze":
		return parseReasoned(VerbUnfreeze, rest)
	}
	return parseAsk(text)
}

func nothingAfter(verb, rest string) error {
	if rest != "" {
		return faultf("%s takes nothing after it. Type only %s.", verb, verb)
	}
	return nil
}

func parseNumbered(v Verb, rest string) (Line, error) {
	n, err := parseNumber(rest)
	if err != nil {
		return Line{}, faultf("Say which request: %s OFF-42.", v)
	}
	return Line{Verb: v, Number: n}, nil
}

func parseNumber(s string) (int, error) {
	m := number.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, faultf("That is not a request's name.")
	}
	n := 0
	for _, d := range m[1] {
		n = n*10 + int(d-'0')
	}
	return n, nil
}

func parseResolve(rest string) (Line, error) {
	name, rest := cutWord(rest)
	how, reason := cutWord(rest)
	reason = unescape(reason)
	n, err := parseNumber(name)
	how = strings.ToLower(how)
	if err != nil || how != "done" && how != "not-done" || reason == "" {
		return Line{}, faultf("Say which request, what you saw at the provider, and why: resolve OFF-42 done|not-done reason.")
	}
	if utf8.RuneCountInString(reason) > longestReason {
		return Line{}, faultf("The reason is longer than %d characters. Shorten it.", longestReason)
	}
	return Line{Verb: VerbResolve, Number: n, Done: how == "done", Reason: reason}, nil
}

func parseReschedule(rest string) (Line, error) {
	name, rest := cutWord(rest)
	n, err := parseNumber(name)
	at, isAt := strings.CutPrefix(strings.ToLower(rest), "at:")
	at = strings.Trim(at, ` "`)
	if err != nil || !isAt || at == "" {
		return Line{}, faultf("Say which request and when: reschedule OFF-42 at:2026-03-02T18:00, or at:now.")
	}
	if utf8.RuneCountInString(at) > longestTime {
		return Line{}, faultf("That is no time. Write it like at:2026-03-02T18:00.")
	}
	return Line{Verb: VerbReschedule, Number: n, At: at}, nil
}

// cutWord takes the first word off, or what stands in the first double quotes.
func cutWord(s string) (word, rest string) {
	m := spaced.FindStringSubmatch(s)
	if m == nil {
		return "", ""
	}
	return strings.Trim(m[1], `"`), strings.TrimSpace(s[len(m[0]):])
}

func parseAsk(text string) (Line, error) {
	l := Line{Verb: VerbAsk}
	seen := map[string]bool{}
	for rest := text; rest != ""; {
		var word string
		before := rest
		word, rest = cutWord(rest)
		key, value, isKey, apart := option(word, strings.HasPrefix(before, `"`))
		if !isKey {
			if err := l.setWho(word); err != nil {
				return Line{}, err
			}
			continue
		}
		if seen[key] {
			return Line{}, faultf("%s is given twice. Give it once.", key)
		}
		seen[key] = true
		if key == "reason" {
			l.Reason, rest = reasonOf(before, value, rest), ""
		} else if value == "" && (apart || rest != "") {
			value, rest = cutWord(rest)
		}
		if key == "at" {
			value, rest = withClock(value, rest)
		}
		if err := l.set(key, value); err != nil {
			return Line{}, err
		}
	}
	if err := l.check(); err != nil {
		return Line{}, err
	}
	return l, nil
}

// withClock adds the time of the day that stands apart from the day.
func withClock(day, rest string) (at, after string) {
	word, after := cutWord(rest)
	if !clock.MatchString(word) {
		return day, rest
	}
	return strings.Trim(day, `"`) + " " + word, after
}

// option reads key:value, --key value and --key=value. A word in quotes is never an option. apart: the value may follow as the next word.
func option(word string, quoted bool) (key, value string, ok, apart bool) {
	if quoted {
		return "", "", false, false
	}
	if m := longName.FindStringSubmatch(word); m != nil {
		return strings.ToLower(m[1]), m[2], true, m[2] == ""
	}
	if m := keyed.FindStringSubmatch(word); m != nil {
		switch key := strings.ToLower(m[1]); key {
		case "provider", "action", "at", "reason":
			return key, strings.Trim(m[2], `"`), true, m[2] == ""
		}
	}
	return "", "", false, false
}

// reasonOf is everything after the reason's key, to the end of the line, without the quotes when it stands in one pair of them.
func reasonOf(from, value, rest string) string {
	if i := strings.IndexAny(from, ":="); i >= 0 && value != "" {
		rest = from[i+1:]
	}
	rest = strings.TrimSpace(rest)
	if inner, ok := strings.CutPrefix(rest, `"`); ok && strings.Index(inner, `"`) == len(inner)-1 {
		rest = strings.TrimSuffix(inner, `"`)
	}
	return unescape(rest)
}

func (l *Line) set(key, value string) error {
	switch key {
	case "provider":
		l.Provider = strings.ToLower(value)
	case "action":
		l.Action = providers.Action(strings.ToLower(value))
	case "at":
		l.At = value
	case "reason":
		return nil
	default:
		return faultf("I do not know the option %q. There are provider:NAME, action:delete or action:deactivate, at:2026-03-02T18:00 and reason:text.", key)
	}
	if value == "" && key == "at" {
		return faultf("at has no value. Write it like at:2026-03-02T18:00, without a space.")
	}
	if value == "" {
		return faultf("%s has no value. Write %s:NAME, without a space.", key, key)
	}
	return nil
}

func (l *Line) setWho(word string) error {
	if l.Who != "" || l.Mention != "" {
		return faultf("Name one person at a time; %q is one word too many. A reason goes at the end, as reason:text.", word)
	}
	if m := mention.FindStringSubmatch(word); m != nil {
		l.Mention = m[1]
		return nil
	}
	if m := mailto.FindStringSubmatch(word); m != nil {
		word = m[1]
	}
	l.Who = unescape(strings.Trim(word, `"'`))
	return nil
}

// unescape undoes what Slack escapes in a command's text.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

func (l *Line) check() error {
	switch {
	case l.Who == "" && l.Mention == "":
		return faultf("Say who: an e-mail address, an id, a login, or an @mention.")
	case utf8.RuneCountInString(l.Who) > longestWho:
		return faultf("That is too long for an e-mail address, an id or a login.")
	case mrkdwn.Clean(l.Who) != l.Who || strings.ContainsAny(l.Who, "<>"):
		return faultf("That is not an e-mail address, an id, a login or an @mention. Check it and try again.")
	case l.Action != "" && l.Action != providers.Delete && l.Action != providers.Deactivate:
		return faultIn(FieldAction, "I do not know the action %q. There are delete and deactivate.", l.Action)
	case utf8.RuneCountInString(l.At) > longestTime:
		return faultIn(FieldAt, "That is no time. Write it like at:2026-03-02T18:00.")
	case utf8.RuneCountInString(l.Reason) > longestReason:
		return faultIn(FieldReason, "The reason is longer than %d characters. Shorten it.", longestReason)
	}
	return nil
}

// query is how the line's person is looked for.
func (l *Line) query() providers.Query {
	if strings.Contains(l.Who, "@") {
		return providers.Query{By: providers.ByEmail, Value: l.Who}
	}
	return providers.Query{By: providers.ByAny, Value: l.Who}
}

// Help is what /offboard help answers. It is plain text.
func Help(command string) string {
	return strings.ReplaceAll(`CMD who [provider:NAME] [action:delete|deactivate] [at:2026-03-02T18:00] [reason:why] – ask for an account's removal. `+
		`who is an e-mail address, an id, a login or an @mention. A second person must approve it. at is the time before which it does not begin, in your time zone.
CMD – the same as a form.
CMD list – the open requests.
CMD status OFF-42 – how far a request is.
CMD withdraw OFF-42 – take back what you asked for.
CMD reschedule OFF-42 at:2026-03-02T18:00 – move what you asked for to another time (at:now: none). It must be approved again.
CMD release OFF-42 – let begin what a cap holds; for somebody who neither asked for it nor approved it.
CMD stop OFF-42 – stop what is approved and has not begun.
CMD resolve OFF-42 done|not-done reason – two approvers together settle an unknown outcome by hand.
CMD freeze [reason] – an approver stops everything at once: no call begins any more.
CMD unfreeze [reason] – two approvers together let it go on.`, "CMD", command)
}

// named is how people say a request.
func named(n int) string { return approvals.Name(n) }
