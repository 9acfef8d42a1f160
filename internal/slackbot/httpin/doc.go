// Package httpin takes Slack's signed requests in over HTTP: /slack/commands, /slack/interactions and /slack/events.
//
// [New] gives the handler for the three paths, [NewServer] and [Serve] run it with the limits that a server open to the internet needs.
//
// Each request is judged in this order, and the first fault is the answer (design §9):
//
//	not POST                                   405
//	body over 1 MiB                            413
//	signature or time wrong, a header missing  401   over the raw bytes, before anything is parsed
//	not the content type of the path           415
//	authentic, but not for us                  200, empty, logged, no effect
//	could not be recorded                      503; a command is answered 200 with a private sentence that says so
//
// Parameters come from the body alone: the signature covers neither the query nor the headers. What goes on after the acknowledgement
// starts when it has been flushed.
//
// It does not decode what Slack sends (package inbound does), and serves neither health nor metrics.
package httpin
