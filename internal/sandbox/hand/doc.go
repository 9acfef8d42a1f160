// Package hand makes by hand what nobody's client makes: what somebody sends who wants an account removed without the consent for it.
//
// A [Request] goes to the bot's own address, signed with any secret at any moment; [Click] is the body of a click that nobody made; [Copy] is a
// message that looks like a card and is none. Whoever uses it says what must come of it: it judges nothing.
package hand
