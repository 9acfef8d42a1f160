package main

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"

	"offboard/internal/sandbox/browsertest"
)

// sideBySide is how many tests run at once. They wait for a town and a bot much more than they compute.
const sideBySide = "16"

func TestMain(m *testing.M) {
	childMain() // a kill test's bot is this binary too
	flag.Parse()
	if err := flag.Set("test.parallel", sideBySide); err != nil {
		panic(err) // the flag is the testing package's own
	}
	goleak.VerifyTestMain(browsertest.Main{M: m}, goleak.Cleanup(func(code int) {
		removePlain()
		os.Exit(code)
	}))
}
