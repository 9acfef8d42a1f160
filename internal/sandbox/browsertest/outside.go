package browsertest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/target"
)

// outside stands where the rest of the world would be: a tab's proxy for all that is not loopback. It refuses everything and notes what was asked. So
// what a tab is not told of is seen too: what a worker asks, or a window that the page opened.
type outside struct {
	server *httptest.Server

	mu    sync.Mutex
	asked []string
}

// makers are whom Chromium has questions of its own for, which change with its version: how to fill in forms, for one. A page that asks them would be
// known by the tab.
var makers = regexp.MustCompile(`(^|\.)(google|googleapis|gvt1)\.com:443$`)

func watchOutside() *outside {
	o := &outside{}
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect && makers.MatchString(r.URL.Host) {
			http.Error(w, "nor its makers", http.StatusForbidden)
			return
		}
		o.mu.Lock()
		o.asked = append(o.asked, r.URL.String()) // of what is encrypted, and of a web socket, only host and port
		o.mu.Unlock()
		http.Error(w, "there is no outside here", http.StatusForbidden)
	}))
	return o
}

// proxy makes it the proxy of what a tab shares its cookies with.
func (o *outside) proxy(p *target.CreateBrowserContextParams) {
	p.ProxyServer, p.ProxyBypassList = o.server.Listener.Addr().String(), "<-loopback>;127.0.0.0/8;[::1]"
}

// saw reports whether something was asked for.
func (o *outside) saw(what string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Contains(o.asked, what)
}
