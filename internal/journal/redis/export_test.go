package redis

// Seen is how many writes this process knows of.
func (j *Journal) Seen() int64 { return j.store.mark().writes }
