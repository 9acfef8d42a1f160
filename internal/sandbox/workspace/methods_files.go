package workspace

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"offboard/internal/sandbox/workspace/limits"
)

// What each of these methods takes, answers and refuses with stands in its page under docs.slack.dev/reference/methods.

// uploadAddress is files.getUploadURLExternal.
func (w *Workspace) uploadAddress(c *Call) (answer, *slackError) {
	length, ok := c.number("length", 0)
	name := c.param("filename")
	snippet := c.param("snippet_type") != ""
	maps.DeleteFunc(w.uploads, func(_ string, u *upload) bool { return c.At.Sub(u.at) > uploadLife })
	switch {
	case name == "", c.param("length") == "", c.param("length") == "0":
		return nil, refuse("missing_argument")
	case !ok, utf8.RuneCountInString(name) > mostName:
		return nil, refuse("invalid_arguments")
	case utf8.RuneCountInString(c.param("alt_txt")) > mostAlt:
		return nil, refuse("alt_txt_too_large")
	case snippet && length > mostSnippet:
		return nil, refuse("snippet_too_large")
	case length > w.cfg.MostFile:
		return nil, faulty("file_upload_size_restricted", []string{"the sandbox takes files of at most " + megabytes(w.cfg.MostFile)})
	case w.full(length):
		return nil, faulty("storage_limit_reached", []string{"the sandbox keeps at most " + megabytes(mostKept*w.cfg.MostFile) + " of files"})
	}
	f := &File{ID: word("F"), Name: name, Title: name, Alt: c.param("alt_txt"), User: w.cfg.BotUserID, At: c.At, snippet: snippet}
	ticket := word("") + word("")
	w.uploads[ticket] = &upload{file: f, length: length, at: c.At}
	return answer{"upload_url": w.base + "/upload/v1/" + ticket, "file_id": f.ID}, nil
}

func megabytes(n int) string { return fmt.Sprintf("%d MB", n>>20) }

// completed is a file that files.completeUploadExternal names.
type completed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// completeUpload is files.completeUploadExternal. Slack may still be sharing the file when it answers; here all is done by then.
func (w *Workspace) completeUpload(c *Call) (answer, *slackError) {
	tickets, named, err := w.received(c)
	if err != nil {
		return nil, err
	}
	places, err := w.shareable(c)
	if err != nil {
		return nil, err
	}
	d, err := c.comment()
	if err != nil {
		return nil, err
	}
	var files []*File
	for i, t := range tickets {
		f := w.uploads[t].file
		if named[i].Title != "" {
			f.Title = named[i].Title
		}
		delete(w.uploads, t)
		files = append(files, f)
	}
	w.files = append(w.files, files...)
	for _, ch := range places {
		w.attach(w.botMessage(ch.ID, d), files)
	}
	list := []answer{}
	for _, f := range files {
		list = append(list, w.fileJSON(f))
	}
	return answer{"files": list}, nil
}

// received gives the tickets of the uploads that a call completes.
func (w *Workspace) received(c *Call) (tickets []string, named []completed, _ *slackError) {
	if json.Unmarshal([]byte(c.param("files")), &named) != nil || len(named) == 0 || len(named) > MostTogether {
		return nil, nil, refuse("invalid_arguments")
	}
	for _, n := range named {
		found := ""
		for t, u := range w.uploads {
			if u.file.ID == n.ID && u.come && !slices.Contains(tickets, t) {
				found = t
			}
		}
		if found == "" {
			return nil, nil, refuse("file_not_found")
		}
		tickets = append(tickets, found)
	}
	return tickets, named, nil
}

const mostChannels = 100

// shareable lists where a call wants its files shared; nowhere: they stay with the app. Each must be a conversation that the app is in, also with chat:write.public.
func (w *Workspace) shareable(c *Call) ([]*Channel, *slackError) {
	var ids []string
	for _, id := range append(strings.Split(c.param("channels"), ","), c.param("channel_id")) {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > mostChannels {
		return nil, refuse("channels_limit_exceeded")
	}
	var out []*Channel
	for _, id := range ids {
		ch, err := w.writable(id)
		switch {
		case err != nil && err.code == "is_archived":
			return nil, refuse("posting_to_channel_denied")
		case err != nil:
			return nil, err
		case !ch.in(w.cfg.BotUserID):
			return nil, refuse("not_in_channel")
		}
		out = append(out, ch)
	}
	if thread := c.param("thread_ts"); thread != "" && (len(out) != 1 || !w.startsThread(out[0].ID, thread)) {
		return nil, refuse("invalid_arguments")
	}
	return out, nil
}

func (w *Workspace) startsThread(channel, ts string) bool {
	m := w.message(channel, ts)
	return m != nil && m.ThreadTS == ""
}

// comment is what stands over the files. initial_comment makes blocks count for nothing.
func (c *Call) comment() (draft, *slackError) {
	d := draft{text: c.param("initial_comment"), thread: c.param("thread_ts")}
	if d.text == "" {
		d.blocks = c.raw("blocks")
	}
	if d.text == "" && limits.NoBlocks(d.blocks) {
		return d, nil
	}
	err := d.check(limits.MostText)
	return d, err
}

// readFileOf gives the file that a call names, when the app may read it.
func (w *Workspace) readFileOf(c *Call) (*File, *slackError) {
	f := w.file(c.param("file"))
	switch {
	case f == nil, !w.mayRead(w.cfg.BotUserID, f):
		return nil, refuse("file_not_found")
	case f.Deleted:
		return nil, refuse("file_deleted")
	}
	return f, nil
}

func (w *Workspace) fileInfo(c *Call) (answer, *slackError) {
	f, err := w.readFileOf(c)
	if err != nil {
		return nil, err
	}
	return answer{"file": w.fileJSON(f), "comments": []any{}, "response_metadata": answer{"next_cursor": ""}}, nil
}

func (w *Workspace) deleteFile(c *Call) (answer, *slackError) {
	f, err := w.readFileOf(c)
	if err != nil {
		return nil, err
	}
	if f.User != w.cfg.BotUserID {
		return nil, refuse("cant_delete_file")
	}
	f.Deleted, f.content = true, nil
	return nil, nil
}

// listFiles is files.list, the newest first, by channel, person and page.
func (w *Workspace) listFiles(c *Call) (answer, *slackError) {
	const somePages = 100
	count, ok := c.number("count", somePages)
	page, ok2 := c.number("page", 1)
	if !ok || !ok2 || count > 1000 || page > somePages {
		return nil, refuse("invalid_arguments")
	}
	found := []answer{}
	for _, f := range slices.Backward(w.files) {
		if !f.Deleted && w.mayRead(w.cfg.BotUserID, f) && f.meets(c) {
			found = append(found, w.fileJSON(f))
		}
	}
	total := len(found)
	from := min(total, (page-1)*count)
	found = found[from:min(total, from+count)]
	return answer{"files": found, "paging": answer{"count": count, "total": total, "page": page, "pages": max(1, (total+count-1)/count)}}, nil
}

func (f *File) meets(c *Call) bool {
	channel, user := c.param("channel"), c.param("user")
	from, _ := strconv.ParseFloat(c.param("ts_from"), 64)
	to, err := strconv.ParseFloat(c.param("ts_to"), 64)
	at := float64(f.At.Unix())
	return (user == "" || user == f.User) && at >= from && (err != nil || at <= to) &&
		(channel == "" || slices.ContainsFunc(f.shares, func(s share) bool { return s.channel == channel }))
}
