package browsertest

// Part is a part of a page, for what has no name that says which of several it is: the button of this card, and not of another.
type Part struct {
	tab *Tab
	css string
}

// Within is the part that a CSS selector finds first, whenever it is looked at.
func (t *Tab) Within(css string) Part { return Part{tab: t, css: css} }

// Has reports whether there is something with a role and a name in the part now. Without a name any will do.
func (p Part) Has(role, name string) bool {
	p.tab.t.Helper()
	return p.tab.find(p.css, role, name) != 0
}

// Click presses the mouse on something in the part.
func (p Part) Click(role, name string) {
	p.tab.t.Helper()
	p.tab.click(p.css, role, name)
}
