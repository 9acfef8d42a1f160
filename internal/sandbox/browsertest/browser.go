package browsertest

import (
	"context"
	"os/exec"
	"slices"
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
}

// startIn is how long Chromium may take to come up on a machine that is busy.
const startIn = 90 * time.Second

// Start starts a Chromium that ends with the test. It asks for nothing outside of this machine.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium here: scripts/setup installs it on Debian")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.WSURLReadTimeout(startIn), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true), chromedp.Env("TZ=Pacific/Auckland"),
	)
	ctx, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("the browser's end: %v", err)
		}
		stop()
		stopAll()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &Browser{ctx: ctx}
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
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, patience)
	tab := &Tab{t: t, ctx: ctx, answered: map[string]int{}}
	t.Cleanup(func() {
		tab.judge()
		stop()
		closeTab()
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
