// Package webapi calls Slack's Web API.
//
// A [Client] speaks for one token. [Client.Call] makes one API call, [Client.Respond] posts to a response_url. What goes wrong is an
// [*Error] that says what is known: whether Slack answered, with which error, how long to wait, and whether a write may have happened.
//
// The promise:
//
//   - The token travels in the Authorization header and nowhere else. No error and no log line holds a token, a response_url, or what
//     was sent or answered.
//   - A write is put on the wire once. It is repeated only when Slack answered 429 with a short Retry-After. Reads are repeated a
//     little.
//   - ok:true is not enough: an answer type that implements [Checker] says what it lacks, and that is an error.
//   - No redirect is followed and no proxy of the environment is used. Every attempt has a deadline and a largest answer.
//
// It calls Slack itself and not through slack-go, whose client puts the token into the form body, takes an answer of {} for success
// and does not recognise a 429 without Retry-After (facts/slack.md). slack-go's types for blocks are used by the cards.
//
// It does not decide what to do about an error, and knows nothing of requests and cards.
package webapi
