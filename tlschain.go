// Package tlschain scans live TLS endpoints and judges the certificate chain
// that each one presents: which clients break because of it, which certificate
// is at fault, and which list of certificates fixes it.
//
// # Scan, judge, complete, report
//
// A [Config] says how to scan and what to judge by. [New] reads the files that
// it names and makes an [Engine], which works through four packages:
//
//	scanner   observes  a target becomes an Observation: the chain as it was sent
//	rules     judges    a chain becomes a Verdict: findings, and what each client makes of it
//	          completes issuers are fetched by their URLs, where Config.AIA allows it, and the
//	                    chain is judged again; then the fix is searched, and proven by the same rules
//	reports   shows     a Verdict becomes an Endpoint, which every format is made of
//
// [Engine.Scan] does so for targets, [Engine.Check] for files, and
// [Engine.PlanFix] tells which list should be sent instead. Imports go one way:
// the command line and audits are built on this package, and it on reports,
// rules and scanner.
//
// # What comes out
//
// Engines yield the endpoints of one target at a time, in the order in which
// targets are done. An endpoint that could not be reached is one, with its error.
// A verdict depends on nothing but its own target, the [Config] and the date: two
// scans of halves of a list find what one scan of all of it does.
//
// # Configurations
//
// The zero [Config] is what tlschain scan does without flags. [Options] pairs each
// field with its flag and with its key in tlschain.yaml; [Config.Flags] are what
// to type so that the program judges by a [Config], and [Config.Hash] tells apart
// two by which verdicts may differ. What is wrong with a [Config] is a
// [FieldError], and is found before any connection is made.
package tlschain
