package embedded

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// The tables of format 1 that are no more: the logs' heads stood apart from their records, and the wake times and deliveries, which the index
// holds now, had a table each.
const (
	oldLogsTable table = "logs"
	oldDueTable  table = "due"
	oldSeenTable table = "seen"
)

func oldTables() []table { return []table{oldLogsTable, oldDueTable, oldSeenTable} }

// upgrade brings a file of format 1 to this one, in one commit.
func upgrade(db *bbolt.DB) error {
	version := ""
	err := db.View(func(tx *bbolt.Tx) (err error) {
		version, err = metaTable.text(tx, formatKey)
		return err
	})
	if err != nil || version == formatMark+formatVersion {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		c := oldLogsTable.in(tx).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			h, err := unstamp(k, v)
			if err != nil {
				return err
			}
			if err := recordsTable.put(tx, headKey(string(k)), h); err != nil {
				return err
			}
		}
		for _, t := range oldTables() {
			if err := tx.DeleteBucket([]byte(t)); err != nil {
				return fmt.Errorf("drop %s: %w", t, err)
			}
		}
		return metaTable.put(tx, formatKey, []byte(formatMark+formatVersion))
	})
	if err != nil {
		return fmt.Errorf("bring to format %s: %w", formatVersion, err)
	}
	return nil
}
