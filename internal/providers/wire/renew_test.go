package wire

import (
	"context"
	"net/http"
	"testing"

	"offboard/internal/providers"
)

// A read that was answered with 401 is made once more where there is another credential; a write never is, and still asks for another for the next
// call. Both hold whatever the answer's format is.
func TestARefusedCredential(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		good          string // the credential that is accepted
		another       bool   // there is another than the first
		reads, writes int    // that came
	}{
		"there is another":          {good: "new", another: true, reads: 2, writes: 1},
		"the other is refused too":  {good: "none", another: true, reads: 2, writes: 1},
		"there is no other":         {good: "none", reads: 1, writes: 1},
		"the first is not refused":  {good: "old", another: true, reads: 1, writes: 1},
		"refused by something else": {good: "page", another: true, reads: 2, writes: 1},
	} {
		for _, write := range []bool{false, true} {
			var came []string
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				came = append(came, r.Header.Get("X-Key"))
				switch {
				case came[len(came)-1] == tc.good:
					answer(200, "application/json", `{}`)(w, r)
				case tc.good == "page":
					answer(401, "text/html", `<p>no</p>`)(w, r)
				default:
					answer(401, "application/json", `{}`)(w, r)
				}
			})
			key, times := "old", 0
			c := client(t, url, func(o *Options) {
				o.Authorize = func(_ context.Context, h http.Header) error { h.Set("X-Key", key); return nil }
				o.Refused = func(sent http.Header) bool {
					if sent.Get("X-Key") != key {
						t.Errorf("%s: told of %q, not %q", name, sent.Get("X-Key"), key)
					}
					times++
					if tc.another {
						key = "new"
					}
					return tc.another
				}
			})
			ask, want := c.Read, tc.reads
			if write {
				ask, want = c.Write, tc.writes
			}
			_, err := ask(t.Context(), "op", http.MethodDelete, "/x", nil, nil)
			if len(came) != want || (err == nil) != (came[len(came)-1] == tc.good) {
				t.Errorf("%s, write %t: %q came, %v", name, write, came, err)
			}
			if refused := came[0] != tc.good; (times == 1) != refused {
				t.Errorf("%s, write %t: asked %d times for another", name, write, times)
			}
			if e := asked(err); write && tc.good == "new" && (e.Kind != providers.Denied || e.NotSent) {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
}
