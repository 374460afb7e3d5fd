package rules

import (
	"slices"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// With returns a judge that knows the certificates of one more source. It
// stands before the catalogue, whose certificates are facts without bytes.
func (j *Judge) With(s Source) *Judge {
	at := slices.IndexFunc(j.Known, func(k Source) bool { return k.Name == "catalog" })
	if at < 0 {
		at = len(j.Known)
	}
	more := *j
	more.verdicts = new(chain.Cache[cert.Hash, *Verdict])
	more.dead.Known = slices.Insert(slices.Clone(j.dead.Known), at, s.Set)
	s.Set = j.living(s.Set)
	more.Known = slices.Insert(slices.Clone(j.Known), at, s)
	more.world.Known = slices.Insert(slices.Clone(j.world.Known), at, s.Set)
	return &more
}

// Without returns a judge that goes by one more list of revoked certificates.
func (j *Judge) Without(list *catalog.Revocations) *Judge {
	c := j.Criteria
	c.Revoked = append(slices.Clip(c.Revoked), list)
	less := NewJudge(c, j.verifier)
	less.dead.Known = j.dead.Known
	return less
}
