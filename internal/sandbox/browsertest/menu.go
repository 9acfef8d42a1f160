package browsertest

import "fmt"

// Choose chooses in a menu that narrows as one types: types into it, or only opens it, and takes one of what is left, with the mouse. The menu is found by
// its name.
func (t *Tab) Choose(name, typed, option string) {
	t.t.Helper()
	if typed == "" {
		t.Click("combobox", name)
	} else {
		t.Type("combobox", name, typed)
	}
	t.Until(fmt.Sprintf("%q offers %q", name, option), func() bool { return t.Has("option", option) })
	t.Click("option", option)
}
