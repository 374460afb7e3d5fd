// Package heap sets how often the garbage of a scan is collected: seldom while
// little is in use, because a scan leaves kilobytes of garbage behind for each
// endpoint and keeps nearly nothing, and as usual once much is in use.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Size is what the heap grows to before its garbage is collected. A scan of 8,000
// endpoints stays below 90 MB with that, the program's own file included.
const Size = 44 << 20

// least is what the heap grows to under Go's own setting of 100%, however little
// is in use.
const least = 4 << 20

// Bound has garbage collected when the heap has grown to [Size], or to twice what
// is in use if that is more, as Go does by itself. GOGC and GOMEMLIMIT in the
// environment take precedence: then it does nothing. It is not a memory limit, under
// which the runtime gives memory back to the system in the midst of a scan, only to
// ask for it again.
func Bound() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(percent(least))
	afterEach(new(collection))
}

// A collection is found to be garbage by each collection.
type collection struct{ _ [2]uintptr }

func afterEach(c *collection) {
	runtime.SetFinalizer(c, func(c *collection) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(percent(int64(live[0].Value.Uint64())))
		afterEach(c)
	})
}

// percent is the setting under which a heap of which so much is in use grows to Size.
func percent(live int64) int {
	live = max(live, least) // Go's least heap is in proportion to the setting
	return max(100, int(100*(Size-live)/live))
}
