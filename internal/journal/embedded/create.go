package embedded

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

var (
	formatKey  = []byte("format")
	installKey = []byte("install")
)

// formatMark begins the format entry; the version of the layout follows.
const (
	formatMark    = "offboard journal "
	formatVersion = "2"
	formatBefore  = "1" // see upgrade
)

// create makes a journal at path, unless one is there. It is made complete under another name and then given its own, so that
// a crash in between never leaves half a journal at path, and of two processes that create at once one finds the other's.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := f.Close(); err != nil {
		return err
	}
	if err := fill(f.Name()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// fill writes an empty journal into an empty file.
func fill(path string) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, t := range tables() {
			if _, err := tx.CreateBucket([]byte(t)); err != nil {
				return fmt.Errorf("make %s: %w", t, err)
			}
		}
		if err := metaTable.put(tx, installKey, []byte(rand.Text())); err != nil {
			return err
		}
		return metaTable.put(tx, formatKey, []byte(formatMark+formatVersion))
	})
	return errors.Join(err, db.Close())
}

// syncFolder makes the new name itself survive a power cut.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
