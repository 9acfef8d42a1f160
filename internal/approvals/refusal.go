package approvals

// Code says why a wish was refused.
type Code string

// The codes.
const (
	NotRequester   Code = "not_requester"   // may not ask
	NotApprover    Code = "not_approver"    // may not decide
	OwnRequest     Code = "own_request"     // approves or denies what they asked for themselves
	OwnAccount     Code = "own_account"     // the account is their own
	Protected      Code = "protected"       // the configuration protects the account
	NoAdminLeft    Code = "last_admin"      // a tenant would be left without an administrator
	NoApproverLeft Code = "last_approver"   // too few people would be left who could approve
	BotAccount     Code = "bot_account"     // the account is the bot's own
	AlreadyThere   Code = "already_there"   // the account is already in the state the action aims at
	AlreadyDecided Code = "already_decided" // the request has ended, or enough have approved
	AlreadyYours   Code = "already_yours"   // this person has approved already
	PlanChanged    Code = "plan_changed"    // the click was made on an older state of the card
	OutOfTime      Code = "out_of_time"     // the time to decide, or to begin, is over
	NotYours       Code = "not_yours"       // only who asked may take it back
	TooLate        Code = "too_late"        // the call has begun
	WrongTyped     Code = "wrong_typed"     // what was typed is not what the card shows
	LockedOut      Code = "locked_out"      // typed something else too often
	WrongPlace     Code = "wrong_place"     // the click did not come from the request's card
	NotShownYet    Code = "not_shown_yet"   // the card's place is not on record yet
	NotOpen        Code = "not_open"        // there is nothing to resolve by hand
	BadTime        Code = "bad_time"        // nothing can be scheduled for that time
	OwnApproval    Code = "own_approval"    // releases what they approved themselves
	TooEarly       Code = "too_early"       // stops what is not approved
	NotHeld        Code = "not_held"        // there is nothing to release
	NotNow         Code = "not_now"         // the dispatcher asked for what is not owed (any more)
	NotUnderstood  Code = "not_understood"  // the request holds events of a newer version
)

// Refusal is why a wish was refused, in words for the person who had it. It is plain text.
type Refusal struct {
	Code Code
	Say  string
}

func (r *Refusal) Error() string { return "refused: " + string(r.Code) }

func refuse(c Code, say string) error { return &Refusal{Code: c, Say: say} }
