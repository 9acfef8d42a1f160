package commands

// Sender is who sent something, as the authenticated envelope says. Everything else about them is asked of Slack.
type Sender struct {
	UserID       string
	TeamID       string // empty on some org-wide installs
	EnterpriseID string // empty outside Enterprise Grid
}

// Delivery names one delivery of Slack's. Any key seen within the last hour makes it a repeat.
type Delivery struct {
	Keys []string // the trigger id, and the hash of the signed body (HTTP) or the envelope id (Socket Mode); never empty
}

// Command is a slash command.
type Command struct {
	From      Sender
	Delivery  Delivery
	Channel   string
	Text      string // what was typed after the command's name
	TriggerID string // opens a form within 3 s; never logged
	Reply     Replier
}

// Click is a click on a button of ours.
type Click struct {
	From      Sender
	Delivery  Delivery
	Action    string // the button's action id, for example "approve"; one of the Action constants
	Value     string // what the button carries; a hint only
	Channel   string // where the clicked message stands
	TS        string
	TriggerID string
	Reply     Replier
}

// Submit is a form that somebody sent off.
type Submit struct {
	From     Sender
	Delivery Delivery
	Form     string            // the view's callback id, one of the Form constants
	Private  string            // the view's private metadata; a hint only
	Values   map[string]string // field name (the block id) → what was entered
	Reply    Replier           // posts to the person; a form has no response_url
}
