package browsertest

import (
	"slices"
	"strings"
	"testing"
)

// asksElsewhere asks other machines for something in each way that a page has.
const asksElsewhere = `
	const element = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
	const asks = (host) => URL.createObjectURL(new Blob(['fetch("http://' + host + '.example/").catch(() => {})'], { type: "text/javascript" }));
	fetch("http://fetch.example/").catch(() => {});
	fetch("http://192.0.2.1/").catch(() => {});
	import("http://script.example/").catch(() => {});
	new EventSource("http://events.example/");
	new WebSocket("ws://socket.example/");
	navigator.sendBeacon("http://beacon.example/");
	new FontFace("x", "url(http://font.example/)").load().catch(() => {});
	document.body.style.backgroundImage = "url(http://style.example/)";
	element("img", { src: "http://image.example/" });
	element("iframe", { src: "http://frame.example/" });
	element("link", { rel: "prefetch", href: "http://prefetch.example/" });
	new Worker(asks("worker"));
	new SharedWorker(asks("shared"));
	open("http://window.example/");
	leave = () => { location = "http://navigation.example/" };`

// Whatever a page asks of another machine fails the test, by whichever way it asks. What the tab itself is not told of, its proxy sees.
func TestARequestElsewhereFailsTheTest(t *testing.T) {
	t.Parallel()
	n := &noted{TB: t}
	tab := Start(t).Open(n, serve(t, asksElsewhere), Narrow)
	asked := func(url string) {
		tab.Until(url+" is asked for", func() bool { return tab.outside.saw(url) })
	}
	told := []string{
		"http://fetch.example/", "http://192.0.2.1/", "http://script.example/", "http://events.example/", "http://beacon.example/", "http://font.example/",
		"http://style.example/", "http://image.example/", "http://frame.example/", "http://prefetch.example/",
	}
	untold := []string{"http://worker.example/", "http://shared.example/", "http://window.example/"}
	for _, url := range slices.Concat(told, untold) {
		asked(url)
	}
	asked("//socket.example:80")
	Eval[int](tab, "leave(); 0")
	asked("http://navigation.example/")
	tab.Until("the tab is told of it, which can be after its proxy has seen it", func() bool {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		return strings.Contains(strings.Join(tab.wrong, "\n"), "a request to http://navigation.example/")
	})
	n.end()
	wrong := strings.Join(n.complaints, "\n")
	for _, url := range append(told, "http://navigation.example/", "ws://socket.example/") {
		if !strings.Contains(wrong, "a request to "+url+", which is not loopback") {
			t.Errorf("the tab was not told of %s", url)
		}
	}
	for _, url := range untold {
		if !strings.Contains(wrong, "something in the tab asked for "+url+", which is not loopback") {
			t.Errorf("%s would not fail the test", url)
		}
	}
	if t.Failed() {
		t.Log(wrong)
	}
}
