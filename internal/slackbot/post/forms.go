package post

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"offboard/internal/commands"
	"offboard/internal/slackbot/cards"
	"offboard/internal/slackbot/webapi"
)

// Forms opens forms.
type Forms struct{ api *webapi.Client }

var _ commands.Forms = (*Forms)(nil)

// NewForms returns what opens forms through the client.
func NewForms(api *webapi.Client) *Forms { return &Forms{api: api} }

// OpenAsk opens the form of the command alone.
func (f *Forms) OpenAsk(ctx context.Context, triggerID string, form commands.AskForm) error {
	view, err := cards.AskForm(form)
	if err != nil {
		return fmt.Errorf("form to ask: %w", err)
	}
	return f.open(ctx, triggerID, view)
}

// OpenTyped opens the form in which an approver types what the card shows.
func (f *Forms) OpenTyped(ctx context.Context, triggerID string, form commands.TypedForm) error {
	view, err := cards.TypedForm(form)
	if err != nil {
		return fmt.Errorf("form to type: %w", err)
	}
	return f.open(ctx, triggerID, view)
}

func (f *Forms) open(ctx context.Context, triggerID string, view any) error {
	text, err := json.Marshal(view)
	if err != nil {
		return fmt.Errorf("encoding the form: %w", err)
	}
	return f.api.Call(ctx, "views.open", url.Values{"trigger_id": {triggerID}, "view": {string(text)}}, &opened{})
}

type opened struct {
	View struct {
		ID string `json:"id"`
	} `json:"view"`
}

// Lacks names the view: without it nothing was opened.
func (o *opened) Lacks() string {
	if o.View.ID == "" {
		return "view.id"
	}
	return ""
}
