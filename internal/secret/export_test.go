package secret

// Aged lets the last reading be longer ago than patience.
func (f *File) Aged() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readAt = f.readAt.Add(-patience)
}
