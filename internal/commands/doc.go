// Package commands is what people ask of the bot: the /offboard line, the forms, and clicks. It turns each into look-ups and one
// decision of the core, and answers the person privately.
//
// A [Service] handles what the transports decode. What must be durable is durable when it returns its [Ack]; the rest is its [Later].
// A command remembers its delivery, answers "looking up", and then finds the account: until the request is recorded nothing has
// happened, and the person can ask again. A click is decided and recorded before it is acknowledged.
//
// Who somebody is and what they may do is asked of the [Directory] each time, and an unclear answer counts as no. Everything a
// click carries but its sender is a hint: the request is our own record, and the click must come from that request's card.
//
// It knows neither slack-go nor any vendor, posts no card (the dispatcher does), and makes no provider call that changes anything.
package commands
