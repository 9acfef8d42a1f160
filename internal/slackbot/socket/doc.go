// Package socket takes Slack in over Socket Mode.
//
// A [Client] keeps connections to Slack open: at least two, so that one may go while the other listens. Payloads come over any of them.
//
//	opening ──hello──▶ live ──disconnect──▶ retiring ──closed by Slack, or by us once replaced──▶ ended
//	   └──fault──▶ ended ◀──fault── live
//
// The promise:
//
//   - A connection that Slack is about to close keeps listening until Slack closes it, or until another has said hello and the time of
//     the warning is over.
//   - Every open goes through one pace for all connections: back-off with jitter after any end, reset only by a connection that stayed
//     up, and never more than eight opens in half a minute.
//   - Faults that no waiting heals (a refused token, Socket Mode switched off) end [Client.Run] with one error.
//   - The reader does nothing but read, so that slow work never delays an answer to a ping; a connection that has gone silent is cut.
//   - What could not be recorded is not acknowledged. Acknowledgements are on the wire before anything goes on, also before Run returns.
//   - A panic costs one request. No ticket, payload or response_url is logged.
//
// slack-go's client for this has none of these (facts/slack.md), hence this one over github.com/coder/websocket.
//
// It does not decode payloads (package inbound does).
package socket
