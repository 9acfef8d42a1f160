package journaltest

import (
	"time"

	"offboard/internal/journal"
)

func reservationTests() []subTest {
	return []subTest{
		{"Reserve/one log holds a key", oneHolder},
		{"Reserve/all or nothing", allOrNothing},
		{"Reserve/again by its holder", again},
		{"Reserve/released keys are free", releasedIsFree},
		{"Reserve/only its holder releases", onlyHolderReleases},
		{"Reserve/takeover from the named log alone", takeover},
		{"Reserve/a key released and reserved stays", releasedAndReserved},
		{"Reserve/keys are whole", keysAreWhole},
		{"Unless/another log holds the key", unlessHeld},
		{"Unless/its own key does not bar a log", unlessOwn},
		{"Unless/nothing is taken", unlessTakesNothing},
	}
}

func oneHolder(p *probe) {
	p.holder("k", "")
	p.begin("a", reserving("k"))
	p.holder("k", "a")
	p.refused(with(first("b"), reserving("k")), &journal.ReservedError{Key: "k", Holder: "a"})
	p.holder("k", "a")
}

func allOrNothing(p *probe) {
	p.begin("a", reserving("k2"))
	p.refused(with(first("b"), reserving("k1", "k2", "k3")), &journal.ReservedError{Key: "k2", Holder: "a"})
	p.holder("k1", "")
	p.holder("k3", "")
	p.begin("b", reserving("k1", "k3"))
	p.holder("k1", "b")
	p.holder("k3", "b")
}

func again(p *probe) {
	p.begin("a", reserving("k"))
	p.append(p.next("a", reserving("k")))
	p.holder("k", "a")
}

func releasedIsFree(p *probe) {
	p.begin("a", reserving("k", "other"))
	p.append(p.next("a", releasing("k")))
	p.holder("k", "")
	p.holder("other", "a")
	p.begin("b", reserving("k"))
	p.holder("k", "b")
}

func onlyHolderReleases(p *probe) {
	p.begin("a", reserving("k"))
	p.begin("b", releasing("k", "never held"))
	p.holder("k", "a")
}

func takeover(p *probe) {
	p.begin("old", reserving("k"))
	p.refused(with(first("new"), takingOver("k", "someone else")), &journal.ReservedError{Key: "k", Holder: "old"})
	p.begin("new", takingOver("k", "old"))
	p.holder("k", "new")
	p.append(p.next("old", releasing("k")))
	p.holder("k", "new")
	p.refused(p.next("old", reserving("k")), &journal.ReservedError{Key: "k", Holder: "new"})
	p.begin("third", takingOver("free", "old"))
	p.holder("free", "third")
}

func releasedAndReserved(p *probe) {
	p.begin("a", reserving("k"))
	p.append(p.next("a", releasing("k"), reserving("k")))
	p.holder("k", "a")
}

func keysAreWhole(p *probe) {
	p.begin("a", reserving("k", "K", "k ", "k\x00", "kk"))
	p.begin("b", reserving("k1"))
	p.append(p.next("a", releasing("k")))
	for _, key := range []string{"K", "k ", "k\x00", "kk"} {
		p.holder(key, "a")
	}
	p.holder("k", "")
}

func unlessHeld(p *probe) {
	p.begin("stop", reserving("k2"))
	p.begin("a", reserving("mine"))
	barred := &journal.ReservedError{Key: "k2", Holder: "stop"}
	p.refused(p.next("a", unless("k1", "k2"), reserving("free"), releasing("mine"), handling("d"), counting("c", 1, time.Hour)), barred)
	if v := p.load("a").Version(); v != 1 {
		p.Errorf("version %d", v)
	}
	p.holder("free", "")
	p.holder("mine", "a")
	p.refused(with(first("b"), unless("k2")), barred)
	p.refused(p.bare("a", unless("k2")), barred)

	p.append(p.next("stop", releasing("k2")))
	p.append(p.next("a", unless("k1", "k2"), handling("d"), counting("c", 1, time.Hour)))
}

func unlessOwn(p *probe) {
	p.begin("a", reserving("k"), unless("k"))
	p.append(p.next("a", unless("k")))
	p.holder("k", "a")
}

func unlessTakesNothing(p *probe) {
	p.begin("a", unless("k"))
	p.holder("k", "")
	p.begin("b", unless("k")) // two that look at one key are not in each other's way
	p.begin("stop", reserving("k"))
	p.holder("k", "stop")
}
