package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// shape is what a text must look like, and how people call that.
type shape struct {
	fits func(string) bool
	what string
}

func pattern(expression, what string) shape {
	return shape{fits: regexp.MustCompile(expression).MatchString, what: what}
}

// The shapes of ids and names. Slack's ids are capital letters and digits behind a letter that says what they are of.
var (
	teamID       = pattern(`^[TE][A-Z0-9]+$`, "a workspace id: T (or E) and capital letters or digits, as in T0123456")
	appID        = pattern(`^A[A-Z0-9]+$`, "an app id: A and capital letters or digits, as in A0123456")
	channelID    = pattern(`^[CG][A-Z0-9]+$`, "a channel id: C (or G) and capital letters or digits, as in C0123456; a #name does not do")
	userID       = pattern(`^[UW][A-Z0-9]+$`, "a user id: U (or W) and capital letters or digits, as in U0123456; a name does not do")
	groupID      = pattern(`^S[A-Z0-9]+$`, "a user group id: S and capital letters or digits, as in S0123456; a @name does not do")
	providerName = pattern(`^[a-z0-9_-]{1,40}$`, "a provider name: a-z, 0-9, - and _, at most 40 characters")
	commandName  = pattern(`^/[\p{Ll}\p{Lo}\p{N}_-]{1,31}$`, "a slash command: / and up to 31 small letters, digits, - or _")
	quotaName    = pattern(`^[\pL\pN](?:[\pL\pN &_-]{0,38}[\pL\pN])?$`, "a short name: letters, digits, blanks, &, - and _, at most 40 characters")
	oneWord      = pattern(`^[^\s\p{C}]{1,200}$`, "one word without blanks")
	listenAddr   = shape{fits: isListen, what: "an address to listen on, as in 127.0.0.1:8080"}
)

func isListen(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, " \t/") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

// address reads the URL of a service: https, or http on loopback, where nobody listens in; and nothing but scheme, host and path.
func (v value) address() (string, bool) {
	t, ok := v.text()
	if !ok {
		return "", false
	}
	u, err := url.Parse(t)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		v.fault("is not a URL; write it with its scheme, as in https://id.example.com")
	case u.User != nil:
		v.fault("has a user name or password in the URL; take it out")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(t, "#"):
		v.fault("has a query or a fragment; end the URL after its path")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.fault("must be https; http is for 127.0.0.1, ::1 and localhost alone")
	default:
		return strings.TrimRight(u.String(), "/"), true
	}
	return "", false
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
