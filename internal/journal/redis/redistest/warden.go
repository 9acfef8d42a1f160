package redistest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// warden kills a server once this process is gone: a test binary that runs out of time, or is killed, runs none of its cleanups.
type warden struct {
	cmd  *exec.Cmd
	ours *os.File // closed by the end of this process, which is what the warden waits for
}

func watch(server *os.Process) (*warden, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("watch over redis-server: %w", err)
	}
	defer func() { _ = theirs.Close() }()
	cmd := exec.CommandContext(context.Background(), "sh", "-c", `read -r _; kill -9 "$1"`, "sh", strconv.Itoa(server.Pid))
	cmd.Stdin = theirs
	if err := cmd.Start(); err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("watch over redis-server: %w", err)
	}
	return &warden{cmd, ours}, nil
}

// dismiss ends the watch over a server that has ended: its number may be another process's soon.
func (w *warden) dismiss() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait() // it was killed
	_ = w.ours.Close()
}
