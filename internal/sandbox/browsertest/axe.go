package browsertest

import (
	_ "embed" // axe-core
	"strings"
)

//go:embed axe.min.js
var axe string

// violation is a rule of axe-core that the page breaks.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"` // minor, moderate, serious, critical
	Help   string `json:"help"`
	Nodes  []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Accessible fails the test for every serious or critical finding of axe-core on the page as it is now.
func (t *Tab) Accessible(where string) {
	t.t.Helper()
	Eval[int](t, axe+"; 0")
	found := Eval[[]violation](t, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)`)
	for _, v := range found {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes {
			t.t.Errorf("%s: %s (%s): %s\n%s\n%s", where, v.ID, v.Impact, v.Help, n.HTML, strings.TrimSpace(n.FailureSummary))
		}
	}
}
