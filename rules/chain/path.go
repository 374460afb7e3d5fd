package chain

import "github.com/tlschain/tlschain/rules/cert"

// What a certificate costs on a path. What was presented always beats what was
// not; within that, a path that more clients will take beats a shorter one.
const (
	stepCost    = 1
	weakCost    = 100     // signed with SHA-1 or MD5 where the leaf is not, or the other way round: CAs sell both lines apart
	invalidCost = 1_000   // out of date
	revokedCost = 5_000   // revoked
	sourceCost  = 10_000  // for each source that is less good than the first
	missingCost = 100_000 // not presented
)

// maxSteps bounds the search among certificates that were not presented.
const maxSteps = 512

// A visit is one certificate on the way up, linked to the one below it.
type visit struct {
	Step
	cost  int
	below *visit
}

// findPath looks for the cheapest way from the leaf to an anchor (Dijkstra's
// search over certificates), through what was presented and, at a higher
// price, through what is known.
func (a *analyser) findPath() {
	leaf := a.entries[a.Leaf].Cert
	open := []*visit{{Step: Step{Cert: leaf, Position: a.Leaf}}}
	settled := make(map[cert.Hash]bool)
	for steps := 0; len(open) > 0; steps++ {
		if steps > maxSteps {
			a.TooComplex = true
			break
		}
		best := 0
		for i, v := range open {
			if better(v, open[best]) {
				best = i
			}
		}
		v := open[best]
		open[best] = open[len(open)-1]
		open = open[:len(open)-1]
		if settled[v.Cert.SHA256] {
			continue
		}
		settled[v.Cert.SHA256] = true
		if anchor := a.anchorOver(v.Cert); anchor != nil {
			a.Anchor = anchor
			a.setPath(v)
			return
		}
		open = a.climb(v, open, settled)
	}
	a.State = Untrusted
	if SelfSigned(a.session, leaf) {
		a.State = SelfSignedLeaf
	}
	a.followPresented(leaf)
}

func better(v, w *visit) bool {
	if v.cost != w.cost {
		return v.cost < w.cost
	}
	return v.Cert.NotAfter.After(w.Cert.NotAfter)
}

// climb adds the issuers of v to the open visits.
func (a *analyser) climb(v *visit, open []*visit, settled map[cert.Hash]bool) []*visit {
	if v.Cert.SelfIssued() && v.Position != a.Leaf && SelfSigned(a.session, v.Cert) {
		return open // only its own key certifies a root
	}
	add := func(c *cert.Certificate, position, source, extra int) {
		if settled[c.SHA256] {
			return
		}
		open = append(open, &visit{
			Step: Step{Cert: c, Position: position, Source: source},
			cost: v.cost + extra + a.price(c), below: v,
		})
	}
	for _, i := range a.issuersPresented(v) {
		add(a.entries[i].Cert, i, 0, 0)
	}
	for source, set := range a.world.Known {
		for _, k := range set.BySubject(v.Cert.Issuer) {
			if k.SHA256 != v.Cert.SHA256 && a.certifies(k, v.Cert) {
				add(k, -1, source, missingCost+source*sourceCost)
			}
		}
	}
	return open
}

func (a *analyser) issuersPresented(v *visit) []int {
	if v.Position >= 0 {
		return a.parents[v.Position]
	}
	return a.presentedIssuersOf(v.Cert)
}

// presentedIssuersOf finds issuers of a certificate that was not presented.
func (a *analyser) presentedIssuersOf(c *cert.Certificate) (positions []int) {
	for i := range a.entries {
		if p := a.certAt(i); p != nil && p.Subject.Canon == c.Issuer.Canon && p.SHA256 != c.SHA256 && a.certifies(p, c) {
			positions = append(positions, i)
		}
	}
	return positions
}

