package browsertest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// passing makes a folder that goes away when remove is called, and also when this process ends in whatever way: a shell of its own waits for either.
func passing() (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp("", "offboard-chromium-")
	if err != nil {
		return "", nil, fmt.Errorf("a folder for the browser: %w", err)
	}
	// What the browser still writes while it dies can make the first rm fail.
	janitor := exec.CommandContext(context.Background(), "sh", "-c", `cat; rm -rf "$0" 2>/dev/null || { sleep 2; rm -rf "$0"; }`, dir)
	janitor.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for the tests
	held, err := janitor.StdinPipe()
	if err == nil {
		err = janitor.Start()
	}
	if err != nil {
		return "", nil, fmt.Errorf("what removes the browser's folder: %w", err)
	}
	return dir, func() error { return swept(held, janitor) }, nil
}

func swept(held io.Closer, janitor *exec.Cmd) error {
	_ = held.Close()
	if err := janitor.Wait(); err != nil {
		return fmt.Errorf("remove the browser's folder: %w", err)
	}
	return nil
}
