package main

import (
	"slices"

	"offboard/internal/sandbox/town"
)

// useBoltFiles lets the app share files, read them, list them and delete one, by Bolt's own functions.
func useBoltFiles(v visitor) {
	v.t.Helper()
	v.do("type", map[string]any{"as": town.Alice, "channel": town.Partners, "text": "/files"})
	const read = "read A list CSV 612c620a312c320a, bytes.bin Binary 000102ff; deleted one of 2"
	now := v.until(town.Bob, "the app has read its files", func(s seen) bool {
		return slices.ContainsFunc(s.messages(town.Partners), func(m shownMessage) bool { return m.Text == read })
	})
	first := now.messages(town.Partners)[0]
	if len(first.Replies) != 1 || first.Replies[0].Text != "two files" || len(first.Replies[0].Files) != 2 {
		v.t.Fatalf("the thread: %+v", first.Replies)
	}
	if list := first.Replies[0].Files[0]; list.Name != "list.csv" || list.Deleted {
		v.t.Errorf("the list: %+v", list)
	}
	if bytes := first.Replies[0].Files[1]; !bytes.Deleted {
		v.t.Errorf("what was deleted: %+v", bytes)
	}
}
