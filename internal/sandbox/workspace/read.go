package workspace

import (
	"context"
	"slices"
)

// Messages returns what stands in a channel, oldest first, without what stands in threads.
func (w *Workspace) Messages(channel string) []Message {
	return w.find(channel, func(m *Message) bool { return m.ThreadTS == "" && !m.Deleted })
}

// Thread returns the replies to a message, oldest first, without the message itself.
func (w *Workspace) Thread(channel, ts string) []Message {
	return w.find(channel, func(m *Message) bool { return m.ThreadTS == ts && !m.Deleted })
}

// Message returns one message, deleted or not.
func (w *Workspace) Message(channel, ts string) (Message, bool) {
	found := w.find(channel, func(m *Message) bool { return m.TS == ts })
	if len(found) == 0 {
		return Message{}, false
	}
	return found[0], true
}

func (w *Workspace) find(channel string, ok func(*Message) bool) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Message
	for _, m := range w.messages[channel] {
		if ok(m) {
			out = append(out, m.copy())
		}
	}
	return out
}

func (m *Message) copy() Message {
	out := *m
	out.Earlier, out.Pings, out.Files = slices.Clone(m.Earlier), slices.Clone(m.Pings), slices.Clone(m.Files)
	out.Reactions = nil
	for _, r := range m.Reactions {
		out.Reactions = append(out.Reactions, Reaction{Name: r.Name, Users: slices.Clone(r.Users)})
	}
	return out
}

// Ephemerals returns the private messages that somebody was shown, oldest first.
func (w *Workspace) Ephemerals(userID string) []Ephemeral {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Ephemeral
	for _, e := range w.private {
		if e.To == userID && !e.Deleted {
			out = append(out, Ephemeral{Message: e.copy(), To: e.To})
		}
	}
	return out
}

// Views returns the forms that somebody has open, the uppermost last.
func (w *Workspace) Views(userID string) []View {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []View
	for _, v := range w.views[userID] {
		out = append(out, *v)
	}
	return out
}

// Home returns somebody's home tab.
func (w *Workspace) Home(userID string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.homes[userID]; v != nil {
		return *v, true
	}
	return View{}, false
}

// WaitMessage waits for a message of a channel, in a thread or not, that ok takes.
func (w *Workspace) WaitMessage(ctx context.Context, channel string, ok func(Message) bool) (Message, error) {
	return await(ctx, w, ok, func() []Message { return w.find(channel, func(m *Message) bool { return !m.Deleted }) })
}

// WaitEphemeral waits for a private message to somebody that ok takes.
func (w *Workspace) WaitEphemeral(ctx context.Context, userID string, ok func(Ephemeral) bool) (Ephemeral, error) {
	return await(ctx, w, ok, func() []Ephemeral { return w.Ephemerals(userID) })
}

// WaitView waits for an open form of somebody's that ok takes.
func (w *Workspace) WaitView(ctx context.Context, userID string, ok func(View) bool) (View, error) {
	return await(ctx, w, ok, func() []View { return w.Views(userID) })
}

func await[T any](ctx context.Context, w *Workspace, ok func(T) bool, list func() []T) (T, error) {
	var found T
	err := w.Wait(ctx, func() bool {
		all := list()
		i := slices.IndexFunc(all, ok)
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found, err
}

// Say writes a message as a person; thread may be empty. It checks nothing.
func (w *Workspace) Say(userID, channel, thread, text string) Message {
	return w.Insert(Message{Channel: channel, ThreadTS: thread, User: userID, Text: text})
}

// Insert puts any message into a channel, for example one of another app; its ts is given here.
func (w *Workspace) Insert(m Message) Message {
	w.do(func() { w.add(&m) })
	return m.copy()
}

// Remove deletes a message, as an administrator would. It reports whether there was one.
func (w *Workspace) Remove(channel, ts string) bool {
	found := false
	w.do(func() {
		if m := w.message(channel, ts); m != nil && !m.Deleted {
			w.deletes(m)
			found = true
		}
	})
	return found
}
