package workspace

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// fileURL is where the app reads a file. The lock is held.
func (w *Workspace) fileURL(f *File, download string) string {
	return w.base + "/files-pri/" + w.cfg.TeamID + "-" + f.ID + "/" + download + slug(f.Name)
}

// serveFile gives a file to the app, by its token in the Authorization header. Whoever may not read it is sent to the sign-in page with the file's path in redir, which
// ends as a page of HTML with the status 200: so it is seen at Slack (issues of its SDKs), and so slack-go knows it (its function downloadFile).
//
// No browser shows what is served here as a page: it is always an attachment, and only a token opens it.
func (w *Workspace) serveFile(res http.ResponseWriter, req *http.Request) {
	_, id, _ := strings.Cut(req.PathValue("file"), "-")
	token, _ := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	w.mu.Lock()
	f := w.file(id)
	ok := f != nil && !f.Deleted && token == w.cfg.BotToken && need(w.cfg.Scopes, "files:read") == nil && w.mayRead(w.cfg.BotUserID, f)
	var content []byte
	if ok {
		content = f.content
	}
	w.mu.Unlock()
	if !ok {
		http.Redirect(res, req, w.URL()+"/?redir="+url.QueryEscape(req.URL.Path), http.StatusFound)
		return
	}
	h := res.Header()
	h.Set("Content-Type", f.Kind.MIME)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": slug(f.Name)}))
	_, _ = res.Write(content)
}

// serveSignIn is where a browser is sent that may not read a file.
func serveSignIn(res http.ResponseWriter, _ *http.Request) {
	res.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(res, "<!doctype html><title>Sign in</title><p>Sign in to see this file. An app sends its bot token in the Authorization header, and needs files:read.\n")
}
