package config

// Digest says how often the audit channel is told how approvals were given.
type Digest string

// The digests.
const (
	WeeklyDigest Digest = "weekly" // on Mondays at 09:00 UTC
	NoDigest     Digest = "off"
)

// Digests lists every Digest.
func Digests() []Digest { return []Digest{WeeklyDigest, NoDigest} }

func readDigest(top *fields) Digest {
	v, ok := top.optional("digest")
	if !ok {
		return WeeklyDigest
	}
	d, _ := choice(v, Digests())
	return d
}
