package redis

import (
	"fmt"
	"strconv"
	"strings"

	"offboard/internal/journal"
)

// Seen is how many writes this process knows of.
func (j *Journal) Seen() int64 { return j.store.mark().writes }

// AppendCall are the words behind EVALSHA of an append. Wake is its score and stands for its text too.
func (j *Journal) AppendCall(op, wake string, w journal.Write) []string {
	keys := j.keys.write(w.ID)
	words := append([]string{appendScript.Hash(), strconv.Itoa(len(keys))}, keys...)
	args := (arguments{op: op, install: j.store.install, w: w}).list()
	args[7], args[8] = wake, wake
	for _, a := range args {
		words = append(words, strings.TrimSpace(fmt.Sprintln(a)))
	}
	return words
}
