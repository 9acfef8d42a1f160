package zitadel

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"offboard/internal/secret"
)

const (
	tokenPath    = "/oauth/v2/token"
	tokenTimeout = 20 * time.Second
	maxTokenBody = 64 << 10
	jwtBearer    = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	// An assertion is dated back a little, for clocks that differ, and lives shortly.
	assertionBack = time.Minute
	assertionLife = 5 * time.Minute
)

// scopes of every token: without the last one a token is issued and each call is 401 AUTH-7fs1e (facts/providers.md).
var scopes = []string{"openid", "urn:zitadel:iam:org:project:id:zitadel:aud"}

// signIn gives access tokens, one fetch at a time, and keeps the last one while it is valid.
type signIn struct {
	fixed   secret.Source // a personal access token; nil in the other modes
	secret  secret.Source // what access tokens are got with: a client's secret, or a key
	ask     func(credential secret.String, now time.Time) (*clientcredentials.Config, error)
	client  *http.Client
	turn    chan struct{} // held by the one fetch that may be under way
	current atomic.Pointer[oauth2.Token]
}

// newSignIn makes the bot's sign-in. client is the one that asks the token endpoint.
func newSignIn(c Config, client *http.Client) (*signIn, error) {
	client.Transport = wholeBody{client.Transport}
	client.Timeout = tokenTimeout
	s := &signIn{client: client, turn: make(chan struct{}, 1)}
	switch {
	case !secret.Empty(c.Token):
		s.fixed = c.Token
	case !secret.Empty(c.Key):
		s.secret, s.ask = c.Key, c.askByKey
		if _, err := parseKey([]byte(c.Key.Get().Reveal())); err != nil {
			return nil, err
		}
	default:
		s.secret, s.ask = c.ClientSecret, c.askByClient
	}
	return s, nil
}

func (c Config) askByClient(credential secret.String, _ time.Time) (*clientcredentials.Config, error) {
	return &clientcredentials.Config{
		TokenURL: c.URL + tokenPath, Scopes: scopes,
		ClientID: c.ClientID.Get().Reveal(), ClientSecret: credential.Reveal(), AuthStyle: oauth2.AuthStyleInHeader,
	}, nil
}

func (c Config) askByKey(credential secret.String, now time.Time) (*clientcredentials.Config, error) {
	k, err := parseKey([]byte(credential.Reveal()))
	if err != nil {
		return nil, err
	}
	return k.ask(c.URL, now)
}

// wholeBody reads an answer to its end before it is handed on, so that a cut connection is an error of the transport and not one of
// the JSON in it.
type wholeBody struct{ next http.RoundTripper }

func (w wholeBody) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, maxTokenBody))
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// token returns an access token that is good for now.
func (s *signIn) token(ctx context.Context) (string, error) {
	if s.fixed != nil {
		return s.fixed.Get().Reveal(), nil
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "", tokenFailed(ctx.Err())
	}
	defer func() { <-s.turn }()
	t, err := oauth2.ReuseTokenSource(s.current.Load(), source(func() (*oauth2.Token, error) { return s.fetch(ctx) })).Token()
	if err != nil {
		return "", tokenFailed(err)
	}
	s.current.Store(t)
	return t.AccessToken, nil
}

// drop forgets a token that ZITADEL did not accept; it reports whether another one can be had.
func (s *signIn) drop(refused string) bool {
	if s.fixed != nil {
		_, other := s.fixed.Instead(secret.New(refused))
		return other
	}
	if t := s.current.Load(); t != nil && t.AccessToken == refused {
		s.current.CompareAndSwap(t, nil)
	}
	return true
}

// fetch asks for a token within the context of the call that needs it, and once more where the credential was refused and there is another.
func (s *signIn) fetch(ctx context.Context) (*oauth2.Token, error) {
	credential := s.secret.Get()
	t, err := s.fetchWith(ctx, credential)
	if !credentialRefused(err) {
		return t, err
	}
	if other, ok := s.secret.Instead(credential); ok {
		return s.fetchWith(ctx, other)
	}
	return t, err
}

func (s *signIn) fetchWith(ctx context.Context, credential secret.String) (*oauth2.Token, error) {
	c, err := s.ask(credential, time.Now())
	if err != nil {
		return nil, err
	}
	return c.Token(context.WithValue(ctx, oauth2.HTTPClient, s.client))
}

// source is a function as the token source that golang.org/x/oauth2 wants.
type source func() (*oauth2.Token, error)

// Token calls the function.
func (f source) Token() (*oauth2.Token, error) { return f() }

// serviceKey is a service account's private key.
type serviceKey struct {
	id, user string
	private  *rsa.PrivateKey
}

// parseKey reads a key file. Its errors hold nothing of the file.
func parseKey(file []byte) (serviceKey, error) {
	var k struct{ Type, KeyID, Key, UserID string }
	if err := json.Unmarshal(file, &k); err != nil {
		return serviceKey{}, errors.New("key_file: is not JSON")
	}
	if k.Type != "serviceaccount" || k.KeyID == "" || k.UserID == "" {
		return serviceKey{}, errors.New("key_file: is not the key of a service account, with type, keyId, key and userId")
	}
	private, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(k.Key))
	if err != nil {
		return serviceKey{}, errors.New("key_file: its key is not an RSA private key in PEM")
	}
	return serviceKey{id: k.KeyID, user: k.UserID, private: private}, nil
}

// ask is a request by the JWT profile: the assertion names the issuer as its audience, and the scope travels as a form value
// (golang.org/x/oauth2/jwt would put it into the assertion, where ZITADEL does not look).
func (k serviceKey) ask(issuer string, now time.Time) (*clientcredentials.Config, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer: k.user, Subject: k.user, Audience: jwt.ClaimStrings{issuer},
		IssuedAt: jwt.NewNumericDate(now.Add(-assertionBack)), ExpiresAt: jwt.NewNumericDate(now.Add(assertionLife)),
	})
	t.Header["kid"] = k.id
	signed, err := t.SignedString(k.private)
	if err != nil {
		return nil, errors.New("signing the assertion")
	}
	return &clientcredentials.Config{
		TokenURL: issuer + tokenPath, Scopes: scopes, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"grant_type": {jwtBearer}, "assertion": {signed}},
	}, nil
}
