package wire

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"offboard/internal/providers"
)

// raw is a server that answers each request with these very bytes, sent a piece at a time, and says in how many connections
// they were asked for.
func raw(t *testing.T, keep bool, pieces ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go speak(t, conn, keep, pieces)
		}
	}()
	return "http://" + l.Addr().String()
}

func speak(t *testing.T, conn net.Conn, keep bool, pieces []string) {
	defer func() { _ = conn.Close() }()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-t.Context().Done():
			_ = conn.Close()
		case <-stop:
		}
	}()
	in := bufio.NewReader(conn)
	for again := true; again; again = keep {
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		for _, p := range pieces {
			if p == silence {
				_, _ = in.ReadByte() // until the other side has gone
				return
			}
			if _, err := conn.Write([]byte(p)); err != nil {
				return
			}
		}
	}
}

const silence = "(says no more)"

// TestServersOfEveryMake: what HTTP allows and our own servers never do. A whole answer is an answer however it comes; of half an
// answer nothing is believed.
func TestServersOfEveryMake(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
	tmp, unk := providers.Temporary, providers.UnknownOutcome
	for name, c := range map[string]struct {
		keep        bool
		pieces      []string
		read, write providers.Kind
	}{
		"to the end of the connection": {false, []string{"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n", `{"a":`, `1}`}, "", ""},
		"small header names":           {true, []string{head + "content-length: 2\r\n\r\n{}"}, "", ""},
		"in chunks":                    {true, []string{head + "transfer-encoding: chunked\r\n\r\n", "1\r\n{\r\n", "1\r\n}\r\n", "0\r\n\r\n"}, "", ""},
		"hints before the answer":      {true, []string{"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", head + "content-length: 2\r\n\r\n{}"}, "", ""},
		"closes without saying so":     {false, []string{head + "content-length: 2\r\n\r\n{}"}, "", ""},
		"204 that says its type":       {true, []string{"HTTP/1.1 204 No Content\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n"}, "", ""},
		"less than it promised":        {false, []string{head + "content-length: 9\r\n\r\n{}"}, tmp, unk},
		"chunks without an end":        {false, []string{head + "transfer-encoding: chunked\r\n\r\n", "2\r\n{}\r\n"}, tmp, unk},
		"a body that stays away":       {false, []string{head + "content-length: 2\r\n\r\n", silence}, tmp, unk},
		"not HTTP":                     {false, []string{"220 ready\r\n"}, tmp, unk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			patience := 20 * time.Second
			if c.pieces[len(c.pieces)-1] == silence {
				patience = 100 * time.Millisecond
			}
			cl := client(t, raw(t, c.keep, c.pieces...)+"/base/", func(o *Options) { o.ReadTimeout, o.WriteTimeout = patience, patience })
			for range 3 { // the second and third may meet the first's connection, closed
				_, err := cl.Read(t.Context(), "read", http.MethodPost, "/x", nil, map[string]string{"a": "b"})
				if got := asked(err); (err == nil) != (c.read == "") || got.Kind != c.read {
					t.Errorf("read: %v, want %q", err, c.read)
				}
			}
			_, err := cl.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil)
			if got := asked(err); (err == nil) != (c.write == "") || got.Kind != c.write || got.NotSent || strings.Contains(got.Error(), "220") {
				t.Errorf("write: %v, want %q", err, c.write)
			}
		})
	}
}
