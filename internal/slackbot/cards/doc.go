// Package cards turns requests, events and replies into what people see in Slack.
//
// A [Message] is a text and its blocks. [Card] shows a request, [ThreadLine] says one event as one plain sentence in the card's thread,
// [AuditLine] reports one event with its hash, [Reply] is a private answer, [AskForm] and [TypedForm] are the modals. All are pure:
// the same input gives the same output, byte for byte.
//
// The promise, checked for every state and for hostile names in every untrusted place:
//
//   - No limit of Slack's is broken, so that no message is refused because of what it shows.
//   - The warning comes first and in words, in the blocks and in the text that notifications and screen readers give.
//   - Everything a provider or a person wrote goes through package mrkdwn and stands in plain_text or in verbatim mrkdwn: it cannot
//     ping, format or break a card. Nobody is mentioned but who asked, who decided and who clicked; never the person to be removed.
//   - A request offers exactly the buttons that can still do something.
//
// It decides nothing, and a button's value is a hint: what counts is our own record of the request.
package cards
