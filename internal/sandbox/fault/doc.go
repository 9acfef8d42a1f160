// Package fault makes a local provider misbehave on request, and remembers what it was asked.
//
// A [Switch] holds the [Fault]s that are set and wraps a server's handler; a [Call] is one request that arrived, with the effect
// that the handler noted through [Effect]. The modes ending in "after" do what was asked and then hide it, which is what an
// approval bot must survive.
//
// What it does not do: know any provider. What an error looks like is told to it by [Switch.Speak].
package fault
