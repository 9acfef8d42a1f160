// Package story plays the bot's main job in a [town.Town], as the people would, and writes it down as a transcript.
//
// Each scene is a command, a card, clicks that are refused, the click that counts, the outcome in the thread and the lines in the audit
// channel. Then comes the attacker's chapter: one request, and ways to have it carried out that nobody has consented to, each of which must be
// refused in words and leave the account alone. At the end everything that was told is held against what had to be told, each once, and
// against what the providers themselves have on record; [Play] returns an error unless every outcome told is true.
//
// It sees the bot only as people do, through the workspace. What the people do with their hands and see with their eyes is behind [People]: they may act on the
// workspace itself, or each at a page of their own. What is nobody's click (a forged request, a provider that misbehaves, a change in the group)
// the story does by itself.
package story
