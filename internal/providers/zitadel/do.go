package zitadel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"offboard/internal/providers"
)

// write is one call that changes a user.
type write struct {
	op, method, path string
	header           http.Header
	body             any
}

// Do deactivates or deletes a user, with one call, and after its success removes the user's sessions.
func (p *Provider) Do(ctx context.Context, o providers.Order) (providers.Answer, error) {
	w, err := p.write(o)
	if err != nil {
		return providers.Answer{}, err
	}
	// The token is fetched before anything that changes a user is under way: without one, nothing has left.
	token, err := p.signIn.token(ctx)
	if err != nil {
		return providers.Answer{}, err
	}
	w.header.Set(authorization, bearer+token)
	resp, err := p.wire.Write(ctx, w.op, w.method, w.path, w.header, w.body)
	if err != nil {
		return providers.Answer{}, err
	}
	var body struct{ Details *struct{} }
	if err := resp.Decode(&body); err != nil || resp.Status != http.StatusOK || body.Details == nil {
		return providers.Answer{}, &providers.Error{Kind: providers.UnknownOutcome, Vendor: vendor, Op: w.op, Status: resp.Status,
			Say: fmt.Sprintf("what answered %d is not ZITADEL's own success answer", resp.Status)}
	}
	answer := providers.Answer{Status: resp.Status, Text: fmt.Sprintf("ZITADEL answered %d", resp.Status)}
	if err := p.endSessions(ctx, o.Account.ID); err != nil {
		p.config.Logger.WarnContext(ctx, "sessions could not be removed", "account", o.Account.ID, "kind", kindOf(err))
		answer.Text += "; sessions could not be removed"
	}
	return answer, nil
}

// write is the call for an order.
func (p *Provider) write(o providers.Order) (write, error) {
	id := o.Account.ID
	if !plausible(id) {
		return write{}, notSent("the account has no usable id")
	}
	switch o.Action {
	case providers.Deactivate:
		return write{op: "deactivate user", method: http.MethodPost, path: userPath(id) + "/deactivate", header: http.Header{},
			body: object{}}, nil
	case providers.Delete:
		if p.config.DeleteAPI == DeleteV2 {
			return write{op: opDelete, method: http.MethodDelete, path: userPath(id), header: http.Header{}}, nil
		}
		return deleteV1(o.Account)
	}
	return write{}, notSent(fmt.Sprintf("ZITADEL has no action %q", o.Action))
}

const opDelete = "delete user"

// deleteV1 works inside one organisation, which has to be the user's own: without the header it would be the bot's.
func deleteV1(a providers.Account) (write, error) {
	if a.Tenant == "" {
		return write{}, notSent("the user's organisation is not known, and the management API needs it")
	}
	header := http.Header{}
	header.Set("X-Zitadel-Orgid", a.Tenant)
	return write{op: opDelete, method: http.MethodDelete, path: "/management/v1/users/" + url.PathEscape(a.ID), header: header}, nil
}

// notSent is an order that cannot be put on the wire.
func notSent(say string) error {
	return &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: "prepare", NotSent: true, Say: say}
}

func kindOf(err error) string {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return string(e.Kind)
	}
	return "other"
}
