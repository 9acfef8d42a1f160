package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is one Chromium.
type Browser struct {
	ctx context.Context //nolint:containedctx // chromedp's contexts are its browsers
	end func() error
}

// startIn is how long Chromium may take to come up on a machine that is busy.
const startIn = 2 * time.Minute

// shared is the Chromium of this test binary.
var shared struct {
	sync.Mutex
	ends    bool // Main will end it
	browser *Browser
}

// Main runs the tests of a package, which share one Chromium, and ends it: os.Exit(browsertest.Main{M: m}.Run()).
type Main struct{ M *testing.M }

// Run runs the tests and returns the code to exit with.
func (m Main) Run() int {
	shared.Lock()
	shared.ends = true
	shared.Unlock()
	code := m.M.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.browser == nil {
		return code
	}
	if err := shared.browser.end(); err != nil {
		fmt.Println("FAIL: after the tests:", err)
		return 1
	}
	return code
}

// Start gives the Chromium that the tests of a package share, and starts it if there is none or if it has died. Each tab has cookies and storage of
// its own. It reaches nothing outside of this machine.
func Start(t testing.TB) *Browser {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("nobody would end the browser: TestMain must run the tests by browsertest.Main")
	}
	if b := shared.browser; b != nil {
		if b.ctx.Err() == nil {
			return b
		}
		t.Logf("the browser had died: %v", b.end())
	}
	b, err := start()
	if err != nil {
		t.Fatal(err)
	}
	shared.browser = b
	return b
}

// start starts a Chromium.
//
// It runs without its own sandbox. As root it would not start with one, and in most containers, which allow no user namespaces, as nobody else either.
// What it is kept from otherwise is not met here: it sees the project's own pages and nothing else.
func start() (*Browser, error) {
	path, err := installed()
	if err != nil {
		return nil, err
	}
	dir, remove, err := passing()
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.Flag("disable-component-update", true),
		// What Chromium asks its makers finds nobody, nor does it ask a name server; what a tab asks goes where it is noted.
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		// A time zone that no person of the sandbox is in; and no trace in anybody's home.
		chromedp.Env("TZ=Pacific/Auckland", "HOME="+dir, "TMPDIR="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir),
	)
	ctx, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(ctx)
	b := &Browser{ctx: ctx, end: func() error {
		err := chromedp.Cancel(ctx)
		stop()
		stopAll()
		return errors.Join(err, remove())
	}}
	late := time.AfterFunc(startIn, stop)
	defer late.Stop()
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, errors.Join(err, b.end()))
	}
	return b, nil
}

// installed finds Debian's Chromium: the headless shell, which has no windows of its own to draw and takes half the time, or else the whole.
func installed() (string, error) {
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium here: scripts/setup installs it on Debian")
}

// Window is how a tab looks at a page.
type Window struct {
	Width, Height int64
	Dark          bool
}

// The two widths that the page is made for.
var (
	Wide   = Window{Width: 1440, Height: 900}
	Narrow = Window{Width: 390, Height: 844}
)

// Open opens a page in a tab of its own.
func (b *Browser) Open(t testing.TB, url string, w Window) *Tab {
	t.Helper()
	out := watchOutside()
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(out.proxy))
	ctx, stop := context.WithTimeout(ctx, patience)
	tab := &Tab{t: t, ctx: ctx, outside: out, answered: map[string]int{}}
	t.Cleanup(func() {
		stop()
		closeTab()
		out.server.Close()
		tab.judge()
	})
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	scheme := "light"
	if w.Dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	tab.do("open "+url,
		enable(network.Enable, network.EnableParams{}), enable(runtime.Enable, cdp.Empty{}), enable(log.Enable, cdp.Empty{}),
		enable(emulation.SetEmulatedMedia, media), chromedp.EmulateViewport(w.Width, w.Height), chromedp.Navigate(url))
	return tab
}

// enable is a command whose answer says nothing.
func enable[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, command, params)
		return err
	})
}
