// Package manifest is the Slack app as data: what is pasted into Slack to create it.
//
// [Socket] gives the manifest for Socket Mode, which is also manifest.yml at the root of the repository, and [HTTP] the one for signed
// requests to an address of ours. Both ask for [Scopes] and nothing more: the scopes that the Web API methods in [Methods] need, which
// are the ones the bot calls. A test holds the three against each other and against the code.
//
// What it does not do: create the app, or know a workspace.
package manifest

import (
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"text/template"
)

//go:embed manifest.yml.tmpl
var text string

var form = template.Must(template.New("manifest").Parse(text))

// Command is the slash command that the manifest declares. Another name is possible: in the app's settings and as slack.command.
const Command = "/offboard"

type content struct {
	Command string
	Scopes  []string
	URL     string // empty for Socket Mode
}

// Socket gives the manifest for Socket Mode, as YAML.
func Socket() []byte { return render(content{Command: Command, Scopes: Scopes()}) }

// HTTP gives the manifest for an app that Slack reaches at baseURL, as YAML. The base URL is https and has no path, as in
// https://offboard.example.com; what else it has is named in the error.
func HTTP(baseURL string) ([]byte, error) {
	if err := checkBase(baseURL); err != nil {
		return nil, fmt.Errorf("manifest URL: %w", err)
	}
	return render(content{Command: Command, Scopes: Scopes(), URL: strings.TrimSuffix(baseURL, "/")}), nil
}

func checkBase(baseURL string) error {
	u, err := url.Parse(baseURL)
	switch {
	case err != nil || strings.ContainsAny(baseURL, " \"'\\"):
		return errors.New("is not a URL; write it as in https://offboard.example.com")
	case u.Scheme != "https" || u.Opaque != "" || u.Hostname() == "":
		return errors.New("must be https with a host, as in https://offboard.example.com: Slack calls nothing else")
	case u.User != nil:
		return errors.New("has a user name or password; take it out")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(baseURL, "#"):
		return errors.New("has a path, query or fragment; end it after the host: the bot's paths are fixed")
	}
	return nil
}

func render(c content) []byte {
	var out strings.Builder
	if err := form.Execute(&out, c); err != nil {
		panic(err) // the template and its data are constants of this package
	}
	return []byte(out.String())
}
