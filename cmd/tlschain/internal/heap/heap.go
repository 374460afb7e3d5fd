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

// Size is how much memory the program may take, beside the file that it is, before
// garbage is collected. A scan of 8,000 endpoints stays below 90 MB with that.
const Size = 52 << 20

// Bound has garbage collected when the program's memory reaches [Size], or twice
// what is in use if that is more, as Go does by itself. GOGC and GOMEMLIMIT in the
// environment take precedence: then it does nothing.
func Bound() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(Size)
	afterEach(new(collection))
}

// A collection is found to be garbage by each collection.
type collection struct{ _ [2]uintptr }

func afterEach(c *collection) {
	runtime.SetFinalizer(c, func(c *collection) {
		debug.SetMemoryLimit(limit())
		afterEach(c)
	})
}

// limit is the limit for what is in use now.
func limit() int64 {
	all := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(all)
	live, rest := all[0].Value.Uint64(), all[1].Value.Uint64()
	for _, heap := range all[2:] {
		rest -= heap.Value.Uint64()
	}
	return max(Size, int64(2*live+rest))
}
