package cards

import (
	"fmt"
	"strings"

	"offboard/internal/audit"
	"offboard/internal/mrkdwn"
)

// mostFindings is how many sentences a digest has.
const mostFindings = 15

// Digest says how people have decided. It names them by their e-mail addresses, as text: whoever is named is not notified.
func Digest(h audit.Habits) Message {
	lines := []string{
		fmt.Sprintf("*How approvals were given*, from %s to %s", mrkdwn.UTC(h.From), mrkdwn.UTC(h.To)),
		h.Totals(),
	}
	found := h.Findings(func(name string) string { return mrkdwn.Short(name, nameLength) })
	if len(found) == 0 {
		return sentence(strings.Join(append(lines, "Nothing stands out."), "\n"))
	}
	lines = append(lines, "Worth a look, and no proof of anything:")
	for i, f := range found {
		if i == mostFindings {
			lines = append(lines, fmt.Sprintf("… and %d more.", len(found)-i))
			break
		}
		lines = append(lines, "• "+f)
	}
	return sentence(strings.Join(append(lines, "Whoever runs the bot sees everybody with `bot audit stats`."), "\n"))
}
