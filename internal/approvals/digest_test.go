package approvals_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// notApproved are the fields that the digest leaves out, each for a reason. A new field is in the digest or in this list.
var notApproved = map[string]string{
	"Target.Also":        "other ids of the person that Target.ID names",
	"Target.Email":       "of the person that Target.ID names; that their address changes makes them nobody else",
	"TargetNote":         "words about TargetGroups",
	"Steps.PeersNote":    "words about who else administers, who are counted again right before the call",
	"Steps.Vendor":       "what people call the provider, which Account.Provider and Host name",
	"Steps.Reversible":   "follows from the provider and the action",
	"Steps.Warning":      "words about the action, which another version of the bot may put differently",
	"Steps.Undo":         "as the warning",
	"Account.State":      "shown by the provider's own word, StateWord; where there is none, it counts",
	"TargetGroups":       "a copy of what the configuration asks about the person; it is read again before the call",
	"Account.RolesKnown": "says of Roles that they were read; Roles and RolesNote count",
	"Account.LastSeen":   "changes when somebody signs in (design §9, drift)",
	"Account.Change":     "a counter of the provider's that changes when somebody signs in (design §9, drift)",
}

// Two plans that differ in anything that is approved have two digests: an approval of one is none of the other.
func TestEachFieldOfThePlanIsApproved(t *testing.T) {
	t.Parallel()
	base := func() *approvals.Plan {
		return &approvals.Plan{
			Target: approvals.Person{ID: "U1", Also: []string{"W1"}, Email: "a@example.com"},
			Steps: []approvals.Step{{Account: providers.Account{
				Provider: "p", ID: "1", StateWord: "Active", Logins: []string{"a"}, Roles: []string{"r"}, Created: time.Unix(1, 0),
			}}},
		}
	}
	seen := map[string]bool{}
	before := base().Digest()
	changes(reflect.ValueOf(base()).Elem(), "", func(name string, path []int) {
		seen[name] = true
		p := base()
		field := reflect.ValueOf(p).Elem()
		for _, i := range path {
			if field.Kind() == reflect.Slice {
				field = field.Index(i)
			} else {
				field = field.Field(i)
			}
		}
		alter(t, name, field)
		why := notApproved[name]
		if same := p.Digest() == before; same != (why != "") {
			t.Errorf("%s changes: the digest stays: %t; the reason to leave it out: %q", name, same, why)
		}
	})
	for name := range notApproved {
		if !seen[name] {
			t.Errorf("there is no field %s any more", name)
		}
	}
	if two := approvals.Plan(*base()); true {
		two.Steps = append(two.Steps, two.Steps[0])
		two.Steps[1].Account.ID = "2"
		one := two.Digest()
		two.Steps[0], two.Steps[1] = two.Steps[1], two.Steps[0]
		if two.Digest() == one || one == before {
			t.Error("steps, or their order, are not in the digest")
		}
	}
}

// Where a provider has no word of its own for it, the state itself is approved.
func TestAStateWithoutAWordIsApproved(t *testing.T) {
	t.Parallel()
	of := func(s providers.State) string {
		return approvals.Plan{Steps: []approvals.Step{{Account: providers.Account{State: s}}}}.Digest()
	}
	if of(providers.StateActive) == of(providers.StateInactive) {
		t.Error("two states have one digest")
	}
}

// changes visits each field that has no fields of its own, with the way to it.
func changes(v reflect.Value, under string, visit func(name string, path []int)) {
	var walk func(v reflect.Value, under string, path []int)
	walk = func(v reflect.Value, under string, path []int) {
		for i := range v.NumField() {
			f, name := v.Type().Field(i), v.Type().Field(i).Name
			way := append(append([]int(nil), path...), i)
			switch {
			case f.Type == reflect.TypeFor[[]approvals.Step]():
				walk(v.Field(i).Index(0), name+".", append(way, 0))
			case f.Type == reflect.TypeFor[providers.Account](), f.Type == reflect.TypeFor[approvals.Person]():
				walk(v.Field(i), name+".", way)
			default:
				visit(under+name, way)
			}
		}
	}
	walk(v, under, nil)
}

// alter gives a field another value.
func alter(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch at, isTime := v.Interface().(time.Time); {
	case isTime:
		v.Set(reflect.ValueOf(at.Add(time.Hour)))
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Kind() == reflect.Int || v.Kind() == reflect.Int64:
		v.SetInt(v.Int() + 1)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		v.Set(reflect.Append(v, reflect.ValueOf("x").Convert(v.Type().Elem())))
	case v.Kind() == reflect.Map || v.Kind() == reflect.Slice || v.Kind() == reflect.Pointer:
		t.Errorf("%s: this test cannot alter %s; teach it", name, fmt.Sprint(v.Type()))
	default:
		t.Errorf("%s: this test cannot alter %s; teach it", name, v.Type())
	}
}
