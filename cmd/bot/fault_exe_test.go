package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// plain is this test binary without the race detector, under which a replica is hardly ready when it is killed. Data races are other tests' to
// find.
var plain struct {
	once sync.Once
	dir  string
	err  error
}

// faultExe is what runs as a fault run's replica.
func faultExe(t *testing.T) string {
	t.Helper()
	if !raced {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		return exe
	}
	plain.once.Do(func() {
		if plain.dir, plain.err = os.MkdirTemp("", "faults-exe-"); plain.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "test", "-c", "-o", filepath.Join(plain.dir, "bot.test"), ".")
		if out, err := build.CombinedOutput(); err != nil {
			plain.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if plain.err != nil {
		t.Fatal("a test binary without the race detector:", plain.err)
	}
	return filepath.Join(plain.dir, "bot.test")
}

// removePlain must be called once no replica runs any more.
func removePlain() {
	if plain.dir != "" {
		_ = os.RemoveAll(plain.dir)
	}
}
