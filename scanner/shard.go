package scanner

import (
	"fmt"
	"hash/fnv"
)

// ShardOf gives which of n disjoint parts of the targets a target belongs to,
// from 0. What identifies the target decides, wherever its line stands. The hash
// must stay as it is: machines with different releases share a list.
func ShardOf(t *Target, n uint64) uint64 { return hashOf(t) % n }

// SpreadOf is like ShardOf, and spreads addresses over an even n as well: the
// lowest bit of that hash is the same for all of them.
func SpreadOf(t *Target, n uint64) uint64 {
	h := hashOf(t)
	h = (h ^ h>>33) * 0xff51afd7ed558ccd // MurmurHash3's last step
	return (h ^ h>>33) % n
}

func hashOf(t *Target) uint64 {
	address := ""
	if t.Addr.IsValid() {
		address = t.Addr.String()
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%d\x00%s\x00%s\x00%s", t.Host, t.Port, t.ServerName, address, t.STARTTLS)
	if t.Transport != TCP {
		fmt.Fprintf(h, "\x00%s", t.Transport)
	}
	return h.Sum64()
}
