package workspace_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"offboard/internal/sandbox/workspace"
)

// withFiles is a workspace whose app may read and write files.
func withFiles(t *testing.T) *workspace.Workspace {
	t.Helper()
	return start(t, workspace.Config{Scopes: append(workspace.EnoughScopes(), "files:read", "files:write", "im:write")})
}

// send posts a file's bytes to the address for them.
func send(t *testing.T, address, kind, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// begin asks for an address to upload to.
func begin(t *testing.T, w *workspace.Workspace, name string, length int) (address, id string) {
	t.Helper()
	got := call(t, w, "files.getUploadURLExternal", url.Values{"filename": {name}, "length": {strconv.Itoa(length)}})
	wantError(t, got, "")
	address, _ = got["upload_url"].(string)
	id, _ = got["file_id"].(string)
	return address, id
}

const rawBytes = "application/octet-stream"

// upload uploads a file and completes it.
func upload(t *testing.T, w *workspace.Workspace, name, content string, more url.Values) (id string, _ map[string]any) {
	t.Helper()
	address, id := begin(t, w, name, len(content))
	if status := send(t, address, rawBytes, content); status != http.StatusOK {
		t.Fatalf("the bytes were answered with %d", status)
	}
	if more == nil {
		more = url.Values{}
	}
	more.Set("files", `[{"id":"`+id+`"}]`)
	return id, call(t, w, "files.completeUploadExternal", more)
}

// slack-go uploads a file, shares it, asks for it, reads it back, lists it and deletes it.
func TestARealClientSharesAFile(t *testing.T) {
	t.Parallel()
	w, ctx := withFiles(t), within(t)
	api := client(w)
	first := w.Say("U1", "C1", "", "where is it?")
	const text = "one\ntwo\nthree\nfour\nfive\nsix\n"
	up, err := api.UploadFileContext(ctx, slack.UploadFileParameters{
		Content: text, FileSize: len(text), Filename: "Käse list.TXT", Title: "The list", Channel: "C1", ThreadTimestamp: first.TS, InitialComment: "here",
	})
	if err != nil {
		t.Fatal(err)
	}
	thread := w.Thread("C1", first.TS)
	if len(thread) != 1 || thread[0].Text != "here" || len(thread[0].Files) != 1 || thread[0].Files[0] != up.ID || thread[0].BotID == "" {
		t.Fatalf("the thread: %+v", thread)
	}
	info, _, _, err := api.GetFileInfoContext(ctx, up.ID, 0, 0)
	if err != nil || info.Name != "Käse list.TXT" || info.Title != "The list" || info.Size != len(text) || info.Mimetype != "text/plain" || info.Filetype != "text" ||
		!info.IsPublic || info.Preview != "one\ntwo\nthree\nfour\nfive" || info.LinesMore != 1 || info.Shares.Public["C1"][0].Ts != thread[0].TS {
		t.Errorf("files.info: %+v, %v", info, err)
	}
	var got bytes.Buffer
	if err := api.GetFileContext(ctx, info.URLPrivateDownload, &got); err != nil || got.String() != text {
		t.Errorf("the file reads %q, %v", got.String(), err)
	}
	replies, _, _, err := api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: first.TS})
	if err != nil || len(replies) != 2 || len(replies[1].Files) != 1 || replies[1].Files[0].URLPrivate != info.URLPrivate {
		t.Errorf("the thread as the app reads it: %+v, %v", replies, err)
	}
	all, paging, err := api.GetFilesContext(ctx, slack.GetFilesParameters{Channel: "C1", Count: 10, Page: 1, TimestampFrom: -1, TimestampTo: -1, Types: "all"})
	if err != nil || len(all) != 1 || all[0].ID != up.ID || paging.Total != 1 {
		t.Errorf("files.list: %+v, %+v, %v", all, paging, err)
	}
	if err := api.DeleteFileContext(ctx, up.ID); err != nil {
		t.Error(err)
	}
	if err := api.DeleteFileContext(ctx, up.ID); err == nil || err.Error() != "file_deleted" {
		t.Errorf("a second deletion: %v", err)
	}
	if err := api.GetFileContext(ctx, info.URLPrivate, &got); err == nil || !strings.Contains(err.Error(), "sign-in page") {
		t.Errorf("a deleted file can be read: %v", err)
	}
}

