package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to do what is waited for: the machines of a CI are slow.
const patience = 30 * time.Second

// Server is one redis-server, or one Sentinel.
type Server struct {
	Port int
	Dir  string

	args []string
	cmd  *exec.Cmd
	out  *bytes.Buffer
	done chan struct{}
}

// Durable are the arguments of a server that has every write on its disk before it answers.
func Durable() []string { return []string{"--appendonly", "yes", "--appendfsync", "always"} }

// Start starts a server, and ends it with the test.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s, err := Run(t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Run starts a server in dir on a free port and waits until it answers. Whoever starts it kills it.
func Run(dir string, args ...string) (*Server, error) {
	var err error
	for range 5 { // somebody else may take the port first
		var port int
		if port, err = freePort(); err != nil {
			return nil, err
		}
		s := &Server{Port: port, Dir: dir, args: args}
		if err = s.Restart(); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// taken are the ports that were handed out, so that no two servers of one test get the same.
var taken = map[int]bool{}

// Servers get ports below those that the system hands out (from 32768 on Linux): one of those may be somebody else's by the time a server binds it.
const (
	lowest = 20000
	span   = 12000
)

// freePort finds a port that is free here, and 10000 above it too, where a node of a Cluster listens besides.
func freePort() (int, error) {
	ports.Lock()
	defer ports.Unlock()
	for range 100 {
		l, err := listen(0)
		if err != nil {
			return 0, fmt.Errorf("find a free port: %w", err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if port = port%span + lowest; taken[port] || !free(port) || !free(port+10000) {
			continue
		}
		taken[port] = true
		return port, nil
	}
	return 0, errors.New("no free port")
}

func listen(port int) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(context.Background(), "tcp4", "127.0.0.1:"+strconv.Itoa(port))
}

func free(port int) bool {
	l, err := listen(port)
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

// Addr is where it listens.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// Reconfigured starts it again with other arguments.
func (s *Server) Reconfigured(t testing.TB, args ...string) {
	t.Helper()
	s.Kill()
	s.args = args
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
}

// Restart starts it again in the same folder, on the same port.
func (s *Server) Restart() error {
	args := []string{"--port", strconv.Itoa(s.Port), "--bind", "127.0.0.1", "--dir", s.Dir, "--save", "", "--daemonize", "no"}
	return s.launch(append(args, s.args...))
}

func (s *Server) launch(args []string) error {
	s.out = &bytes.Buffer{}
	s.cmd = exec.CommandContext(context.Background(), "redis-server", args...)
	s.cmd.Stdout, s.cmd.Stderr, s.cmd.Dir = s.out, s.out, s.Dir
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server, which these tests need: %w", err)
	}
	w, err := watch(s.cmd.Process)
	if err != nil {
		_ = s.cmd.Process.Kill()
		return errors.Join(err, s.cmd.Wait())
	}
	done := make(chan struct{})
	s.done = done
	go func(c *exec.Cmd) { _ = c.Wait(); w.dismiss(); close(done) }(s.cmd)
	return s.awaitAnswer()
}

func (s *Server) awaitAnswer() error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if answer, err := s.Do("PING"); err == nil && ofRedis(answer) && !strings.HasPrefix(answer, "-LOADING") {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("redis-server ended: %s", s.out)
		case <-time.After(5 * time.Millisecond):
		}
	}
	s.Kill()
	return fmt.Errorf("redis-server does not answer on %s", s.Addr())
}

// ofRedis reports whether a PING was answered by Redis: it is well, or wants something else first.
func ofRedis(answer string) bool {
	return strings.HasPrefix(answer, "+") || strings.HasPrefix(answer, "-")
}

// Kill ends it at once, as a power cut would but for the disk.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.done
}

// Stop halts the process; its connections stay and nothing answers.
func (s *Server) Stop() { _ = s.cmd.Process.Signal(syscall.SIGSTOP) }

// Continue lets a halted process go on.
func (s *Server) Continue() { _ = s.cmd.Process.Signal(syscall.SIGCONT) }

// CopyData copies the files it has written.
func (s *Server) CopyData(t testing.TB) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(s.Dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ReplaceData puts other files in the place of its own; it must not be running.
func (s *Server) ReplaceData(t testing.TB, dir string) {
	t.Helper()
	if err := os.RemoveAll(s.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(s.Dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
}
