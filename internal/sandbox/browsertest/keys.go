package browsertest

import "strings"

// Labelled names what has the focus as a person would: by its label, its own name or its text.
func (t *Tab) Labelled() string {
	t.t.Helper()
	return Eval[string](t, `(() => {
		const e = document.activeElement;
		return (e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || e.id).replace(/\s+/g, " ").trim();
	})()`)
}

// Reach presses Tab until something whose name begins so has the focus.
func (t *Tab) Reach(begins string) {
	t.t.Helper()
	t.reach(t.Press, begins)
}

// ReachBack does the same with Shift and Tab.
func (t *Tab) ReachBack(begins string) {
	t.t.Helper()
	t.reach(t.PressShift, begins)
}

func (t *Tab) reach(press func(string), begins string) {
	t.t.Helper()
	const most = 60
	var seen []string
	for range most {
		press(TabKey)
		at := t.Labelled()
		if strings.HasPrefix(at, begins) {
			return
		}
		seen = append(seen, at)
	}
	t.t.Fatalf("no key leads to %q, but to %.80q", begins, seen)
}