func TestWhatAnUploadIsRefusedWith(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	const get = "files.getUploadURLExternal"
	for _, c := range []struct {
		name, method string
		params       url.Values
		want         string
	}{
		{"no name", get, url.Values{"length": {"3"}}, "missing_argument"},
		{"no length", get, url.Values{"filename": {"a"}}, "missing_argument"},
		{"nothing", get, url.Values{"filename": {"a"}, "length": {"0"}}, "missing_argument"},
		{"less than nothing", get, url.Values{"filename": {"a"}, "length": {"-1"}}, "invalid_arguments"},
		{"no number", get, url.Values{"filename": {"a"}, "length": {"lots"}}, "invalid_arguments"},
		{"a long name", get, url.Values{"filename": {strings.Repeat("n", 256)}, "length": {"1"}}, "invalid_arguments"},
		{"too large", get, url.Values{"filename": {"a"}, "length": {strconv.Itoa(20<<20 + 1)}}, "file_upload_size_restricted"},
		{"far too large", get, url.Values{"filename": {"a"}, "length": {"9223372036854775807"}}, "file_upload_size_restricted"},
		{"a large snippet", get, url.Values{"filename": {"a"}, "length": {"1048577"}, "snippet_type": {"go"}}, "snippet_too_large"},
		{"many words", get, url.Values{"filename": {"a"}, "length": {"1"}, "alt_txt": {strings.Repeat("w", 1001)}}, "alt_txt_too_large"},
		{"no such upload", "files.completeUploadExternal", url.Values{"files": {`[{"id":"F1"}]`}}, "file_not_found"},
		{"no upload", "files.completeUploadExternal", url.Values{"files": {`[]`}}, "invalid_arguments"},
		{"no list", "files.completeUploadExternal", url.Values{"files": {`F1`}}, "invalid_arguments"},
		{"no such file", "files.info", url.Values{"file": {"F1"}}, "file_not_found"},
		{"no such file to delete", "files.delete", url.Values{"file": {"F1"}}, "file_not_found"},
		{"a page before the first", "files.list", url.Values{"page": {"0"}}, "invalid_arguments"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, call(t, w, c.method, c.params), c.want) })
	}
	if said := call(t, w, get, url.Values{"filename": {"a"}, "length": {strconv.Itoa(20<<20 + 1)}}); !strings.Contains(fmt.Sprint(said), "20 MB") {
		t.Errorf("the limit is not said: %v", said)
	}
	for channel, want := range map[string]string{
		"C9": "channel_not_found", "C2": "not_in_channel", "G1": "channel_not_found", "COLD": "posting_to_channel_denied", "C1": "", "U1": "", "": "",
	} {
		_, got := upload(t, w, "a.txt", "abc", url.Values{"channel_id": {channel}})
		wantError(t, got, want)
	}
	_, got := upload(t, w, "a.txt", "abc", url.Values{"channels": {"C1,U1"}, "thread_ts": {w.Say("U1", "C1", "", "x").TS}})
	wantError(t, got, "invalid_arguments")
	_, got = upload(t, w, "a.txt", "abc", url.Values{"channel_id": {"C1"}, "blocks": {`[{"type":"alert"}]`}})
	wantError(t, got, "invalid_blocks")
}

func TestFilesNeedScopes(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	for method, needed := range map[string]string{
		"files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write", "files.delete": "files:write",
		"files.info": "files:read", "files.list": "files:read",
	} {
		got := call(t, w, method, nil)
		wantError(t, got, "missing_scope")
		if got["needed"] != needed {
			t.Errorf("%s needs %v", method, got["needed"])
		}
	}
}

