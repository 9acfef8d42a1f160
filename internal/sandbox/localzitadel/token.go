package localzitadel

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	projectScope  = "urn:zitadel:iam:org:project:id:zitadel:aud" // without it a token opens nothing
	jwtBearer     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	tokenLifetime = 12 * time.Hour
)

// AddToken gives a user a personal access token.
func (s *Server) AddToken(user, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[value] = token{user: user, project: true}
}

// RevokeTokens ends all tokens of a user, issued and personal.
func (s *Server) RevokeTokens(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropTokens(user)
}

// AddClient gives a user a client id and secret.
func (s *Server) AddClient(user, id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[id] = client{user: user, secret: secret}
}

// NewKey makes a key pair for a user and returns the key file as it would be downloaded, private key included.
func (s *Server) NewKey(user, id string) ([]byte, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("generate key: %w", err)
	}
	return s.AddKey(user, id, private)
}

// AddKey gives a user a key pair and returns its key file.
func (s *Server) AddKey(user, id string, private *rsa.PrivateKey) ([]byte, error) {
	s.mu.Lock()
	s.keys[id] = key{user: user, public: &private.PublicKey}
	s.mu.Unlock()
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}
	return json.Marshal(map[string]string{
		"type": "serviceaccount", "keyId": id, "key": string(pem.EncodeToMemory(block)), "userId": user,
	})
}

// tokenFailure is an error of the token endpoint: OAuth's shape, not the API's.
type tokenFailure struct {
	status      int
	code        string
	description string
}

// The token errors as observed: an assertion that does not hold is answered with a 500.
var (
	wrongSecret     = &tokenFailure{400, "invalid_request", "Errors.User.Machine.Secret.Invalid"}
	unknownClient   = &tokenFailure{400, "invalid_client", "Errors.User.NotFound"}
	userInactive    = &tokenFailure{400, "invalid_request", "Errors.User.NotActive"}
	badAssertion    = &tokenFailure{500, "server_error", "Errors.Internal"}
	unsupportedType = &tokenFailure{400, "unsupported_grant_type", ""}
)

func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		writeJSON(w, http.StatusBadRequest, object("error", "invalid_request"))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user, f := s.grantee(r)
	if f == nil && s.users[user].State != Active {
		f = userInactive
	}
	if f != nil {
		writeJSON(w, f.status, object("error", f.code, "error_description", f.description))
		return
	}
	value := "issued-" + rand.Text()
	s.tokens[value] = token{user: user, project: slices.Contains(strings.Fields(r.PostForm.Get("scope")), projectScope)}
	writeJSON(w, http.StatusOK, object("access_token", value, "token_type", "Bearer", "expires_in", int(tokenLifetime.Seconds())))
}

// grantee gives the user to whom a token is owed.
func (s *Server) grantee(r *http.Request) (string, *tokenFailure) {
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
		return s.byClient(r)
	case jwtBearer:
		return s.byAssertion(r.PostForm.Get("assertion"))
	}
	return "", unsupportedType
}

func (s *Server) byClient(r *http.Request) (string, *tokenFailure) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(pass)
	}
	c, ok := s.clients[id]
	if !ok {
		return "", unknownClient
	}
	if c.secret != secret {
		return "", wrongSecret
	}
	return c.user, nil
}

// byAssertion checks signature, audience, validity and that the key belongs to the one it speaks for.
func (s *Server) byAssertion(assertion string) (string, *tokenFailure) {
	var claims jwt.RegisteredClaims
	var owner string
	_, err := jwt.ParseWithClaims(assertion, &claims, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		k, ok := s.keys[id]
		if !ok {
			return nil, fmt.Errorf("key %q: unknown", id)
		}
		owner = k.user
		return k.public, nil
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(s.issuer), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	if err != nil || claims.Issuer != owner || claims.Subject != owner {
		return "", badAssertion
	}
	return owner, nil
}
