package browsertest

import (
	"fmt"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// find returns what has a role and a name in a part of the page, by the browser's own tree for screen readers; the last where there are several, which is the
// newest. Without a name any will do. 0: nothing.
func (t *Tab) find(in, role, name string) cdp.BackendNodeID {
	t.t.Helper()
	root, err := t.root(in)
	if err != nil {
		t.t.Fatalf("look at the page: %v", err)
	}
	if root == 0 {
		return 0
	}
	found, err := chromedp.Call(t.ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{NodeID: root, Role: role, AccessibleName: name})
	if err != nil {
		return 0 // the page has been drawn anew meanwhile: it is looked at again
	}
	var id cdp.BackendNodeID
	for _, n := range found.Nodes {
		if !n.Ignored {
			id = n.BackendDOMNodeID
		}
	}
	return id
}

// root is the part of the page that a CSS selector finds first, or the whole. 0: there is none.
func (t *Tab) root(css string) (cdp.NodeID, error) {
	doc, err := chromedp.Call(t.ctx, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil || css == "" {
		return doc.Root.NodeID, err
	}
	found, err := chromedp.Call(t.ctx, dom.QuerySelector, dom.QuerySelectorParams{NodeID: doc.Root.NodeID, Selector: css})
	if err != nil {
		return 0, nil // drawn anew meanwhile
	}
	return found.NodeID, nil
}

// Has reports whether there is something with a role and a name now.
func (t *Tab) Has(role, name string) bool {
	t.t.Helper()
	return t.find("", role, name) != 0
}

// wait waits for something with a role and a name.
func (t *Tab) wait(role, name string) (id cdp.BackendNodeID) {
	t.t.Helper()
	t.Until(fmt.Sprintf("there is a %s %q", role, name), func() bool {
		id = t.find("", role, name)
		return id != 0
	})
	return id
}

// on waits for something with a role and a name, and calls a JavaScript function on it.
func (t *Tab) on(role, name, function string, args ...any) string {
	t.t.Helper()
	node, err := chromedp.Call(t.ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: t.wait(role, name)})
	if err != nil {
		t.t.Fatalf("%s %q: %v", role, name, err)
	}
	this := func(p *runtime.CallFunctionOnParams) { p.ObjectID = node.Object.ObjectID }
	out, err := chromedp.Run(t.ctx, chromedp.CallFunctionOn[string](function, this, args...))
	if err != nil {
		t.t.Fatalf("%s %q: %v", role, name, err)
	}
	return out
}

// Click presses the mouse on something. What lies over it gets the press, as with people.
func (t *Tab) Click(role, name string) {
	t.t.Helper()
	t.click("", role, name)
}

func (t *Tab) click(in, role, name string) {
	t.t.Helper()
	var at dom.Quad
	t.Until(fmt.Sprintf("a %s %q can be clicked", role, name), func() bool {
		id := t.find(in, role, name)
		if id == 0 {
			return false
		}
		if _, err := chromedp.Call(t.ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: id}); err != nil {
			return false // drawn anew meanwhile
		}
		quads, err := chromedp.Call(t.ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: id})
		if err == nil && len(quads.Quads) > 0 {
			at = quads.Quads[0]
		}
		return at != nil
	})
	t.do("click "+role+" "+name, chromedp.MouseClickXY((at[0]+at[4])/2, (at[1]+at[5])/2)) // between two of its corners
}

// Type puts text into a field in place of what stood there.
func (t *Tab) Type(role, name, text string) {
	t.t.Helper()
	t.on(role, name, `function() { this.focus(); this.select?.(); return "" }`)
	t.do("type", enable(input.InsertText, input.InsertTextParams{Text: text}))
}

// Set gives a field a value that is not typed letter by letter: a date, an option of a menu by its label. See [Tab.Choose] for how people choose.
func (t *Tab) Set(role, name, value string) {
	t.t.Helper()
	t.on(role, name, `function(value) {
		if (this.role === "combobox") {
			this.value = value;
			this.dispatchEvent(new Event("input", { bubbles: true }));
			const all = document.getElementById(this.getAttribute("aria-controls")).querySelectorAll("[role=option]");
			[...all].find((o) => o.firstChild.textContent === value).click();
			return "";
		}
		const option = [...(this.options || [])].find((o) => o.label === value);
		if (this.options && !option) throw new Error("no option " + value);
		this.value = option ? option.value : value;
		this.dispatchEvent(new Event("input", { bubbles: true }));
		this.dispatchEvent(new Event("change", { bubbles: true }));
		return "";
	}`, value)
}

// Keys that have no letter, for [Tab.Press].
const (
	Enter     = kb.Enter
	TabKey    = kb.Tab
	Backspace = kb.Backspace
	Escape    = kb.Escape
	Down      = kb.ArrowDown
	Up        = kb.ArrowUp
	Home      = kb.Home
	End       = kb.End
	Right     = kb.ArrowRight
)

// Press presses keys, one after the other.
func (t *Tab) Press(keys string) {
	t.t.Helper()
	t.press(keys, 0)
}

// PressShift presses keys with the shift key held.
func (t *Tab) PressShift(keys string) {
	t.t.Helper()
	t.press(keys, int64(kb.ModifierShift))
}

// press presses keys. A key and its character are one event, as at a keyboard, so that a
// page can keep the character back; chromedp's own two events cannot be kept back.
func (t *Tab) press(keys string, held int64) {
	t.t.Helper()
	for _, r := range keys {
		key := kb.Keys[r]
		if key == nil {
			t.t.Fatalf("no key for %q", r)
		}
		down := input.DispatchKeyEventParams{
			Type: input.DispatchKeyEventTypeKeyDown, Key: key.Key, Code: key.Code, Text: key.Text, Modifiers: held,
			WindowsVirtualKeyCode: key.Windows, NativeVirtualKeyCode: key.Native,
		}
		up := down
		up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
		t.do("press a key", enable(input.DispatchKeyEvent, down), enable(input.DispatchKeyEvent, up))
	}
}

// Focused names what has the focus: its accessible name as far as an aria-label, an id or its text give it.
func (t *Tab) Focused() string {
	t.t.Helper()
	return Eval[string](t, `(() => { const e = document.activeElement; return e.getAttribute("aria-label") || e.id || e.textContent })()`)
}
