package main

type sandboxCmd struct{}

// Run is being written.
func (c *sandboxCmd) Run(*env) error { return nil }
