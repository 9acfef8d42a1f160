// Package inbound turns what Slack delivers into what people ask for, whichever way it came.
//
// A transport (packages httpin and socket) authenticates a delivery and hands it over as a [Raw]. [Decoder.Decode] makes a [Request] of
// it (a command, a click or a form that was sent off) or says why it is [NotOurs]. [Intake.Take] lets the handler decide inside Slack's
// three seconds and gives the transport what to answer; [Result.Finish] then starts the rest of the work on the [Runner].
//
//	transport ──Raw──▶ Decode ──Request──▶ Handler ──Ack──▶ transport writes it ──Finish──▶ Runner: Later
//	                     └──NotOurs: acknowledged empty, logged, no effect
//
// The promise:
//
//   - Only the ids that the authenticated envelope carries are taken from it; names, message text and whole blocks are never read, so
//     that one malformed block costs nothing (facts/slack.md: BlockActions[0] panics, one malformed block fails a whole callback).
//   - Team, app and command are checked before anything else sees the delivery.
//   - Nothing runs after an acknowledgement before it is on the wire, nothing runs without an owner who waits for it, and a panic costs
//     one request.
//   - No trigger id, response_url or payload reaches a log or a delivery key.
//
// It does not authenticate, does not know who people are, and decides nothing.
package inbound