func TestTheBytesOfAnUploadComeOnceAndWhole(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	address, id := begin(t, w, "a.txt", 3)
	form := "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nno file\r\n--x\r\nContent-Disposition: form-data; name=\"body\"; filename=\"../b.html\"\r\n" +
		"Content-Type: text/html\r\n\r\nabc\r\n--x--\r\n"
	complete := url.Values{"files": {`[{"id":"` + id + `","title":"A"}]`}, "channel_id": {"C1"}}
	wantError(t, call(t, w, "files.completeUploadExternal", complete), "file_not_found")
	for _, c := range []struct {
		name, address, kind, body string
		want                      int
	}{
		{"too few", address, rawBytes, "ab", http.StatusBadRequest},
		{"too many", address, rawBytes, "abcd", http.StatusBadRequest},
		{"a form without a file", address, "multipart/form-data; boundary=y", "--y--\r\n", http.StatusBadRequest},
		{"a wrong address", address + "x", rawBytes, "abc", http.StatusBadRequest},
		{"a form", address, "multipart/form-data; boundary=x", form, http.StatusOK},
		{"again", address, rawBytes, "xyz", http.StatusBadRequest},
	} {
		if got := send(t, c.address, c.kind, c.body); got != c.want {
			t.Errorf("%s: answered with %d, not %d", c.name, got, c.want)
		}
	}
	wantError(t, call(t, w, "files.completeUploadExternal", complete), "")
	wantError(t, call(t, w, "files.completeUploadExternal", complete), "file_not_found") // once
	if f, content, ok := w.FileFor("U1", id); !ok || string(content) != "abc" || f.Name != "a.txt" || f.Title != "A" || f.Kind.MIME != "text/plain" {
		t.Errorf("the file: %+v %q", f, content)
	}
}

// Who sees a channel sees its files; what is shared nowhere is its owner's alone.
func TestWhoMayReadAFile(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	share := func(user, channel string) string {
		m, err := w.Share(user, channel, "", "", workspace.Upload{Name: "a.txt", Content: []byte("abc")})
		if err != nil {
			t.Fatal(err)
		}
		return m.Files[0]
	}
	alone, _ := upload(t, w, "own.txt", "abc", nil)
	for name, c := range map[string]struct {
		id   string
		may  []string
		mayn []string
	}{
		"a public channel":               {share("U1", "C1"), []string{"U1", "U2", w.Config().BotUserID}, []string{"UGUEST", "UNOBODY"}},
		"a public channel, without app":  {share("U1", "C2"), []string{"U1", "U2"}, []string{"UGUEST", w.Config().BotUserID}},
		"a private channel, without app": {share("U1", "G1"), []string{"U1"}, []string{"U2", "UGUEST", w.Config().BotUserID}},
		"nowhere":                        {alone, []string{w.Config().BotUserID}, []string{"U1", "U2"}},
	} {
		for want, people := range map[bool][]string{true: c.may, false: c.mayn} {
			for _, p := range people {
				if _, _, got := w.FileFor(p, c.id); got != want {
					t.Errorf("%s: that %s may read it is %t", name, p, got)
				}
			}
		}
	}
	theirs := share("U1", "C1")
	wantError(t, call(t, w, "files.delete", url.Values{"file": {theirs}}), "cant_delete_file")
	wantError(t, call(t, w, "files.info", url.Values{"file": {share("U1", "C2")}}), "file_not_found")
	if _, err := w.Share("UGUEST", "C1", "", "", workspace.Upload{Name: "a", Content: []byte("a")}); err == nil {
		t.Error("a guest shares a file where he is not")
	}
}

