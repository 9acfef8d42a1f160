package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"offboard/internal/secret"
)

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secret reads what a reference points to. Nothing of the value, nor of what was written in its place, is ever in a fault. A file is read again while
// the bot runs; the environment of a process does not change.
func (v value) secret() secret.Source {
	kind, rest, ok := v.reference()
	switch {
	case !ok:
		return nil
	case kind == "file":
		return v.fileSecret(rest, oneToken)
	}
	content := v.r.getenv(rest)
	if content == "" {
		v.fault("needs the environment variable %s, which is not set or empty", rest)
		return nil
	}
	if err := oneToken(content); err != nil {
		v.fault("%s", err)
		return nil
	}
	return secret.New(content)
}

// oneToken refuses what can be no token or key.
func oneToken(content string) error {
	if strings.ContainsFunc(content, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return errors.New("points to a value with blanks, line breaks or special characters; a token or key has none")
	}
	return nil
}

// fileSecret reads a secret file, now and whenever it has changed.
func (v value) fileSecret(path string, good func(content string) error) secret.Source {
	path = v.r.resolve(path)
	readFile := v.r.readFile
	f, err := secret.Open(v.name(), path, func() (string, error) {
		content, err := readSecret(path, readFile)
		if err == nil {
			err = good(content)
		}
		return content, err
	})
	if err != nil {
		v.fault("%s", err)
		return nil
	}
	if mode, shared := sharedWithGroup(path); shared {
		v.warn("points to a file that its group may read (mode %04o); run chmod 600 on it if others are in that group", mode)
	}
	v.r.files = append(v.r.files, f)
	return f
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

// readSecret reads a file that nobody but its owner may use. Its group may only read it: where secrets are mounted into a container, that is how the
// bot's own user gets at them. The errors say what the file is to the key that points to it.
func readSecret(path string, readFile func(string) ([]byte, error)) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("points to a file that cannot be read: %s", why(err))
	case !info.Mode().IsRegular():
		return "", errors.New("points to something that is not a file")
	case info.Size() > secretFileMax:
		return "", errors.New("points to a file of more than 64 KiB, which no secret needs")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o037 != 0:
		return "", fmt.Errorf("points to a file that others than its owner may use (mode %04o); run chmod 600 on it", info.Mode().Perm())
	}
	content, err := readFile(path)
	if err != nil {
		return "", fmt.Errorf("points to a file that cannot be read: %s", why(err))
	}
	s := strings.TrimRight(string(content), "\r\n")
	if s == "" {
		return "", errors.New("points to an empty file")
	}
	return s, nil
}

func sharedWithGroup(path string) (fs.FileMode, bool) {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" {
		return 0, false
	}
	return info.Mode().Perm(), info.Mode().Perm()&0o040 != 0
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
