package embedded_test

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"offboard/internal/journal"
)

// BenchmarkAppend shows what one caller waits and what many share; BenchmarkSync is the disk's own price for one durable write.
func BenchmarkAppend(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			j := open(b, newPath(b))
			var n atomic.Int64
			b.SetParallelism(callers) // of GOMAXPROCS each
			if callers == 1 {
				for b.Loop() {
					appendOne(b, j, n.Add(1))
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					appendOne(b, j, n.Add(1))
				}
			})
		})
	}
}

func appendOne(b *testing.B, j journal.Journal, n int64) {
	b.Helper()
	id := fmt.Sprint("log-", n)
	w := journal.Write{ID: id, Records: journal.Seal(journal.Log{ID: id}, journal.Draft{Body: []byte(`{"v":1}`), Chained: true})}
	if _, err := j.Append(b.Context(), w); err != nil {
		b.Error(err)
	}
}

func BenchmarkSync(b *testing.B) {
	f, err := os.Create(newPath(b))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}
