package zitadel_test

import (
	"net/http"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/providertest"
	"offboard/internal/providers/zitadel"
	"offboard/internal/secret"
)

// FuzzAnswers: only an answer with ZITADEL's details is success, and only the very user's state, or its own id for an unknown user, is reached,
// whatever is answered.
func FuzzAnswers(f *testing.F) {
	const user = `{"user":{"userId":"2850","details":{"resourceOwner":"t1"},"state":"`
	for _, body := range []string{
		`{"details":{"sequence":"1"}}`, `{"details":null}`, `{"details":[]}`, `{}`, ``, `<html>`, `[]`, `null`, user + `USER_STATE_INACTIVE"}}`, user + `USER_STATE_DELETED"}}`,
		user + `USER_STATE_ACTIVE"}}`, user + `novel"}}`, `{"user":{"userId":"2851","state":"USER_STATE_INACTIVE"}}`, `{"user":{"state":"USER_STATE_DELETED"}}`,
		`{"code":5,"message":"x","details":[{"@type":"t","id":"QUERY-Dfbg2","message":"x"}]}`, `{"code":5,"details":[{"id":"AUTHZ-cdgFk"}]}`,
		`{"code":9,"details":[{"id":"COMMAND-5gunjw0cd7"}]}`, `{"details":{"totalResult":"3"},"result":[]}`,
	} {
		f.Add(uint16(0), "application/json", []byte(body))
		f.Add(uint16(204), "application/json", []byte(body))
		f.Add(uint16(200), "application/json; charset=utf-8", []byte(body))
		f.Add(uint16(1), "text/html", []byte(body))
	}
	providertest.FuzzAnswers(f, func(url string) (providers.Provider, error) {
		return zitadel.New(zitadel.Config{Name: "zitadel", URL: url, Token: secret.New(pat), Timeout: 5 * time.Second})
	}, providertest.Oracle{
		ID: "2850", Actions: providers.Actions(),
		Success: func(c providertest.Canned) bool {
			o, ok := c.Object()
			return ok && c.Status == http.StatusOK && o.Any("details", func(v any) bool { _, ok := v.(providertest.Object); return ok })
		},
		Reached: func(c providertest.Canned, a providers.Action, id string) bool {
			o, ok := c.Object()
			states := []string{"USER_STATE_DELETED"}
			if a == providers.Deactivate {
				states = []string{"USER_STATE_INACTIVE"}
			}
			for _, s := range states {
				if ok && c.Status == http.StatusOK && o.Any("user", providertest.Within(func(u providertest.Object) bool {
					return u.Any("userId", providertest.Text(id))
				})) && o.Any("user", providertest.Within(func(u providertest.Object) bool { return u.Any("state", providertest.Text(s)) })) {
					return true
				}
			}
			unknown := o.Any("details", providertest.Within(func(d providertest.Object) bool { return d.Any("id", providertest.Text("QUERY-Dfbg2")) }))
			return ok && a == providers.Delete && c.Status == http.StatusNotFound && unknown
		},
	})
}
