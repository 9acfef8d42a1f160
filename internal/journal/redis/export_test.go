package redis

// Seen is how many records this process knows to have been written.
func (j *Journal) Seen() int64 { return j.store.seen() }
