package audit

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"offboard/internal/mrkdwn"
)

// mostGiven is how many approvals somebody may give in the span without a no before that is told of.
const mostGiven = 10

// Findings says what is worth a look, a plain sentence each; none: nothing stands out. Names are shown by show, which makes them safe for where the
// sentences are read.
func (h Habits) Findings(show func(string) string) []string {
	var out []string
	for _, a := range h.Approvers {
		if a.Hasty > 0 {
			out = append(out, fmt.Sprintf("%s approved %d of %d within %s of the card coming up.", show(a.Name), a.Hasty, a.Timed, span(Hasty)))
		}
	}
	for _, a := range h.Approvers {
		if a.Approved >= mostGiven && a.Denied == 0 {
			out = append(out, fmt.Sprintf("%s approved %d and denied none.", show(a.Name), a.Approved))
		}
	}
	for _, p := range h.Pairs {
		out = append(out, fmt.Sprintf("%s and %s approve each other: %s of what %s asked for, and %s the other way round.", show(p.One.Name),
			show(p.Other.Name), p.One.part(), show(p.One.Name), p.Other.part()))
	}
	return out
}

func (h Half) part() string { return fmt.Sprintf("%d of %d", h.ByOther, h.Asked) }

// Totals is how much there was, in one sentence or two.
func (h Habits) Totals() string {
	approved, denied := 0, 0
	for _, a := range h.Approvers {
		approved, denied = approved+a.Approved, denied+a.Denied
	}
	out := fmt.Sprintf("%s, %s, %s.", count(h.Requests, "request"), count(approved, "approval"), count(denied, "denial"))
	if h.Newer > 0 {
		out += fmt.Sprintf(" A newer version of the bot has changed %s: what it recorded there may be missing here.", count(h.Newer, "request"))
	}
	return out
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// span says a time as people do, roughly.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
}

// Print writes everything for an operator's terminal.
func (h Habits) Print(out io.Writer) error {
	fmt.Fprintf(out, "From %s to %s: %s\n", mrkdwn.UTC(h.From), mrkdwn.UTC(h.To), h.Totals())
	if len(h.Approvers) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\napprover\tapproved\tdenied\twithin %s\tmedian\tlapsed\n", span(Hasty))
	for _, a := range h.Approvers {
		median := "-"
		if a.Timed > 0 {
			median = span(time.Duration(a.Median * float64(time.Second)))
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%d\n", mrkdwn.Clean(a.Name), a.Approved, a.Denied, a.Hasty, median, a.Lapsed)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	found := h.Findings(mrkdwn.Clean)
	if len(found) == 0 {
		fmt.Fprintln(out, "\nNothing stands out.")
		return nil
	}
	fmt.Fprintf(out, "\nWorth a look, and no proof of anything:\n- %s\n", strings.Join(found, "\n- "))
	return nil
}
