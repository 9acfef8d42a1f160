package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"offboard/internal/journal"
)

// lockWait is how long Open waits for another process to let go: enough for one that is just ending.
const lockWait = time.Second

// Journal is a journal in one file.
type Journal struct {
	db     *bbolt.DB
	update func(func(*bbolt.Tx) error) error // db.Update
	index  *index
	claims claims

	turn    chan struct{} // holds one value while nobody writes
	jobs    chan *job
	closing chan struct{}
	close   func() error
	broken  atomic.Pointer[error] // set by a commit: refuses all writes from then on
}

var _ journal.Journal = (*Journal)(nil)

// Open opens the journal at path, or makes one, readable by its owner alone, when nothing is there; the folder must exist.
// A file of an older format is brought to this one. Another process has it open: journal.ErrBusy, after a second. The file is no journal, is empty, cut or damaged: journal.ErrForeign,
// and the file is left as it was.
func Open(path string) (*Journal, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("journal: make %s: %w", path, err)
		}
	}
	db, err := openDB(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	x, err := prepare(db)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	j := &Journal{
		db:      db,
		index:   x,
		update:  db.Update,
		claims:  claims{of: map[string]claim{}},
		turn:    make(chan struct{}, 1),
		jobs:    make(chan *job),
		closing: make(chan struct{}),
	}
	j.close = sync.OnceValue(j.shut)
	j.turn <- struct{}{}
	return j, nil
}

// prepare brings the file to this format and reads its index.
func prepare(db *bbolt.DB) (x *index, err error) {
	if err := upgrade(db); err != nil {
		return nil, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		x, err = readIndex(tx)
		return err
	})
	return x, err
}

// openDB lets bbolt near the file only after guard has locked and read it: bbolt trusts page numbers and faults on a cut file.
func openDB(path string) (db *bbolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged("%v", p)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType,
		OpenFile:     func(name string, _ int, _ os.FileMode) (*os.File, error) { return guard(name) },
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, journal.ErrBusy
	}
	return db, err
}

// guard opens, locks and inspects the file, without changing it.
func guard(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, damaged("not a regular file")
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := lock(f, lockWait); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := inspect(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close finishes the commit under way, refuses writes that wait with journal.ErrClosed, and lets the file go.
func (j *Journal) Close() error { return j.close() }

func (j *Journal) shut() error {
	close(j.closing)
	<-j.turn // for good
	if err := j.db.Close(); err != nil {
		return fmt.Errorf("journal: close: %w", err)
	}
	return nil
}
