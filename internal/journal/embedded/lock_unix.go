//go:build unix && !solaris && !aix

package embedded

import (
	"errors"
	"os"
	"syscall"
	"time"

	"offboard/internal/journal"
)

// lockPause is how long to wait between two tries for the lock.
const lockPause = 20 * time.Millisecond

// lock takes the lock that bbolt takes too, on the same open file, so that bbolt finds it taken by itself and nobody comes between.
func lock(f *os.File, wait time.Duration) error {
	for deadline := time.Now().Add(wait); ; time.Sleep(lockPause) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Now().After(deadline) {
			return journal.ErrBusy
		}
	}
}
