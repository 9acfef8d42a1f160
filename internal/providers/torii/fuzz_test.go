package torii_test

import (
	"net/http"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/providertest"
	"offboard/internal/providers/torii"
	"offboard/internal/secret"
)

// FuzzAnswers: only 204 is success, and only the very user's "deleted" in our environment is reached, whatever is answered.
func FuzzAnswers(f *testing.F) {
	const id = "01930000-0000-7000-8000-000000000001"
	const user = `{"id":"` + id + `","environmentId":"` + environment + `","status":"`
	for _, body := range []string{
		`{"items":[` + user + `deleted"}]}`, `{"items":[` + user + `active"}]}`, user + `deleted"}`, user + `banned"}`, `{"items":[]}`, `{"items":null}`, `{}`,
		`{"items":[{"id":"` + id + `","environmentId":"other","status":"deleted"}]}`, `{"items":[` + user + `deleted"},` + user + `active"}]}`, `<html>`, ``,
		`{"items":[],"hasMore":true,"nextCursor":"x"}`, `{"items":[` + user + `gone"}]}`, `{"error":"x"}`,
	} {
		f.Add(uint16(0), "application/json", []byte(body))
		f.Add(uint16(4), "application/json", []byte(body))
		f.Add(uint16(203), "application/problem+json", []byte(body))
		f.Add(uint16(204), "text/plain", []byte(body))
	}
	providertest.FuzzAnswers(f, func(url string) (providers.Provider, error) {
		return torii.New(torii.Config{Name: "torii", URL: url, SecretKey: secret.New(secretKey), Environment: environment, Timeout: 5 * time.Second})
	}, providertest.Oracle{
		ID: id, Actions: []providers.Action{providers.Delete},
		Success: func(c providertest.Canned) bool { return c.Status == http.StatusNoContent },
		Reached: func(c providertest.Canned, _ providers.Action, id string) bool {
			says := func(status string) func(providertest.Object) bool {
				return func(u providertest.Object) bool {
					return u.Any("id", providertest.Text(id)) && u.Any("environmentId", providertest.Text(environment)) && u.Any("status", providertest.Text(status))
				}
			}
			o, ok := c.Object()
			deleted := says("deleted")(o) || o.Any("items", providertest.Within(says("deleted")))
			return ok && c.Status == http.StatusOK && deleted && !o.Any("items", providertest.Within(says("active")))
		},
	})
}
