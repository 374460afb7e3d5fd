// Package tlstest makes certificates and serves them, for tests and the demo:
// an in-memory CA that can make every certificate a server was ever seen to
// send (and some that none should), and servers that present any list of
// entries in any order.
//
// Everything is derived from names: the same statements give the same keys,
// serials, signatures and thus the same bytes in every run, so that reports
// over them can be compared byte for byte. Which is also why nothing made here
// may ever protect anything: anyone can make the same keys.
//
// It judges no chain and reads no clock for what it makes. It does not need
// package testing, but for the shortcuts in tb.go.
package tlstest

import "time"

// Now is the moment around which the default validity periods lie; tests judge
// as of it.
func Now() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

// date is midnight UTC.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
