//go:build race

package main

// raced reports whether this test binary has the race detector, which makes every start and every step of a bot many times slower.
const raced = true
