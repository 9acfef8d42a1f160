package ecgrid_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"offboard/internal/providers/ecgrid"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/secret"
)

// Who else administers network 7: each row is one other user, by the vendor's own record.
func TestPeers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		level  string // of the account; empty: NetworkAdmin
		other  localecgrid.User
		how    localecgrid.Behaviour
		others int
		role   bool
		note   string
	}{
		"nobody":                     {role: true},
		"another one":                {other: localecgrid.User{NetworkID: 7, AuthLevel: "NetworkAdmin"}, role: true, others: 1},
		"one above":                  {other: localecgrid.User{NetworkID: 7, AuthLevel: "Root"}, role: true, others: 1},
		"one below":                  {other: localecgrid.User{NetworkID: 7, AuthLevel: "NetworkUser"}, role: true},
		"in another network":         {other: localecgrid.User{NetworkID: 8, AuthLevel: "NetworkAdmin"}, role: true},
		"suspended":                  {other: localecgrid.User{NetworkID: 7, AuthLevel: "NetworkAdmin", Status: "Suspended"}, role: true},
		"locked out":                 {other: localecgrid.User{NetworkID: 7, AuthLevel: "NetworkAdmin", LockedOut: true}, role: true},
		"terminated":                 {other: localecgrid.User{NetworkID: 7, AuthLevel: "NetworkAdmin", Status: "Terminated"}, role: true},
		"no right to list":           {how: localecgrid.Behaviour{NoList: true}, role: true, note: "does not let"},
		"no administrator":           {level: "MailboxUser"},
		"administrator of a mailbox": {level: "MailboxAdmin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, p := connect(t)
			server.Behave(tc.how)
			if tc.level == "" {
				tc.level = "NetworkAdmin"
			}
			server.Put(localecgrid.User{ID: 5, NetworkID: 7, AuthLevel: tc.level})
			server.Put(localecgrid.User{ID: 9, NetworkID: 7, AuthLevel: "NetworkAdmin"}) // the bot's own, which does not count
			if tc.other.NetworkID != 0 {
				tc.other.ID = 6
				server.Put(tc.other)
			}
			a, err := p.Read(t.Context(), "5")
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Peers(t.Context(), a, "9")
			if err != nil || got.Others != tc.others || (got.Role != "") != tc.role || (got.Note != "") != (tc.note != "") ||
				!strings.Contains(got.Note, tc.note) {
				t.Errorf("%+v, %v", got, err)
			}
			if got.Alone() != (tc.role && tc.others == 0 && tc.note == "") {
				t.Errorf("alone: %t of %+v", got.Alone(), got)
			}
		})
	}
}

// What may be gone at the next try is an error, so that nothing is done meanwhile. A server that ignores the network it was asked for is seen through.
func TestPeersOfAServerThatMisbehaves(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Put(localecgrid.User{ID: 5, NetworkID: 7, AuthLevel: "Root"})
	a, err := p.Read(t.Context(), "5")
	if err != nil {
		t.Fatal(err)
	}
	server.Faults().Set("read", fault.Fault{Mode: fault.Status500})
	if got, err := p.Peers(t.Context(), a); err == nil {
		t.Errorf("counted while ECGrid is down: %+v", got)
	}
	var asked atomic.Int64
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		asked.Add(1)
		_, _ = w.Write([]byte(`{"success":true,"data":[{"userId":6,"networkId":8,"authLevel":"Root","status":"Active"}]}`))
	}))
	defer odd.Close()
	q, err := ecgrid.New(ecgrid.Config{Name: "e", URL: odd.URL, APIKey: secret.New("k")})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := q.Peers(t.Context(), a); err != nil || !got.Alone() || asked.Load() != 2 {
		t.Errorf("%+v, %v after %d pages", got, err, asked.Load())
	}
	a.Tenant = "none"
	if got, err := q.Peers(t.Context(), a); err != nil || got.Note == "" {
		t.Errorf("of no network: %+v, %v", got, err)
	}
}
