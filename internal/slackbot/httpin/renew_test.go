package httpin

import (
	"net/http"
	"testing"

	"offboard/internal/secret"
)

// exchanged is a signing secret that was exchanged, which is found out by asking.
type exchanged struct {
	now, then string
	asked     int
}

func (e *exchanged) Get() secret.String { return secret.New(e.now) }

func (e *exchanged) Instead(refused secret.String) (secret.String, bool) {
	e.asked++
	e.now = e.then
	return e.Get(), e.now != refused.Reveal()
}

// A wrong signature is looked at once more with the new secret, and whatever else is wrong is not. The old secret counts no more then.
func TestTheSigningSecretIsRenewed(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 4)
	key := &exchanged{now: "older", then: vectorSecret}
	r.key = key
	if status, _ := r.do(signed(PathCommands, formType, command(""))); status != http.StatusOK || key.asked != 1 || len(r.bot.asked) != 1 {
		t.Errorf("signed with the new secret: %d, asked %d times", status, key.asked)
	}
	if status, _ := r.do(signed(PathCommands, formType, command("&trigger_id=8.t"))); status != http.StatusOK || key.asked != 1 {
		t.Errorf("the next: %d, asked %d times", status, key.asked)
	}
	old := signed(PathCommands, formType, command(""))
	old.Header.Set(headerSignature, sign(secret.New("older"), old.Header.Get(headerTimestamp), []byte(command(""))))
	if status, _ := r.do(old); status != http.StatusUnauthorized || key.asked != 2 {
		t.Errorf("signed with the old secret: %d, asked %d times", status, key.asked)
	}
	for name, spoil := range map[string]func(h http.Header){
		"no signature": func(h http.Header) { h.Del(headerSignature) },
		"old":          func(h http.Header) { h.Set(headerTimestamp, "1") },
	} {
		req := signed(PathCommands, formType, command(""))
		spoil(req.Header)
		if status, _ := r.do(req); status != http.StatusUnauthorized || key.asked != 2 {
			t.Errorf("%s: %d, asked %d times", name, status, key.asked)
		}
	}
	r.close(t)
}
