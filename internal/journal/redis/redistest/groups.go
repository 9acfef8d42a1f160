package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// MasterName is how the Sentinels call their master.
const MasterName = "approvals"

// replicator may follow a master and nothing else, so that a test can shut replication out and leave everything else as it is.
var replicator = []string{"--user", "replicator", "on", ">follow", "+psync", "+replconf", "+ping"}

var follows = append([]string{"--masteruser", "replicator", "--masterauth", "follow", "--repl-diskless-sync-delay", "0"}, replicator...)

// Guarded is a master with its replicas and three Sentinels that watch them.
type Guarded struct {
	Master    *Server
	Replicas  []*Server
	Sentinels []*Server
}

// StartGuarded starts them and waits until all know each other.
func StartGuarded(t testing.TB) *Guarded {
	t.Helper()
	g := &Guarded{Master: Start(t, append(Durable(), follows...)...)}
	for range 2 {
		args := append(Durable(), follows...)
		g.Replicas = append(g.Replicas, Start(t, append(args, "--replicaof", "127.0.0.1", strconv.Itoa(g.Master.Port))...))
	}
	for _, r := range g.Replicas {
		r.Await(t, "master_link_status:up", "INFO", "replication")
	}
	for range 3 {
		g.Sentinels = append(g.Sentinels, startSentinel(t, g.Master))
	}
	for _, s := range g.Sentinels {
		s.Await(t, "slaves=2,sentinels=3", "INFO", "sentinel")
	}
	return g
}

func startSentinel(t testing.TB, master *Server) *Server {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor %[1]s 127.0.0.1 %[2]d 2\nsentinel down-after-milliseconds %[1]s 1000\n"+
		"sentinel failover-timeout %[1]s 5000\n", MasterName, master.Port)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Port: port, Dir: dir}
	if err := s.launch([]string{file, "--sentinel", "--port", strconv.Itoa(port), "--bind", "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Addrs are where the Sentinels listen.
func (g *Guarded) Addrs() []string {
	var out []string
	for _, s := range g.Sentinels {
		out = append(out, s.Addr())
	}
	return out
}

// ShutOut cuts the replicas off from the master, and nothing else.
func (g *Guarded) ShutOut(t testing.TB) {
	t.Helper()
	g.Master.Must(t, "ACL", "SETUSER", "replicator", "off")
	g.Master.Must(t, "CLIENT", "KILL", "TYPE", "replica")
	g.Master.Await(t, "connected_slaves:0", "INFO", "replication")
}

// Promoted waits until the Sentinels have made one of the replicas master, and returns it.
func (g *Guarded) Promoted(t testing.TB) *Server {
	t.Helper()
	var found *Server
	Eventually(t, "a replica is promoted", func() bool {
		for _, r := range g.Replicas {
			answer, err := r.Do("INFO", "replication")
			if err == nil && strings.Contains(answer, "role:master") {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

// StartCluster starts three masters, each with a replica, and waits until the Cluster serves. The first three are the masters.
func StartCluster(t testing.TB) []*Server {
	t.Helper()
	var all []*Server
	var addrs []string
	for range 6 {
		args := append(Durable(), "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--repl-diskless-sync-delay", "0",
			"--cluster-replica-validity-factor", "0")
		all = append(all, Start(t, args...))
		addrs = append(addrs, all[len(all)-1].Addr())
	}
	meet(t, all)
	for i, m := range all[:3] {
		first, last := i*5461, (i+1)*5461-1
		if i == 2 {
			last = 16383
		}
		m.Must(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last))
	}
	for i, m := range all[:3] {
		id := m.Must(t, "CLUSTER", "MYID")
		r := all[i+3]
		Eventually(t, "a replica knows its master", func() bool {
			answer, err := r.Do("CLUSTER", "REPLICATE", id)
			return err == nil && answer == "+OK"
		})
	}
	for i, s := range all {
		s.Await(t, "cluster_state:ok", "CLUSTER", "INFO")
		if i < 3 {
			s.Await(t, "state=online", "INFO", "replication")
		}
	}
	for _, s := range all {
		Eventually(t, "every node knows three replicas of "+strings.Join(addrs, " "), func() bool {
			answer, err := s.Do("CLUSTER", "NODES")
			return err == nil && strings.Count(answer, "slave ") == 3
		})
	}
	return all
}

func meet(t testing.TB, all []*Server) {
	t.Helper()
	for i, s := range all {
		s.Must(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
	}
	for _, s := range all[1:] {
		all[0].Must(t, "CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(s.Port))
	}
	for _, s := range all {
		s.Await(t, "cluster_known_nodes:6", "CLUSTER", "INFO")
	}
}
