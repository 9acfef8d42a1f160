package zitadel_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
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
