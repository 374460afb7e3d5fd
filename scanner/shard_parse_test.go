package scanner_test

import (
	"fmt"
	"testing"

	"github.com/tlschain/tlschain/scanner"
)

// Every target is in one shard and only one, and no shard is much larger than
// the others.
func TestShards(t *testing.T) {
	const targets, of = 3000, 7
	var size [of]int
	for n := range targets {
		target := scanner.Target{Host: fmt.Sprintf("host-%d.example.com", n), Port: 443, ServerName: fmt.Sprintf("host-%d.example.com", n)}
		in := 0
		for i := 1; i <= of; i++ {
			s, err := scanner.ParseShard(fmt.Sprintf("%d/%d", i, of))
			if err != nil {
				t.Fatal(err)
			}
			if s.Has(&target) {
				in++
				size[i-1]++
			}
		}
		if in != 1 {
			t.Fatalf("%s is in %d shards", target.Host, in)
		}
	}
	for i, n := range size {
		if n < targets/of*3/4 || n > targets/of*5/4 {
			t.Errorf("shard %d/%d has %d of %d targets", i+1, of, n, targets)
		}
	}
	// Where a line stands and how it was typed is no part of a target.
	a := scanner.Target{Text: "example.com", Host: "example.com", Port: 443, ServerName: "example.com"}
	b := a
	b.Text, b.Tags, b.Expect = "https://example.com/", map[string]string{"team": "web"}, "00"
	if one, err := scanner.ParseShard("1/2"); err != nil || one.Has(&a) != one.Has(&b) {
		t.Error("the same target is in two shards")
	}
	// The hash (FNV-1a, 64 bits) is part of the contract: machines with different
	// releases share a list. Worked out apart from this code, modulo 7.
	if s, err := scanner.ParseShard("2/7"); err != nil || !s.Has(&a) {
		t.Error("example.com has moved to another shard")
	}
	for _, bad := range []string{"0/4", "5/4", "4", "a/b", "1/0", "-1/4", "1/4/2"} {
		if _, err := scanner.ParseShard(bad); err == nil {
			t.Errorf("--shard %s is taken", bad)
		}
	}
}
