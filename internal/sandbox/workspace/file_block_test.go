package workspace_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"testing"

	"offboard/internal/sandbox/workspace"
)

// An image shows a file of the workspace only if it is a picture, by its bytes, that the app can read.
func TestPicturesInBlocks(t *testing.T) {
	t.Parallel()
	w := withFiles(t)
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	own, _ := upload(t, w, "own.png", dot.String(), nil)
	text, _ := upload(t, w, "text.png", "no picture", nil)
	gone, _ := upload(t, w, "gone.png", dot.String(), nil)
	wantError(t, call(t, w, "files.delete", url.Values{"file": {gone}}), "")
	elsewhere, err := w.Share("U1", "C2", "", "", workspace.Upload{Name: "a.png", Content: dot.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	file, _ := call(t, w, "files.info", url.Values{"file": {own}})["file"].(map[string]any)
	for named, want := range map[string]string{
		`{"id":"` + own + `"}`: "", fmt.Sprintf(`{"url":%q}`, file["url_private"]): "", fmt.Sprintf(`{"url":%q}`, file["permalink"]): "",
		`{"id":"` + text + `"}`: "invalid_blocks", `{"id":"` + gone + `"}`: "invalid_blocks", `{"id":"` + elsewhere.Files[0] + `"}`: "invalid_blocks",
		`{"id":"F1"}`: "invalid_blocks", `{"url":"https://example.com/a.png"}`: "invalid_blocks", `{}`: "invalid_blocks",
		fmt.Sprintf(`{"id":%q,"url":%q}`, own, file["permalink"]): "invalid_blocks",
	} {
		blocks := `[{"type":"context","elements":[{"type":"image","alt_text":"a dot","slack_file":` + named + `}]}]`
		t.Run(named, func(t *testing.T) {
			wantError(t, call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "blocks": {blocks}}), want)
		})
	}
}

// The app is told of a file in a channel that it is in, twice as at Slack: by the message, and by itself.
func TestAnAppHearsOfFiles(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	for _, channel := range []string{"C2", "C1"} { // the app is in the second alone
		if _, err := w.Share("U1", channel, "", "here", workspace.Upload{Name: "a.txt", Content: []byte("abc")}); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[any]bool{}
	for range 2 { // they come in either order
		h := <-got
		switch h.event["type"] {
		case "message":
			files, _ := h.event["files"].([]any)
			if len(files) != 1 || h.event["subtype"] != "file_share" || h.event["channel"] != "C1" {
				t.Fatalf("the message: %v", h.event)
			}
			file, _ := files[0].(map[string]any)
			ids[file["id"]] = true
		case "file_shared":
			if h.event["channel_id"] != "C1" || h.event["user_id"] != "U1" {
				t.Errorf("the file: %v", h.event)
			}
			ids[h.event["file_id"]] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("the events are of %v", ids)
	}
}
