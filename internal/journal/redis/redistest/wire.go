package redistest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var ports sync.Mutex

// Do sends a command on a connection of its own and returns the answer as it came: "+PONG", "-ERR …", ":1", or a bulk string's text.
// The entries of an array stand one a line.
func (s *Server) Do(words ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp4", s.Addr())
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	if _, err := io.WriteString(c, b.String()); err != nil {
		return "", err
	}
	return read(bufio.NewReader(c))
}

func read(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	n, err := strconv.Atoi(line[1:])
	switch {
	case line[0] == '$' && err == nil && n >= 0:
		text := make([]byte, n+2)
		_, err := io.ReadFull(r, text)
		return string(text[:n]), err
	case line[0] == '*' && err == nil:
		parts := make([]string, max(0, n))
		for i := range parts {
			if parts[i], err = read(r); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, "\n"), nil
	default:
		return line, nil
	}
}

// Must sends a command that has to succeed.
func (s *Server) Must(t testing.TB, words ...string) string {
	t.Helper()
	answer, err := s.Do(words...)
	if err != nil || strings.HasPrefix(answer, "-") {
		t.Fatalf("%s: %s %v", strings.Join(words, " "), answer, err)
	}
	return answer
}

// Await asks until the answer holds the text.
func (s *Server) Await(t testing.TB, text string, words ...string) {
	t.Helper()
	Eventually(t, fmt.Sprintf("%v answers %q", words, text), func() bool {
		answer, err := s.Do(words...)
		return err == nil && strings.Contains(answer, text)
	})
}

// Eventually waits until the condition holds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("after %s still not: %s", patience, what)
}
