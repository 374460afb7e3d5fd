package scanner

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// A Shard is one of several disjoint parts of the targets, for runs on several
// machines. The zero value is all of them.
type Shard struct {
	index, of uint64 // index from 0
}

// ParseShard reads I/N, with I from 1 to N as people count, and as Kubernetes
// does not: a job completion index is one less.
func ParseShard(text string) (Shard, error) {
	first, second, ok := strings.Cut(text, "/")
	i, err1 := strconv.ParseUint(first, 10, 32)
	n, err2 := strconv.ParseUint(second, 10, 32)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, fmt.Errorf("%q: type I/N, such as 1/4 for the first of four parts", text)
	}
	return Shard{i - 1, n}, nil
}

// Has reports whether a target belongs to the shard.
func (s Shard) Has(t *Target) bool { return s.of <= 1 || shardOf(t, s.of) == s.index }

// shardOf gives which of n disjoint parts of the targets a target belongs to,
// from 0. What identifies the target decides, wherever its line stands. The hash
// must stay as it is: machines with different releases share a list.
func shardOf(t *Target, n uint64) uint64 { return hashOf(t) % n }

// SpreadOf is like shardOf, and spreads addresses over an even n as well: the
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
