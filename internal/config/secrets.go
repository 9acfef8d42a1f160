package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"offboard/internal/secret"
)

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secret reads what a reference points to. Nothing of the value, nor of what was written in its place, is ever in a fault.
func (v value) secret() secret.String {
	kind, rest, ok := v.reference()
	if !ok {
		return secret.String{}
	}
	var content string
	if kind == "env" {
		if content = v.r.getenv(rest); content == "" {
			v.fault("needs the environment variable %s, which is not set or empty", rest)
			return secret.String{}
		}
	} else if content, ok = v.secretFile(rest); !ok {
		return secret.String{}
	}
	if strings.ContainsFunc(content, func(c rune) bool { return c <= ' ' || c > '~' }) {
		v.fault("points to a value with blanks, line breaks or special characters; a token or key has none")
		return secret.String{}
	}
	return secret.New(content)
}

// reference takes env:NAME or file:PATH apart without following it.
func (v value) reference() (kind, rest string, ok bool) {
	t, isText := v.text()
	if !isText {
		return "", "", false
	}
	kind, rest, _ = strings.Cut(t, ":")
	switch {
	case kind == "env" && envName.MatchString(rest):
	case kind == "env":
		v.fault("does not name an environment variable after env:; write it as in env:SLACK_BOT_TOKEN")
		return "", "", false
	case kind == "file" && rest != "":
	case t == "":
		v.fault("is empty; write env:NAME or file:PATH")
		return "", "", false
	default:
		v.fault("must not stand here in clear: put it into an environment variable or a file and write env:NAME or file:PATH. " +
			"If this file was shared, replace the secret")
		return "", "", false
	}
	return kind, rest, true
}

// Larger than any token or key file.
const secretFileMax = 64 << 10

// secretFile reads a file that nobody but its owner may use. Its group may only read it, with a warning: where secrets are mounted into a
// container, that is how the bot's own user gets at them.
func (v value) secretFile(path string) (string, bool) {
	path = v.r.resolve(path)
	info, err := os.Stat(path)
	if err != nil {
		v.fault("points to a file that cannot be read: %s", why(err))
		return "", false
	}
	switch {
	case !info.Mode().IsRegular():
		v.fault("points to something that is not a file")
		return "", false
	case info.Size() > secretFileMax:
		v.fault("points to a file of more than 64 KiB, which no secret needs")
		return "", false
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o037 != 0:
		v.fault("points to a file that others than its owner may use (mode %04o); run chmod 600 on it", info.Mode().Perm())
		return "", false
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o040 != 0:
		v.warn("points to a file that its group may read (mode %04o); run chmod 600 on it if others are in that group", info.Mode().Perm())
	}
	content, err := v.r.readFile(path)
	if err != nil {
		v.fault("points to a file that cannot be read: %s", why(err))
		return "", false
	}
	s := strings.TrimRight(string(content), "\r\n")
	if s == "" {
		v.fault("points to an empty file")
	}
	return s, s != ""
}

// why gives the reason of a file error without the path, which the excerpt shows.
func why(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// resolve lets a relative path start at the folder of the configuration file.
func (r *reader) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.file), path)
}
