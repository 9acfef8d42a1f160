package workspace

import (
	"errors"
	"fmt"
	"slices"
)

// Upload is a file that somebody shares.
type Upload struct {
	Name    string
	Content []byte
}

// Share writes a message with files as a person; thread and text may be empty. The error says, to that person, why not.
func (w *Workspace) Share(userID, channel, thread, text string, uploads ...Upload) (Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mayShare(userID, channel, thread, uploads); err != nil {
		return Message{}, err
	}
	var files []*File
	for _, u := range uploads {
		f := &File{ID: word("F"), Name: u.Name, Title: u.Name, User: userID, At: w.cfg.Clock()}
		f.fill(u.Content)
		files = append(files, f)
	}
	w.files = append(w.files, files...)
	m := &Message{Channel: channel, ThreadTS: thread, User: userID, Text: text}
	w.attach(m, files)
	w.touch()
	return m.copy(), nil
}

func (w *Workspace) mayShare(userID, channel, thread string, uploads []Upload) error {
	if err := w.mayAct(userID, w.channels[channel]); err != nil {
		return err
	}
	if thread != "" && !w.startsThread(channel, thread) {
		return errors.New("there is no such thread")
	}
	if len(uploads) == 0 || len(uploads) > MostTogether {
		return fmt.Errorf("a message has one to %d files", MostTogether)
	}
	all := 0
	for _, u := range uploads {
		all += len(u.Content)
		switch n := len([]rune(u.Name)); {
		case len(u.Content) == 0:
			return fmt.Errorf("%q is empty", u.Name)
		case len(u.Content) > w.cfg.MostFile:
			return fmt.Errorf("%q is larger than %s, which is as much as the sandbox takes", u.Name, megabytes(w.cfg.MostFile))
		case n == 0 || n > mostName:
			return fmt.Errorf("the name of a file has 1 to %d characters", mostName)
		}
	}
	if w.full(all) {
		return fmt.Errorf("the sandbox keeps at most %s of files: start it again", megabytes(mostKept*w.cfg.MostFile))
	}
	return nil
}

// File returns a file, also one that was deleted.
func (w *Workspace) File(id string) (File, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.file(id); f != nil {
		return f.copy(), true
	}
	return File{}, false
}

// FileFor gives a file and its bytes to somebody who may read it.
func (w *Workspace) FileFor(userID, id string) (File, []byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.file(id)
	if f == nil || f.Deleted || !w.mayRead(userID, f) {
		return File{}, nil, false
	}
	return f.copy(), f.content, true
}

// FileAt returns the file that an address of the workspace names: its url_private or its permalink.
func (w *Workspace) FileAt(address string) (File, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.fileAt(address); f != nil {
		return f.copy(), true
	}
	return File{}, false
}

func (w *Workspace) fileAt(address string) *File {
	i := slices.IndexFunc(w.files, func(f *File) bool { return address == w.fileURL(f, "") || address == w.permalinkOf(f) })
	if i < 0 {
		return nil
	}
	return w.files[i]
}

func (f *File) copy() File {
	out := *f
	out.content, out.shares = nil, nil
	return out
}
