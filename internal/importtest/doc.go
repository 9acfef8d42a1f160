// Package importtest holds the import rules of the house, as a test.
//
// A rule says which packages of the module a package may import. The core sees the provider contract and nothing else, so that it
// stays pure; engines and vendors see their contract alone, so that none of them can lean on another; libraries that would spread
// Slack or a store through the code stay where they belong. Every package must have a rule. The linter's depguard says the same
// while typing; here it cannot be switched off.
//
// What it does not do: look at the imports of tests, but for the libraries.
package importtest
