package zitadel_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/sandbox/localzitadel"
)

func TestSessionsThatStayDoNotUndoASuccess(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*world){
		"search refused": func(w *world) { w.Interject("/v2/sessions/search", localzitadel.Forbidden) },
		"delete refused": func(w *world) { w.Interject("/v2/sessions/s-1", localzitadel.Forbidden) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.PutSession(ada, "s-1")
			w.PutSession(ada, "s-2")
			p := w.provider(t)
			o := order(t, p, ada, providers.Delete)
			spoil(w)
			answer, err := p.Do(t.Context(), o)
			if err != nil || answer.Text != "ZITADEL answered 200; sessions could not be removed" || w.Exists(ada) {
				t.Errorf("Do = %+v, %v", answer, err)
			}
		})
	}
}

// An instance keeps session objects for ever, so there are more of them than a page holds.
func TestAllPagesOfSessionsAreRemoved(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 101, 200, 230} {
		w := newWorld(t, "org-1")
		for i := range n {
			w.PutSession(ada, fmt.Sprintf("s-%03d", i))
		}
		w.PutSession(cleo, "other")
		p := w.provider(t)
		answer, err := p.Do(t.Context(), order(t, p, ada, providers.Deactivate))
		if left := len(w.Sessions(ada)); err != nil || answer.Text != "ZITADEL answered 200" || left != 0 {
			t.Errorf("%d sessions: %+v, %v, %d left", n, answer, err, left)
		}
		if len(w.Sessions(cleo)) != 1 {
			t.Errorf("%d sessions: somebody else's session is gone", n)
		}
	}
}

// A total that the pages never add up to ends the search, and the answer says that sessions may be left.
func TestSessionsThatAreCountedAndNeverShown(t *testing.T) {
	t.Parallel()
	for _, total := range []string{"2", "101", "999999"} {
		testCountedSessions(t, total)
	}
}

func testCountedSessions(t *testing.T, total string) {
	t.Helper()
	var searches atomic.Int32
	p := over(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v2/sessions/search" {
			if searches.Add(1) > 1 && total == "2" {
				_, _ = io.WriteString(w, `{"details":{}}`) // past the end
				return
			}
			_, _ = io.WriteString(w, `{"details":{"totalResult":"`+total+`"},"sessions":[{"id":"s-1","factors":{"user":{"id":"1"}}}]}`)
			return
		}
		_, _ = io.WriteString(w, `{"details":{}}`)
	}))
	answer, err := p.Do(t.Context(), providers.Order{Account: providers.Account{ID: "1"}, Action: providers.Deactivate})
	if err != nil || !strings.Contains(answer.Text, "sessions could not be removed") || searches.Load() > 20 {
		t.Errorf("total %s: Do = %+v, %v after %d searches", total, answer, err, searches.Load())
	}
}

// everybodysSessions is an instance that ignores the selector of a session search.
type everybodysSessions struct {
	mu      sync.Mutex
	deleted []string
}

func (e *everybodysSessions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	id, one := strings.CutPrefix(r.URL.Path, "/v2/sessions/")
	switch {
	case id == "search":
		_, _ = io.WriteString(w, `{"details":{"totalResult":"4"},"sessions":[{"id":"s-1","factors":{"user":{"id":"1"}}},
			{"id":"s-2","factors":{"user":{"id":"2"}}},{"id":"s-3"},{"id":"../users/2","factors":{"user":{"id":"1"}}}]}`)
		return
	case one:
		e.mu.Lock()
		defer e.mu.Unlock()
		e.deleted = append(e.deleted, id)
	}
	_, _ = io.WriteString(w, `{"details":{}}`)
}

func TestOnlyTheUsersOwnSessionsAreRemoved(t *testing.T) {
	t.Parallel()
	e := &everybodysSessions{}
	o := providers.Order{Account: providers.Account{ID: "1"}, Action: providers.Deactivate}
	if _, err := over(t, e).Do(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Equal(e.deleted, []string{"s-1"}) {
		t.Errorf("deleted %v", e.deleted)
	}
}
