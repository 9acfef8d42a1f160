package approvals

import "strconv"

// Name is how people say a request: OFF-42.
func (r *Request) Name() string { return Name(r.Number) }

// Name is how people say the request with this running number.
func Name(number int) string { return "OFF-" + strconv.Itoa(number) }
