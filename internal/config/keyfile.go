package config

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
)

// keyFileLacks says why a file is not the JSON key of a service account (facts/providers.md: type, keyId, key and userId, RS256);
// empty when it is one. It never quotes the file.
func keyFileLacks(content string) string {
	var k struct{ Type, KeyID, Key, UserID string }
	if err := json.Unmarshal([]byte(content), &k); err != nil {
		return "it is not JSON"
	}
	switch {
	case k.Type != "serviceaccount":
		return `its "type" is not "serviceaccount"`
	case k.KeyID == "":
		return `it has no "keyId"`
	case k.UserID == "":
		return `it has no "userId"`
	case !rsaPEM(k.Key):
		return `its "key" is not an RSA private key in PEM form`
	default:
		return ""
	}
}

func rsaPEM(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return true
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return false
	}
	_, ok := key.(*rsa.PrivateKey)
	return ok
}
