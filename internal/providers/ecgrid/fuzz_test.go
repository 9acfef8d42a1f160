package ecgrid_test

import (
	"net/http"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/ecgrid"
	"offboard/internal/providers/providertest"
	"offboard/internal/secret"
)

const jsonType = "application/json"

// FuzzAnswers: only ECGrid's own mark is success, and only the very user's Terminated is reached, whatever is answered.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"success":true,"data":true}`, `{"success":true,"data":{"userId":1201,"status":"Terminated"}}`, `{"success":true,"data":{"userId":"1201","status":"Active"}}`,
		`{"success":true,"data":[{"userId":1202,"status":"Terminated","email":"dana@example.com"}]}`, `{"success":"true","data":true}`, `{"success":true}`, `true`,
		`{"success":false,"errorCode":"ObjectNotFound","message":"x"}`, `{"success":false,"errorCode":"AccessDenied"}`, `<html>`, ``, `{"success":true,"data":null}`,
		`{"success":false,"success":true,"data":false,"data":true}`,
	} {
		f.Add(uint16(0), jsonType, []byte(body))
		f.Add(uint16(204), jsonType+"; charset=utf-8", []byte(body))
		f.Add(uint16(2), "text/html", []byte(body))
	}
	providertest.FuzzAnswers(f, func(url string) (providers.Provider, error) {
		return ecgrid.New(ecgrid.Config{Name: "ecgrid", URL: url, APIKey: secret.New(apiKey), Timeout: 5 * time.Second})
	}, providertest.Oracle{
		ID: "1201", Actions: []providers.Action{providers.Delete},
		Success: func(c providertest.Canned) bool {
			o, ok := c.Object()
			return ok && c.Status == http.StatusOK && o.Any("success", yes) && o.Any("data", yes)
		},
		Reached: func(c providertest.Canned, _ providers.Action, id string) bool {
			o, ok := c.Object()
			return ok && c.Status == http.StatusOK && o.Any("success", yes) && o.Any("data", providertest.Within(func(u providertest.Object) bool {
				return u.Any("userId", providertest.Text(id)) && u.Any("status", providertest.Text("Terminated"))
			}))
		},
	})
}

func yes(v any) bool { return v == true }
