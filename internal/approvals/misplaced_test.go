package approvals_test

import (
	"testing"

	"offboard/internal/approvals"
)

// An event where this version never writes one was written by another version, or by nobody of ours: the request is left alone, and no look at
// it costs the process.
func TestMisplacedEventsAreLeftAlone(t *testing.T) {
	t.Parallel()
	asked := func() *approvals.Request { return requested(t, 1) }
	first := asked().Events[0]
	frozen := approvals.Event{Kind: approvals.Frozen, By: second}
	empty := first
	empty.Plan = &approvals.Plan{}
	grown := approvals.Event{Kind: approvals.Drifted, Plan: &approvals.Plan{Steps: append(first.Plan.Steps, first.Plan.Steps...)}}
	for name, r := range map[string]*approvals.Request{
		"asked for twice":        asked().Fold(first),
		"asked for nothing":      (&approvals.Request{}).Fold(empty),
		"a request frozen":       asked().Fold(frozen),
		"a request thawed":       asked().Fold(approvals.Event{Kind: approvals.Thawed, By: second}),
		"a freeze asked for":     (&approvals.Request{}).Fold(frozen, first),
		"a freeze approved":      (&approvals.Request{}).Fold(frozen, approvals.Event{Kind: approvals.Approved, By: third}),
		"more steps than before": asked().Fold(grown),
	} {
		left(t, name, r)
	}
	for _, k := range approvals.Kinds() {
		if k != approvals.Requested && k != approvals.Frozen {
			left(t, string(k)+" first", (&approvals.Request{}).Fold(approvals.Event{Kind: k, By: second, Key: approvals.KeyCard}))
		}
	}
	left(t, "a newer version's first", (&approvals.Request{}).Fold(approvals.Event{Kind: "v2/requested"}, first))
}

func left(t *testing.T, name string, r *approvals.Request) {
	t.Helper()
	if !r.Foreign || len(approvals.Next(r)) > 0 || len(r.Keys()) > len(r.Events) {
		t.Errorf("%s: foreign %t, owes %v, keys %q", name, r.Foreign, approvals.Next(r), r.Keys())
	}
}
