package webapi

import (
	"testing"

	"offboard/internal/outbound"
)

// TestNoProxy: a proxy of the environment would see every token. Behaviour on loopback cannot tell, since Go asks none there.
func TestNoProxy(t *testing.T) {
	t.Parallel()
	if transport(outbound.Route{}).Proxy != nil {
		t.Error("a proxy of the environment would be used")
	}
}
