package town

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/localzitadel"
)

func open(t *testing.T) *Town {
	t.Helper()
	tw, err := Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	return tw
}

// zitadel calls the local ZITADEL as the bot does.
func (t *Town) zitadel(tt *testing.T, method, path string) []byte {
	tt.Helper()
	req, err := http.NewRequestWithContext(tt.Context(), method, t.URL("zitadel")+path, strings.NewReader("{}"))
	if err != nil {
		tt.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+zitadelPAT)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("x-zitadel-orgid", org)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tt.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		tt.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, raw, err)
	}
	return raw
}

func TestEverybodyHasTheirAccountsAndGetsThemBack(t *testing.T) {
	t.Parallel()
	tw := open(t)
	memberships := func() int {
		var out struct{ Result []json.RawMessage }
		if err := json.Unmarshal(tw.zitadel(t, http.MethodPost, "/management/v1/users/"+Priya.ID+"/memberships/_search"), &out); err != nil {
			t.Fatal(err)
		}
		return len(out.Result)
	}
	states := func() map[string]string {
		out := map[string]string{}
		for _, p := range Providers() {
			for _, a := range tw.Accounts(p) {
				out[p+" "+a.Login] = a.State
			}
		}
		return out
	}
	first := states()
	if len(first) != 13 || first["ecgrid dana.hill@example.com"] != "Active" || first["zitadel offboard-bot"] != localzitadel.Active {
		t.Errorf("at first: %v", first)
	}
	tw.Rehire() // who is still here keeps one membership
	if got := memberships(); got != 1 {
		t.Errorf("Priya has %d memberships", got)
	}
	tw.zitadel(t, http.MethodDelete, "/v2/users/"+Priya.ID)
	if r := tw.Record("zitadel", Priya.ID); r != (Record{State: localzitadel.Deleted, Writes: 1}) {
		t.Errorf("Priya is on record as %+v", r)
	}
	tw.Rehire()
	if got := memberships(); got != 1 {
		t.Errorf("Priya has %d memberships after coming back", got)
	}
	for login, state := range states() {
		if first[login] != state {
			t.Errorf("%s was %q and is %q", login, first[login], state)
		}
	}
}

func TestNamesAndParts(t *testing.T) {
	t.Parallel()
	tw := open(t)
	for _, id := range Everybody() {
		if Name(id) == id || tw.Part(id) == "" || Direct(id) != "D"+strings.TrimPrefix(id, "U") {
			t.Errorf("%s is %q, %q, %q", id, Name(id), tw.Part(id), Direct(id))
		}
	}
	for _, id := range Channels() {
		if Name(id) == id {
			t.Errorf("%s has no name", id)
		}
		tw.Slack.Say(Gus, id, "", "hello")
	}
	if Name("U0NOBODY") != "U0NOBODY" {
		t.Error("nobody has a name")
	}
}

// terminate ends Dana's account at ECGrid and Jonas's at Torii, as the bot does.
func (t *Town) terminate(tt *testing.T) error {
	tt.Helper()
	for url, key := range map[string][2]string{
		t.URL("ecgrid") + "/v2/users/" + Dana.ID:            {"X-API-Key", ecgridKey},
		t.URL("torii") + "/api/server/v1/users/" + Jonas.ID: {"Authorization", "Bearer " + toriiKey},
	} {
		req, err := http.NewRequestWithContext(tt.Context(), http.MethodDelete, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set(key[0], key[1])
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
	}
	return nil
}

// The town has one clock, which goes on and never back, and what the providers note is noted by it.
func TestTheClockGoesOnForAll(t *testing.T) {
	t.Parallel()
	tw := open(t)
	tw.Clock.Move(48 * time.Hour)
	tw.Clock.Move(-time.Hour)
	if got := tw.Clock.Ahead(); got != 48*time.Hour {
		t.Fatalf("it is %s ahead", got)
	}
	tw.zitadel(t, http.MethodGet, "/v2/users/"+Omar.ID)
	calls := tw.ZITADEL.Faults().Calls()
	if at := calls[len(calls)-1].At; time.Until(at) < 47*time.Hour {
		t.Errorf("ZITADEL noted the call at %s", at)
	}
	if now := tw.Slack.Config().Clock(); time.Until(now) < 47*time.Hour {
		t.Errorf("at Slack it is %s", now)
	}
	var out struct {
		Details struct{ ChangeDate time.Time }
	}
	if err := json.Unmarshal(tw.zitadel(t, http.MethodPost, "/v2/users/"+Omar.ID+"/deactivate"), &out); err != nil || time.Until(out.Details.ChangeDate) < 47*time.Hour {
		t.Errorf("ZITADEL noted the change at %s: %v", out.Details.ChangeDate, err)
	}
	if err := tw.terminate(t); err != nil {
		t.Fatal(err)
	}
	if u, _ := tw.ECGrid.User(1201); time.Until(u.Modified) < 47*time.Hour {
		t.Errorf("ECGrid noted the end at %s", u.Modified)
	}
	if u, _ := tw.Torii.User(Jonas.ID); time.Until(u.DeletedAt) < 47*time.Hour {
		t.Errorf("Torii noted the end at %s", u.DeletedAt)
	}
}
