package approvals

import "time"

// When a step of unknown outcome is read back, counted from the moment it became unknown (design §3). The first six are the early
// looks; if they do not tell, a human must look, and the bot goes on looking for a day.
var looks = []time.Duration{
	0, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

const earlyLooks = 6

// When a step that is not done, as far as can be seen, is looked at again: a late call can still land.
var lateLooks = []time.Duration{time.Hour, 24 * time.Hour}

// lostGrace is how long after an attempt's deadline its end may still come in before the attempt counts as lost.
const lostGrace = 2 * time.Second

func lostAt(p Progress) time.Time { return p.Deadline.Add(lostGrace) }

// lookAt returns when the step is to be looked at next; false: no look is owed.
func (r *Request) lookAt(step int) (time.Time, bool) {
	if step < 0 || step >= len(r.Steps) || r.Over {
		return time.Time{}, false
	}
	p := r.Steps[step]
	if p.Outcome == Unknown {
		return nextLook(p.EndedAt, looks, p.Looks)
	}
	if p.Outcome == Unseen {
		return nextLook(p.EndedAt, lateLooks, p.lateOnes())
	}
	return time.Time{}, false
}

// nextLook keeps the distance between looks even when the bot was away: three looks in a row would see no more than one.
func nextLook(from time.Time, schedule []time.Duration, done []Event) (time.Time, bool) {
	n := len(done)
	if n >= len(schedule) {
		return time.Time{}, false
	}
	at := from.Add(schedule[n])
	if n > 0 {
		if apart := done[n-1].At.Add(schedule[n] - schedule[n-1]); apart.After(at) {
			at = apart
		}
	}
	return at, true
}

// lateOnes are the looks since the step became unseen.
func (p Progress) lateOnes() []Event {
	for i, l := range p.Looks {
		if l.At.After(p.UnseenAt) {
			return p.Looks[i:]
		}
	}
	return nil
}

// lastLook reports whether no look is owed any more.
func (r *Request) lastLook(step int) bool {
	_, more := r.lookAt(step)
	return !more
}

// remindAt returns when the approvers are reminded: half-way, if people have at least an hour to decide.
func (r *Request) remindAt() (time.Time, bool) {
	if r.State != StatePending || r.Reminded || r.Policy.Expires < time.Hour {
		return time.Time{}, false
	}
	return r.Created.Add(r.Policy.Expires / 2), true
}
