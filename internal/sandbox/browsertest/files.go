package browsertest

import (
	"os"
	"path/filepath"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Attach clicks something that asks for files, and chooses these in the dialog that comes.
func (t *Tab) Attach(role, name string, paths ...string) {
	t.t.Helper()
	asked := make(chan cdp.BackendNodeID, 1)
	err := chromedp.Listen(t.ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			select {
			case asked <- e.BackendNodeID:
			default: // of an earlier call, which has its answer
			}
		}
	})
	if err != nil {
		t.t.Fatalf("watch for a dialog: %v", err)
	}
	t.do("answer the dialog", enable(page.Enable, page.EnableParams{}), enable(page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}))
	t.Click(role, name)
	select {
	case field := <-asked:
		t.do("choose files", enable(dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, BackendNodeID: field}))
	case <-t.ctx.Done():
		t.t.Fatalf("%s %q asks for no files: %v", role, name, t.ctx.Err())
	}
}

// Download clicks something, and gives the name and the bytes of the file that the browser downloads because of it.
func (t *Tab) Download(role, name string) (file string, content []byte) {
	t.t.Helper()
	dir, on := t.t.TempDir(), true
	_, err := chromedp.CallBrowser(t.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: chromedp.FromContext(t.ctx).BrowserContextID,
		DownloadPath: dir, EventsEnabled: &on,
	})
	if err != nil {
		t.t.Fatalf("take downloads: %v", err)
	}
	var mu sync.Mutex
	var begun browser.EventDownloadWillBegin
	done := false
	err = chromedp.ListenBrowser(t.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *browser.EventDownloadWillBegin:
			begun = *e
		case *browser.EventDownloadProgress:
			done = done || e.GUID == begun.GUID && e.State == browser.DownloadProgressStateCompleted
		}
	})
	if err != nil {
		t.t.Fatalf("watch downloads: %v", err)
	}
	t.Click(role, name)
	t.Until("it is downloaded", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return done
	})
	mu.Lock()
	defer mu.Unlock()
	if content, err = os.ReadFile(filepath.Join(dir, begun.GUID)); err != nil {
		t.t.Fatal(err)
	}
	return begun.SuggestedFilename, content
}
