// Package audit repeats: it looks at groups of endpoints night after night,
// keeps what it saw, tells material changes from noise, and tells people of
// what got worse and of what is well again, once each.
//
// It drives the packages that observe, judge and show through an [Engine] that it
// is given, and keeps their reports in audit/history. It judges no chain and
// opens no connection to a target itself. Time comes from a [Clock], so that a
// year can pass in a test.
package audit

import (
	"context"
	"iter"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// An Engine makes ready to look at a group's targets as of a moment. Its errors
// are mistakes of the configuration: a client that does not exist, a file of
// roots that cannot be read.
type Engine func(g *Group, now time.Time) (ScanFunc, error)

// A ScanFunc scans targets and judges them. It yields the endpoints of one target
// at a time, as they are done, and gives keep each certificate that was sent or
// that fixes what was, from any goroutine. When ctx ends it yields soon what was
// begun, and ends.
type ScanFunc func(ctx context.Context, targets iter.Seq[scanner.Target], keep func(der []byte)) iter.Seq[[]reports.Endpoint]
