package main

import (
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/scanner"
)

// A shard is one of several disjoint parts of the targets, for runs on several
// machines. The zero value is all of them.
type shard struct {
	index, of uint64 // index from 0
}

// parseShard reads I/N, with I from 1 to N as people count, and as Kubernetes
// does not: a job completion index is one less.
func parseShard(text string) (shard, error) {
	if text == "" {
		return shard{}, nil
	}
	first, second, ok := strings.Cut(text, "/")
	i, err1 := strconv.ParseUint(first, 10, 32)
	n, err2 := strconv.ParseUint(second, 10, 32)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return shard{}, usagef("--shard %q: type I/N, such as 1/4 for the first of four parts", text)
	}
	return shard{i - 1, n}, nil
}

// has reports whether a target belongs to the shard.
func (s shard) has(t scanner.Target) bool {
	return s.of <= 1 || scanner.ShardOf(&t, s.of) == s.index
}