func (a *analyser) price(c *cert.Certificate) int {
	p := stepCost
	if !c.ValidAt(a.world.At) {
		p += invalidCost
	}
	if a.world.Revoked != nil && a.world.Revoked(c) {
		p += revokedCost
	}
	if c.SignatureAlg.Weak() != a.entries[a.Leaf].Cert.SignatureAlg.Weak() {
		p += weakCost
	}
	return p
}

// anchorOver gives the trust anchor that c is, by name and key, or that signed
// it; of several, one that is valid.
func (a *analyser) anchorOver(c *cert.Certificate) *cert.Certificate {
	var found *cert.Certificate
	keep := func(k *cert.Certificate) {
		if found == nil || !found.ValidAt(a.world.At) && k.ValidAt(a.world.At) {
			found = k
		}
	}
	for _, k := range a.world.Anchors.BySPKI(c.Key.SPKI) {
		if k.Subject.Canon == c.Subject.Canon {
			keep(k)
		}
	}
	if found != nil {
		return found
	}
	for _, k := range a.world.Anchors.BySubject(c.Issuer) {
		if a.certifies(k, c) {
			keep(k)
		}
	}
	return found
}

func (a *analyser) setPath(top *visit) {
	a.State = Complete
	n := 0
	for v := top; v != nil; v = v.below {
		n++
	}
	a.Path = make([]Step, n)
	for v := top; v != nil; v = v.below {
		n--
		a.Path[n] = v.Step
		if v.Position < 0 {
			a.State = Incomplete
		}
	}
}

// followPresented makes the path of a list that leads to no anchor: from the
// leaf up through what was presented, the best issuer at each step.
func (a *analyser) followPresented(leaf *cert.Certificate) {
	seen := map[cert.Hash]bool{leaf.Key.SPKI: true}
	a.Path = []Step{{Cert: leaf, Position: a.Leaf}}
	for i := a.Leaf; ; {
		next := -1
		for _, j := range a.parents[i] {
			c := a.entries[j].Cert
			if !seen[c.Key.SPKI] && (next < 0 || a.price(c) < a.price(a.entries[next].Cert)) {
				next = j
			}
		}
		if next < 0 {
			return
		}
		c := a.entries[next].Cert
		seen[c.Key.SPKI] = true
		a.Path = append(a.Path, Step{Cert: c, Position: next})
		i = next
	}
}

// bridgeDepth is how many certificates in a row may be missing for those above
// the gap to count as related.
const bridgeDepth = 4

// reach marks what some path from the leaf passes through, also across gaps
// that known certificates fill.
func (a *analyser) reach(reached []bool) {
	left := -1 // not yet reached, not counting the leaf
	for i := range a.entries {
		if a.certAt(i) != nil {
			left++
		}
	}
	var up func(i int)
	up = func(i int) {
		for _, j := range a.parents[i] {
			if !reached[j] && j != a.Leaf {
				reached[j] = true
				left--
				up(j)
			}
		}
	}
	up(a.Leaf)
	if left == 0 {
		return
	}
	bridged := make(map[cert.Hash]bool)
	var bridge func(c *cert.Certificate, depth int)
	bridge = func(c *cert.Certificate, depth int) {
		for _, set := range a.world.Known {
			for _, k := range set.BySubject(c.Issuer) {
				if bridged[k.SHA256] || len(bridged) > maxSteps || k.SHA256 == c.SHA256 || !a.certifies(k, c) {
					continue
				}
				bridged[k.SHA256] = true
				for _, j := range a.presentedIssuersOf(k) {
					if !reached[j] && j != a.Leaf {
						reached[j] = true
						left--
						up(j)
					}
				}
				if depth > 1 {
					bridge(k, depth-1)
				}
			}
		}
	}
	for i := range a.entries {
		c := a.certAt(i)
		if left > 0 && c != nil && (reached[i] || i == a.Leaf) && len(a.parents[i]) == 0 {
			bridge(c, bridgeDepth)
		}
	}
}
