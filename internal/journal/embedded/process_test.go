package embedded_test

import (
	"bufio"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
)

// The test binary starts itself again as another process; these say as what and on which file.
const (
	roleVar = "OFFBOARD_JOURNAL_TEST_ROLE"
	pathVar = "OFFBOARD_JOURNAL_TEST_PATH"
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVar); role {
	case "":
		os.Exit(m.Run())
	case "second":
		os.Exit(beSecond(os.Getenv(pathVar)))
	case "crowd":
		fmt.Fprintln(os.Stderr, beCrowd(os.Getenv(pathVar), os.Getenv(taskVar)))
		os.Exit(1)
	case "writer":
		fmt.Fprintln(os.Stderr, beWriter(os.Getenv(pathVar)))
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(2)
	}
}

func child(t *testing.T, role, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), roleVar+"="+role, pathVar+"="+path)
	c.Stderr = os.Stderr
	return c
}

// beSecond opens a file and prints what came of it.
func beSecond(path string) int {
	j, err := embedded.Open(path)
	if err == nil {
		err = j.Close()
	}
	fmt.Println(errors.Is(err, journal.ErrBusy), err)
	return 0
}

func TestSecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := open(t, path)
	begun := time.Now()
	out, err := child(t, "second", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "true open " + path + ": journal: another process has it open\n"
	if string(out) != want {
		t.Errorf("the second process says %q, want %q", out, want)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := j.Info(t.Context()); err != nil {
		t.Errorf("the first process: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := child(t, "second", path).Output(); err != nil || string(out) != "false <nil>\n" {
		t.Errorf("after the first process let go: %q, %v", out, err)
	}
}

// writers is how many goroutines append in the process that is killed.
const writers = 6

// beWriter appends for ever and prints each append once it is acknowledged: its log's id, version, number, and whether the log now holds
// its key. It never ends by itself.
func beWriter(path string) error {
	j, err := embedded.Open(path)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	tell := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = os.Stdout.WriteString(line)
	}
	failed := make(chan error)
	for range writers {
		go func() {
			for {
				if err := writeOne(j, crand.Text(), tell); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// writeOne gives a log a life of a few appends: it reserves its key, and in half of the logs releases it at the end.
func writeOne(j journal.Journal, id string, tell func(string)) error {
	l := journal.Log{ID: id}
	for step := range 4 {
		w := journal.Write{ID: id, Expect: l.Version(), Now: time.Now(), Wake: time.Now(), Open: true, Keep: time.Hour}
		w.Records = journal.Seal(l, journal.Draft{Body: []byte(`{"id":"` + id + `"}`), Chained: true}, journal.Draft{Body: []byte(`{}`)})
		w.Deliveries = []string{id + strconv.Itoa(step)}
		held := true
		switch {
		case step == 0:
			w.Reserve = []journal.Reservation{{Key: "key " + id}}
		case step == 3 && id[0]%2 == 0:
			w.Release, w.Open, held = []string{"key " + id}, false, false
		}
		n, err := j.Append(context.Background(), w)
		if err != nil {
			return err
		}
		l.Records = append(l.Records, w.Records...)
		tell(fmt.Sprintf("%s %d %d %t\n", id, l.Version(), n, held))
	}
	return nil
}

// acked is what a killed process had been told of a log.
type acked struct{ version, number int }

// TestKilled kills a writing process with SIGKILL 50 times, on one file, and finds every append that was acknowledged.
func TestKilled(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	path := newPath(t)
	told := map[string]acked{}
	for range 50 {
		killOne(t, path, dice, told)
		checkTold(t, path, told)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d logs survived", len(told))
	if len(told) < 100 {
		t.Errorf("only %d logs were written: the test shows nothing", len(told))
	}
}

// killOne runs a writer until it has acknowledged a random number of appends and a random time after that has passed.
func killOne(t *testing.T, path string, dice *rand.Rand, told map[string]acked) {
	t.Helper()
	c := child(t, "writer", path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines, after := dice.IntN(40), time.Duration(dice.IntN(20_000))*time.Microsecond
	in := bufio.NewReader(out)
	for n := 0; ; n++ {
		if n == lines {
			time.AfterFunc(after, func() { _ = c.Process.Kill() })
		}
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		hear(t, line, told)
	}
	if err := c.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the writer ended by itself: %v", err)
	}
}

func hear(t *testing.T, line string, told map[string]acked) {
	t.Helper()
	var id string
	var held bool
	var a acked
	if _, err := fmt.Sscan(line, &id, &a.version, &a.number, &held); err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	told[id] = a
}

// checkTold opens the file and holds it against everything that was ever acknowledged, and against itself.
func checkTold(t *testing.T, path string, told map[string]acked) {
	t.Helper()
	j, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	logs := map[string]journal.Log{}
	err = j.Each(t.Context(), func(l journal.Log) error {
		logs[l.ID] = l
		checkHolder(t, j, l)
		return journal.Verify(l)
	})
	if err != nil {
		t.Error(err)
	}
	for id, a := range told {
		if l := logs[id]; l.Version() < a.version || l.Number != a.number {
			t.Errorf("acknowledged: %s as number %d at version %d; found number %d at %d", id, a.number, a.version, l.Number, l.Version())
		}
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// checkHolder expects that a log's listing and reservation stand as its last append wrote them together.
func checkHolder(t *testing.T, j journal.Journal, l journal.Log) {
	t.Helper()
	holder, err := j.Holder(t.Context(), "key "+l.ID)
	if err != nil && !errors.Is(err, journal.ErrNotFound) {
		t.Error(err)
	}
	if (holder == l.ID) != l.Open {
		t.Errorf("%s at version %d: open %t, its key is held by %q", l.ID, l.Version(), l.Open, holder)
	}
	if l.Version()%2 != 0 {
		t.Errorf("%s: half of a write: version %d", l.ID, l.Version())
	}
}
