package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// minimise makes a disagreement smaller as long as it is one: fewer entries,
// fewer anchors, fewer peculiarities.
func (r *runner) minimise(t *testing.T, d *trial) *trial {
	for round := 0; ; round++ {
		var smaller []*sample
		for _, s := range d.smaller(round) {
			smaller = append(smaller, newSample(s, r.now))
		}
		if len(smaller) == 0 {
			return d
		}
		trials := r.try(t, smaller)
		i := slices.IndexFunc(trials, (*trial).differs)
		if i < 0 {
			return d
		}
		d = trials[i]
	}
}

// smaller lists all scenarios that are one step simpler, with names of their
// own.
func (s *scenario) smaller(round int) []*scenario {
	var out []*scenario
	add := func(change func(*scenario)) {
		c := *s
		base, _, _ := strings.Cut(s.id, "m")
		c.id = fmt.Sprintf("%sm%dx%d", base, round, len(out))
		c.presented, c.anchors = slices.Clone(s.presented), slices.Clone(s.anchors)
		c.keys = maps.Clone(s.keys)
		change(&c)
		out = append(out, &c)
	}
	for i := len(s.presented) - 1; i > 0; i-- {
		add(func(c *scenario) { c.presented = slices.Delete(c.presented, i, i+1) })
	}
	for i := range s.anchors {
		if len(s.anchors) > 1 {
			add(func(c *scenario) { c.anchors = slices.Delete(c.anchors, i, i+1) })
		}
	}
	for _, old := range s.distinct() {
		for _, tag := range strings.Split(old.tags, "~")[1:] {
			plain := old
			plain.tags = strings.Replace(old.tags, "~"+tag, "", 1)
			if !slices.Contains(s.distinct(), plain) {
				add(func(c *scenario) { c.replace(old, plain) })
			}
		}
	}
	if s.bare {
		add(func(c *scenario) { c.bare = false })
	}
	for _, name := range slices.Sorted(maps.Keys(s.keys)) {
		if s.keys[name] != "rsa2048" && s.names(name) {
			add(func(c *scenario) { c.keys[name] = "rsa2048" })
		}
	}
	return out
}

// distinct lists the certificates that take part, each once.
func (s *scenario) distinct() []certificate {
	var out []certificate
	for _, c := range slices.Concat(s.presented, s.anchors) {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// names reports whether a certificate that takes part is of or by a name.
func (s *scenario) names(name string) bool {
	return slices.ContainsFunc(s.distinct(), func(c certificate) bool { return c.subject == name || c.issuer == name })
}

// replace puts one certificate for another wherever that stands.
func (s *scenario) replace(old, by certificate) {
	for _, list := range [][]certificate{s.presented, s.anchors} {
		for i := range list {
			if list[i] == old {
				list[i] = by
			}
		}
	}
}

// anchorSet is a store of anchors in order; what cannot be read is left out.
func anchorSet(ders [][]byte) *chain.Set {
	var certs []*cert.Certificate
	for _, der := range ders {
		if e := chain.Read(der); e.Cert != nil {
			certs = append(certs, e.Cert)
		}
	}
	return chain.NewSet(certs)
}
