package journaltest

import "offboard/internal/journal"

func chainTests() []subTest {
	return []subTest{
		{"Chain/of a stored log verifies", storedChain},
		{"Chain/of a stored log shows tampering", storedTampering},
	}
}

// story is a log of twelve records, every third a receipt.
func (p *probe) story() journal.Log {
	p.begin("log")
	for i := range 11 {
		w := p.next("log")
		w.Records = journal.Seal(p.load("log"), journal.Draft{Body: []byte(body), Chained: i%3 != 0})
		p.append(w)
	}
	return p.load("log")
}

func storedChain(p *probe) {
	l := p.story()
	if err := journal.Verify(l); err != nil || l.Version() != 12 {
		p.Errorf("version %d, %v", l.Version(), err)
	}
	if head := journal.Head(l); head == "" || head != l.Records[11].Hash {
		p.Errorf("head %q", head)
	}
}

// storedTampering changes each chained record in turn, and removes each but the last, which only a witness can miss.
func storedTampering(p *probe) {
	l := p.story()
	for i, r := range l.Records {
		if !r.Chained() {
			continue
		}
		changed := l
		changed.Records = append([]journal.Record{}, l.Records...)
		changed.Records[i].Body = []byte(`{"v":1 }`)
		if journal.Verify(changed) == nil {
			p.Errorf("a change of record %d is not found", r.Seq)
		}
		cut := l
		cut.Records = append(append([]journal.Record{}, l.Records[:i]...), l.Records[i+1:]...)
		if i < len(l.Records)-1 && journal.Verify(cut) == nil {
			p.Errorf("the loss of record %d is not found", r.Seq)
		}
	}
}
