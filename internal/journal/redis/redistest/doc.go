// Package redistest starts real Redis servers for tests: single ones, behind Sentinels, and as a Cluster, on free loopback ports,
// each in its own folder. It can stop, continue, kill and restart them, and cut what lies between a client and them.
//
// A server ends with the process that started it, however that ends. What it does not do: skip. A machine without redis-server fails the test.
package redistest
