package scanner

import (
	"fmt"
	"testing"
)

// Addresses are spread as evenly as names, over any number of parts.
func TestSpread(t *testing.T) {
	for _, of := range []uint64{2, 7, 20} {
		size := make([]int, of)
		for n := range 6000 {
			size[SpreadOf(&Target{Host: fmt.Sprintf("127.1.%d.%d", n/250, n%250), Port: 443}, of)]++
		}
		for i, n := range size {
			if mean := 6000 / int(of); n < mean/2 || n > mean*3/2 {
				t.Errorf("part %d of %d has %d", i, of, n)
			}
		}
	}
}
