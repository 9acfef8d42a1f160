package town

// Slow is whose account it is that the policy with the cool-off is about, in the words that ask for it.
const Slow = Command + " priya.rao@example.com provider:zitadel-v1"

// Rules says in words what the configuration asks for, with the caps that the page's sandbox has.
func Rules() []string {
	return []string{
		"One approval is enough, within 24 hours. After 12 the approvers are reminded.",
		"It begins as soon as it is approved, or at the time it was asked for: within an hour, or not at all.",
		"zitadel-v1 deactivates with two approvals.",
		"zitadel-v1 cools off for 10 minutes before it touches an admin. Until then the card has a Stop button. Try Priya Rao.",
		"The seventh removal that one person has approved within an hour is held until somebody else releases it.",
		"One person may ask 10 times a day.",
	}
}
