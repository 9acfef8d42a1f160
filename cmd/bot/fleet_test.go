package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/fault"
)

// fleet is a town whose bot runs as several replicas, each a process of its own, on one real Redis.
type fleet struct {
	*stage
	server *redistest.Server
	all    []*replicaProcess
}

// replicaProcess is one replica.
type replicaProcess struct {
	f     *fleet
	cmd   *exec.Cmd
	out   *tape
	ended chan error
	base  string
}

func newFleet(t *testing.T, p props) *fleet {
	t.Helper()
	s, server := onRedis(t, p, redistest.Durable()...)
	f := &fleet{stage: s, server: server}
	t.Cleanup(f.end)
	return f
}

// end kills what still runs, and shows what was written where the test has failed.
func (f *fleet) end() {
	for _, r := range f.all {
		_ = r.cmd.Process.Kill() // it may have ended
		err := <-r.ended
		if f.t.Failed() {
			f.t.Logf("what %s wrote, which ended with %v:\n%s", cmp.Or(r.base, "a replica"), err, r.out.text())
		}
	}
}

// add starts a replica and waits until it is ready.
func (f *fleet) add() *replicaProcess {
	f.t.Helper()
	return f.addWith(f.file)
}

func (f *fleet) addWith(file string) *replicaProcess {
	f.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		f.t.Fatal(err)
	}
	r := &replicaProcess{f: f, cmd: exec.Command(exe, "serve", "--config", file), out: &tape{}, ended: make(chan error, 1)}
	r.cmd.Env = append(os.Environ(), childVar+"=1")
	for name, value := range f.env {
		r.cmd.Env = append(r.cmd.Env, name+"="+value)
	}
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	if err := r.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.all = append(f.all, r)
	go func() { r.ended <- r.cmd.Wait(); close(r.ended) }()
	f.until("a replica is ready", func() bool { return len(r.out.entries("ready")) > 0 || len(r.ended) > 0 })
	if len(r.ended) > 0 {
		f.t.Fatal("a replica ended and was never ready")
	}
	listen, _ := r.out.entries("ready")[0]["listen"].(string)
	r.base = "http://" + listen
	return r
}

// behind starts a replica that reaches Redis through a proxy.
func (f *fleet) behind(p *redistest.Proxy) *replicaProcess {
	f.t.Helper()
	file := filepath.Join(f.dir, "behind.yaml")
	f.variant(file, "redis://"+f.server.Addr(), "redis://"+p.Addr())
	return f.addWith(file)
}

// at lets what is delivered next arrive at a replica.
func (f *fleet) at(r *replicaProcess) *fleet {
	f.base = r.base
	return f
}

func (r *replicaProcess) signal(s syscall.Signal) {
	r.f.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.f.t.Fatal(err)
	}
}

// kill ends it as a power cut does, and returns when.
func (r *replicaProcess) kill() time.Time {
	r.f.t.Helper()
	r.signal(syscall.SIGKILL)
	at := time.Now()
	if err := <-r.ended; err == nil {
		r.f.t.Error("a replica ended by itself")
	}
	return at
}

// end stops it as an operator does. It must end well.
func (r *replicaProcess) end() {
	r.f.t.Helper()
	r.signal(syscall.SIGTERM)
	select {
	case err := <-r.ended:
		if err != nil {
			r.f.t.Errorf("a replica was stopped and ended with: %v", err)
		}
	case <-r.f.ctx.Done():
		r.f.t.Fatal("a replica does not stop")
	}
}

// stop halts it, and go on lets it run again as if no time had passed.
func (r *replicaProcess) stop() { r.signal(syscall.SIGSTOP) }

func (r *replicaProcess) wake() { r.signal(syscall.SIGCONT) }

// says waits until it has logged one of the messages.
func (r *replicaProcess) says(msgs ...string) {
	r.f.t.Helper()
	r.f.until("a replica says one of "+strings.Join(msgs, ", "), func() bool {
		for _, m := range msgs {
			if len(r.out.entries(m)) > 0 {
				return true
			}
		}
		return false
	})
}

// recorded reports whether a record of the first request holds the text.
func (f *fleet) recorded(text string) bool {
	f.t.Helper()
	id := f.server.Must(f.t, "HGET", "{offboard}numbers", "1")
	return strings.Contains(f.server.Must(f.t, "LRANGE", "{offboard}rec/"+id, "0", "-1"), text)
}

// halted reports whether the process stands still.
func (r *replicaProcess) halted() bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	return err == nil && strings.Contains(string(raw), ") T ")
}

// caller is the replica that makes a call.
func (f *fleet) caller() *replicaProcess {
	f.t.Helper()
	for _, r := range f.all {
		if len(r.out.entries("call")) > 0 {
			return r
		}
	}
	f.t.Fatal("no replica has made a call")
	return nil
}

// asked is how often ECGrid was asked anything.
func (f *fleet) asked() int { return len(f.town.ECGrid.Calls()) }

// slowly makes ECGrid take its time over the next question, and returns what waits until it has been asked.
func (f *fleet) slowly(d time.Duration) (asked func()) {
	before := f.asked()
	f.town.ECGrid.Faults().Set("read", fault.Fault{Mode: fault.Slow, Delay: d, Times: 1})
	return func() {
		f.t.Helper()
		f.until("ECGrid is asked", func() bool { return f.asked() > before })
	}
}

// addQuiet starts a replica, and waits until its own first look at ECGrid is over.
func (f *fleet) addQuiet() *replicaProcess {
	f.t.Helper()
	before := f.asked()
	r := f.add()
	f.until("it has looked at ECGrid", func() bool { return f.asked() > before })
	return r
}

// over waits until Dana's end is audited, and holds that she was called for once.
func (f *fleet) over(cardTS string) {
	f.t.Helper()
	f.until("the end is audited", func() bool { return len(f.audited(" completed ")) > 0 })
	f.onceDone(cardTS)
}

// readyz is whether a replica says that it is ready.
func (f *fleet) readyz(base string) bool { return ready(f.ctx, base) }
