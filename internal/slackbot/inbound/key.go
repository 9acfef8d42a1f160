package inbound

import (
	"crypto/sha256"
	"encoding/hex"
)

// digestKey names a delivery without giving away what it is made of: a trigger id opens forms, a body holds a response_url.
func digestKey(kind string, b []byte) string {
	sum := sha256.Sum256(b)
	return kind + ":" + hex.EncodeToString(sum[:])
}

// BodyKey is the key of a signed body: the same bytes are the same delivery (design §9).
func BodyKey(body []byte) string { return digestKey("body", body) }

// EnvelopeKeys are the keys of a Socket Mode delivery. A redelivery may come in an envelope of its own, so the payload counts too; two
// deeds of a person never have the same payload, because each has its own trigger id.
func EnvelopeKeys(envelope string, payload []byte) []string {
	return []string{digestKey("envelope", []byte(envelope)), digestKey("payload", payload)}
}
