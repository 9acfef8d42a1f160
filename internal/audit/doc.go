// Package audit holds the journal against what the audit channel has reported of it.
//
// A [Line] is what one line of the audit channel says: a request's number, one of its events, and that event's hash. Every line was in the
// journal before it was told, so a journal that lacks one is older than the channel, wiped, or another one ([Missing]). A [Witness] looks at the
// start of a process:
//
//	not compared yet ──the channel is read: all there──▶ open
//	       │                                               ▲
//	       └─something is missing──▶ lacking ──restored, or accepted by an operator─┘
//
// Until it is open a [Gate] before the journal takes nothing in and hands nothing out, and says why; reading goes on. What the journal has and the
// channel lacks is no fault: it is still owed.
//
// Besides, [HabitsOf] counts how people have decided in a span of time: how soon after the card, who for whom, who never denies.
//
// It knows neither Slack nor who may do what, and it cannot know of a loss that was never reported.
package audit