// Without the token, or without the scope, the sign-in page is what comes.
func TestAFileIsReadByTheTokenAlone(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	id, _ := upload(t, w, "a.html", "<script>alert(1)</script>", url.Values{"channel_id": {"C1"}})
	file, _ := call(t, w, "files.info", url.Values{"file": {id}})["file"].(map[string]any)
	address, _ := file["url_private"].(string)
	get := func(authorization string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(within(t), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", authorization)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(raw)
	}
	for _, authorization := range []string{"", "Bearer x", "Bearer " + w.Config().AppToken} {
		res, body := get(authorization)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, "Sign in") || strings.Contains(body, "alert") || res.Request.URL.Query().Get("redir") == "" {
			t.Errorf("%q: %d %s", authorization, res.StatusCode, body)
		}
	}
	res, body := get("Bearer " + w.Config().BotToken)
	if !strings.Contains(body, "alert") || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("with the token: %v %s", res.Header, body)
	}
	if f, ok := w.FileAt(address); !ok || f.ID != id {
		t.Errorf("%s names %+v", address, f)
	}
}

// A picture is one by its bytes; an address has no path in it; a hostile name stays what it is in JSON.
func TestNamesAndKindsOfFiles(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, kind, picture, path string }{
		"../../etc/passwd":          {"root", "text", "", "______etc_passwd"},
		"\"; evil\r\nX-A: b":        {"x", "text", "", "___evil__x-a__b"},
		"gepj.\u202etxt.exe":        {"\x00\x01", "binary", "", "gepj._txt.exe"},
		"page.HTML":                 {"<script>", "html", "", "page.html"},
		"drawing.svg":               {"<svg onload='x'/>", "svg", "", "drawing.svg"},
		"no picture.png":            {"<script>", "png", "", "no_picture.png"},
		"a picture called text.txt": {dot.String(), "text", "image/png", "a_picture_called_text.txt"},
	} {
		id, got := upload(t, w, name, c.content, url.Values{"channel_id": {"C1"}})
		wantError(t, got, "")
		f, _ := w.File(id)
		file, _ := call(t, w, "files.info", url.Values{"file": {id}})["file"].(map[string]any)
		address, _ := file["url_private"].(string)
		if file["name"] != name || f.Kind.Type != c.kind || f.Picture != c.picture || !strings.HasSuffix(address, "-"+id+"/"+c.path) {
			t.Errorf("%q: %v %s %q %s", name, file["name"], f.Kind.Type, f.Picture, address)
		}
		if _, content, _ := w.FileFor("U1", id); string(content) != c.content {
			t.Errorf("%q has %q", name, content)
		}
	}
}

// A file that is too large is not kept in memory to find that out, however it is sent.
func TestTooLargeAFileIsNotTaken(t *testing.T) {
	t.Parallel()
	const most = 1000
	w := start(t, workspace.Config{Scopes: workspace.EveryScope(), MostFile: most})
	address, _ := begin(t, w, "a", most)
	form := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
	for name, c := range map[string]struct {
		kind   string
		body   string
		length int64
	}{
		"raw":                {rawBytes, strings.Repeat("x", most+1), -1},
		"raw, by far":        {rawBytes, strings.Repeat("x", 1<<17), -1},
		"a form":             {"multipart/form-data; boundary=x", form + strings.Repeat("x", most+1) + "\r\n--x--\r\n", -1},
		"a form, by far":     {"multipart/form-data; boundary=x", form + strings.Repeat("x\n", 1<<17), -1},
		"a form before":      {"multipart/form-data; boundary=x", strings.Repeat("x\n", 1<<17) + form, -1},
		"it says so itself":  {rawBytes, "x", 1 << 40},
		"a form says so too": {"multipart/form-data; boundary=x", form, 1 << 40},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimPrefix(address, w.URL()), strings.NewReader(c.body))
		req.Header.Set("Content-Type", c.kind)
		req.ContentLength = c.length
		res := httptest.NewRecorder()
		w.ServeHTTP(res, req)
		if res.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: answered with %d %s", name, res.Code, res.Body)
		}
	}
	for range 10 {
		if _, err := w.Share("U1", "C1", "", "", workspace.Upload{Name: "a", Content: make([]byte, most-100)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Share("U1", "C1", "", "", workspace.Upload{Name: "a", Content: make([]byte, most)}); err == nil {
		t.Error("more is kept than there is room for")
	}
	wantError(t, call(t, w, "files.getUploadURLExternal", url.Values{"filename": {"a"}, "length": {"999"}}), "storage_limit_reached")
}
