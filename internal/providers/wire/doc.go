// Package wire is the one HTTP client through which vendors talk to their providers.
//
// Its nouns: a [Client] knows one base URL; [Client.Read] asks something, [Client.Write] changes something, each gives a
// [Response] or a [providers.Error].
//
// Its promise:
//
//   - A write is put on the wire at most once: on a connection of its own, over HTTP/1.1, without redirects, proxies or
//     anything that net/http could repeat. Its deadline is checked on the wall clock at the moment its first byte would leave,
//     so that a process that was stopped and woke up sends nothing. NotSent is set only when no byte of the request left.
//   - Reads are tried a few times on Temporary and RateLimited, with back-off, inside the caller's context.
//   - An answer is believed only when it is JSON by its content type and by its body, or is empty with 204. Bodies over 1 MiB are
//     refused. What a write's answer leaves open is UnknownOutcome.
//   - Errors and logs hold no header, no body, and of the address only the path.
//
// What it does not do: know any vendor's success mark or error ids. A vendor judges each 2xx body itself and brings
// [Options.Classify] for the rest. Ids that go into a path are validated and escaped by the vendor.
package wire
