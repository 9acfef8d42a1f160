package page

import (
	"os"
	"testing"

	"offboard/internal/sandbox/browsertest"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Main{M: m}.Run()) }
