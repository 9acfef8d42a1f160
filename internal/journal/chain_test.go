package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"offboard/internal/journal"
)

// sealed is a log of two decisions with a receipt between them.
func sealed() journal.Log {
	l := journal.Log{ID: "log"}
	l.Records = journal.Seal(l, draft(`{"v":1}`, true), draft(`{"receipt":1}`, false))
	l.Records = append(l.Records, journal.Seal(l, draft(`{"v":2}`, true))...)
	return l
}

func draft(body string, chained bool) journal.Draft {
	return journal.Draft{Body: []byte(body), Chained: chained}
}

func TestSealFollowsTheLog(t *testing.T) {
	t.Parallel()
	l := sealed()
	if err := journal.Verify(l); err != nil {
		t.Fatal(err)
	}
	first, receipt, last := l.Records[0], l.Records[1], l.Records[2]
	sum := sha256.Sum256([]byte("offboard/1\nlog\n1\n\n{\"v\":1}\n"))
	if first.Hash != hex.EncodeToString(sum[:]) {
		t.Errorf("hash of the first record = %s", first.Hash)
	}
	if receipt.Chained() || receipt.Prev != "" || receipt.Seq != 2 {
		t.Errorf("receipt = %+v", receipt)
	}
	if last.Prev != first.Hash || last.Seq != 3 || journal.Head(l) != last.Hash {
		t.Errorf("last record = %+v, head %s", last, journal.Head(l))
	}
}

func TestHeadOfReceiptsIsEmpty(t *testing.T) {
	t.Parallel()
	l := journal.Log{ID: "log"}
	l.Records = journal.Seal(l, draft(`{}`, false))
	if h := journal.Head(l); h != "" {
		t.Errorf("head = %q", h)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(*journal.Log){
		"a body changed":                  func(l *journal.Log) { l.Records[0].Body = []byte(`{"v":9}`) },
		"one byte of space added":         func(l *journal.Log) { l.Records[2].Body = []byte(`{"v": 2}`) },
		"a hash changed":                  func(l *journal.Log) { l.Records[2].Hash = l.Records[0].Hash },
		"a decision made a receipt":       func(l *journal.Log) { l.Records[0].Hash, l.Records[0].Prev = "", "" },
		"the first record removed":        func(l *journal.Log) { l.Records = l.Records[1:] },
		"a record removed and renumbered": removeFirst,
		"the receipt removed":             func(l *journal.Log) { l.Records = slices.Delete(l.Records, 1, 2) },
		"two records exchanged":           func(l *journal.Log) { l.Records[0], l.Records[2] = l.Records[2], l.Records[0] },
		"a record doubled":                func(l *journal.Log) { l.Records = slices.Insert(l.Records, 1, l.Records[0]) },
		"a record put in": func(l *journal.Log) {
			in := journal.Seal(journal.Log{ID: l.ID, Records: l.Records[:1]}, draft(`{"v":7}`, true))
			l.Records[1] = in[0]
		},
		"the records of another log": func(l *journal.Log) { l.ID = "other" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := sealed()
			tamper(&l)
			if journal.Verify(l) == nil {
				t.Error("not found")
			}
		})
	}
}

func removeFirst(l *journal.Log) {
	l.Records = l.Records[1:]
	for i := range l.Records {
		l.Records[i].Seq = i + 1
	}
}
