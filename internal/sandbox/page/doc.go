// Package page shows a [town.Town] in a browser: the channels as a person sees them, in that person's time zone, and beside them what the
// local providers have on record and which calls they received, the bot's journal, how Slack itself can be made to misbehave, the time, and attacks to
// try. Whoever looks chooses who they are, types commands, presses buttons and fills in forms; the bot notices no difference to Slack.
//
// The whole state, as one person sees it, goes to the page by server-sent events ([Serve], state.go); what people do comes back as small JSON requests
// (act.go). In assets, app.js draws the state: blocks/ has Block Kit, channel/ what people know of Slack around it, beside/ the other side.
//
// [Serve] answers on loopback only, to its own page only: a request whose Host is not the page's own address is refused (DNS
// rebinding), and so is one that changes something and does not come from the page's own origin. The page loads nothing from anywhere
// else, and no text that a provider or a person wrote becomes HTML. A file is given as a download, whatever it is, and only pictures are shown.
//
// It keeps nothing, asks the bot nothing, and tells it nothing but through the workspace; what the bot has on record is read from its journal.
package page
