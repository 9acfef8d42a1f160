// Package post puts messages into Slack: cards, threads and the audit channel ([Poster]), private answers ([Replier]) and forms
// ([Forms]).
//
// The promise:
//
//   - Every message carries its mark as metadata, an opaque id and nothing more, and [Poster.Find] finds it again by that: only in
//     what our own bot posted, since anybody can copy metadata.
//   - Every fault is told apart by what it means for the next try: certainly not posted, maybe posted, gone, closed, broken.
//   - No card goes into a channel that outsiders can see, as Slack says right before the post. What cannot be told is not posted.
//   - Nothing unfurls and no bare name is looked for. A response_url is used only when it is Slack's, and is never logged.
//
// It writes nothing twice by itself: whether to try again is the dispatcher's to decide. It decides nothing about requests.
package post
