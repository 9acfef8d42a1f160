package approvals

// Right is something that a person must be allowed to do. The table of the README says who is, and what the core asks besides.
type Right string

// The rights.
const (
	MayRequest    Right = "request"
	MayApprove    Right = "approve"
	MayDeny       Right = "deny"
	MayWithdraw   Right = "withdraw"   // what somebody else has asked for; who asked may always
	MayRelease    Right = "release"    // what is held over a cap
	MayReschedule Right = "reschedule" // what somebody else has asked for; who asked may always
	MayStop       Right = "stop"       // what is approved and has not begun
	MayFreeze     Right = "freeze"
	MayUnfreeze   Right = "unfreeze"
	MayResolve    Right = "resolve" // an unknown outcome, by hand
)

// Rights lists every Right.
func Rights() []Right {
	return []Right{MayRequest, MayApprove, MayDeny, MayWithdraw, MayRelease, MayReschedule, MayStop, MayFreeze, MayUnfreeze, MayResolve}
}

// OwnRights are those that the configuration can give to people of their own. Asking and approving are the requesters' and the approvers'; what
// undoes a guard (unfreezing, resolving by hand) is for two approvers.
func OwnRights() []Right {
	return []Right{MayDeny, MayWithdraw, MayRelease, MayReschedule, MayStop, MayFreeze}
}
