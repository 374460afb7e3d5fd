package wire

import (
	"bytes"
	"fmt"
	"testing"
)

// A pool's copies have the bytes that were asked for, whatever else came before, and
// are one where a certificate is ordinary and came lately.
func TestPoolCopies(t *testing.T) {
	pool := new(Pool)
	from := make([]byte, 0, maxPooled+1)
	for i := range 3 * poolCertificates { // so that places are taken again and again
		from = fmt.Appendf(from[:0], "certificate %d", i)
		first := pool.copyOf(from)
		if !bytes.Equal(first, from) || &first[0] == &from[0] {
			t.Fatalf("%q: got %q", from, first)
		}
		if again := pool.copyOf(bytes.Clone(from)); &again[0] != &first[0] {
			t.Errorf("%q: a second copy in memory", from)
		}
	}
	for _, c := range []struct {
		pool *Pool
		size int
	}{{pool, maxPooled + 1}, {nil, 10}, {new(Pool), 0}} {
		first, again := c.pool.copyOf(from[:c.size]), c.pool.copyOf(from[:c.size])
		if first == nil || !bytes.Equal(first, from[:c.size]) {
			t.Errorf("pool %v, %d bytes: got %v", c.pool != nil, c.size, first)
		} else if c.size > 0 && &first[0] == &again[0] {
			t.Errorf("pool %v, %d bytes: it was kept", c.pool != nil, c.size)
		}
	}
}
