package workspace

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign returns the X-Slack-Signature of a body for a timestamp, as the header carries both.
func (w *Workspace) Sign(body []byte, timestamp string) string {
	return Sign(w.cfg.SigningSecret, body, timestamp)
}

// Sign returns Slack's signature: v0= and the hexadecimal HMAC-SHA256 of "v0:timestamp:body".
func Sign(secret string, body []byte, timestamp string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
