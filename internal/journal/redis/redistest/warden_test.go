package redistest_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"offboard/internal/journal/redis/redistest"
)

const childVar = "OFFBOARD_TEST_REDIS_DIR"

// TestServersDieWithTheirTest: a test binary that is killed leaves no server behind, not even one that stands still.
func TestServersDieWithTheirTest(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(childVar); dir != "" {
		child(dir)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childVar+"="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	port, also := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || also != nil {
		t.Fatalf("the child says %q, %v", line, err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	s := redistest.Server{Port: port}
	redistest.Eventually(t, "the server is gone", func() bool {
		_, err := s.Do("PING")
		return err != nil && strings.Contains(err.Error(), "refused")
	})
}

// child starts a server, halts it, and waits for its own end.
func child(dir string) {
	s, err := redistest.Run(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	s.Stop()
	fmt.Println(s.Port)
	select {}
}
