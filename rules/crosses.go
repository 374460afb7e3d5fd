package rules

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// A cross is one way to let more clients in by sending cross-certificates.
type cross struct {
	refs    []CertRef // what to send, in order
	clients []string  // who would accept then
	sent    int       // position of another live certificate of the first one's key; -1: none
}

// crossAdvice is what cross-certificates would fix on one presentation.
type crossAdvice struct{ missing, wrong []cross }

// Bounds of the search for cross-certificates: how many lists are tried in all,
// and how many cross-certificates are stacked (SureServer EV [2048bit] needs two).
const (
	maxCrossTries = 64
	maxCrossDepth = 3
)

// crossRoots finds live cross-certificates of the path's keys that would make
// rejecting clients accept. It tries each, by asking those clients again.
func (s *Subject) crossRoots() crossAdvice {
	if s.crosses == nil {
		s.crosses = &crossAdvice{}
		if s.Chain.State == chain.Complete && len(s.rejecting(client.Incomplete, client.Untrusted, client.Expired)) > 0 {
			s.findCrosses()
		}
	}
	return *s.crosses
}

// A trial is a list with cross-certificates added: what they are, and the one
// whose issuer's key comes next.
type trial struct {
	entries []chain.Entry
	refs    []CertRef
	top     *cert.Certificate
	gained  []string
}

// findCrosses tries one cross-certificate, then two, then three, and takes from
// each round what lets in the most clients that nothing shorter does.
func (s *Subject) findCrosses() {
	steps := s.presented()
	after := steps[len(steps)-1].Position
	round := []trial{{entries: s.Entries, top: s.Chain.Anchor}}
	for _, step := range steps[1:] {
		round = append(round, trial{entries: s.Entries, top: step.Cert})
	}
	served := make(map[string]bool)
	first := make(map[cert.Hash]bool) // two certificates of the path may have one key
	tries := 0
	for depth := 0; depth < maxCrossDepth && len(round) > 0; depth++ {
		var next, good []trial
		for _, t := range round {
			for _, u := range s.addCross(t, after) {
				x := u.refs[depth].Cert
				if tries == maxCrossTries || depth == 0 && first[x.SHA256] {
					continue
				}
				tries++
				first[x.SHA256] = true
				u.gained = s.newlyAccepting(u.entries)
				if len(u.gained) > 0 {
					good = append(good, u)
				}
				for _, issuer := range s.issuersOf(x) {
					u.top = issuer
					next = append(next, u)
				}
			}
		}
		s.takeBest(good, served)
		round = next
	}
	if !slices.ContainsFunc(s.Clients, func(v client.Verdict) bool { return v.Accepted }) {
		s.crosses.missing = nil // the chain itself is at fault then
	}
}

// addCross gives t with each live cross-certificate of its top's key added.
func (s *Subject) addCross(t trial, after int) (out []trial) {
	for _, source := range s.Judge.Known {
		for _, x := range source.Set.BySPKI(t.top.Key.SPKI) {
			if !x.SelfIssued() && x.ValidAt(s.At) && x.ForTLS() && x.Subject.Canon == t.top.Subject.Canon &&
				s.hasRoot(x) && !holds(t.entries, x) {
				out = append(out, trial{
					entries: append(withoutRoot(t.entries, x), chain.EntryFrom(x)),
					refs:    append(slices.Clip(t.refs), CertRef{After: after, Cert: x, Name: x.Subject, Source: source.Name}),
				})
			}
		}
	}
	return out
}

// withoutRoot copies entries but for the self-signed certificates of x's name and
// key, in whose place x would be sent: a client that makes one path of the list
// might take one of those instead.
func withoutRoot(entries []chain.Entry, x *cert.Certificate) []chain.Entry {
	var out []chain.Entry
	for i, e := range entries {
		if i == 0 || e.Cert == nil || !e.Cert.SelfIssued() || e.Cert.Key.SPKI != x.Key.SPKI || e.Cert.Subject.Canon != x.Subject.Canon {
			out = append(out, e)
		}
	}
	return out
}

// takeBest advises trials until none lets in a client that is not served: the
// one with the most clients first; of equals the one as strong as the leaf,
// then the one that lives longest.
func (s *Subject) takeBest(good []trial, served map[string]bool) {
	for {
		best, most := -1, []string(nil)
		for i, t := range good {
			var fresh []string
			for _, id := range t.gained {
				if !served[id] {
					fresh = append(fresh, id)
				}
			}
			if len(fresh) > len(most) || len(fresh) > 0 && len(fresh) == len(most) && s.betterCross(t, good[best]) {
				best, most = i, fresh
			}
		}
		if best < 0 {
			return
		}
		for _, id := range most {
			served[id] = true
		}
		refs := good[best].refs
		s.advise(cross{refs: refs, clients: most, sent: s.liveOf(refs[0].Cert)})
	}
}

func (s *Subject) betterCross(t, u trial) bool {
	x, y := t.refs[0].Cert, u.refs[0].Cert
	weak := s.leaf().SignatureAlg.Weak()
	if fits, suits := x.SignatureAlg.Weak() == weak, y.SignatureAlg.Weak() == weak; fits != suits {
		return fits
	}
	return x.NotAfter.After(y.NotAfter)
}

func (s *Subject) advise(c cross) {
	if c.sent >= 0 {
		s.crosses.wrong = append(s.crosses.wrong, c)
		return
	}
	s.crosses.missing = append(s.crosses.missing, c)
}

// hasRoot reports whether a self-signed certificate of x's key is known: only then
// is x a cross-certificate and not another intermediate.
func (s *Subject) hasRoot(x *cert.Certificate) bool {
	root := func(k *cert.Certificate) bool { return k.SelfIssued() && k.Subject.Canon == x.Subject.Canon }
	for _, source := range s.Judge.Known {
		if slices.ContainsFunc(source.Set.BySPKI(x.Key.SPKI), root) {
			return true
		}
	}
	return slices.ContainsFunc(s.Judge.world.Anchors.BySPKI(x.Key.SPKI), root)
}

// issuersOf gives one known certificate for each key that may have signed x.
func (s *Subject) issuersOf(x *cert.Certificate) (issuers []*cert.Certificate) {
	seen := make(map[cert.Hash]bool)
	for _, source := range s.Judge.Known {
		for _, k := range source.Set.BySubject(x.Issuer) {
			if !seen[k.Key.SPKI] && chain.Certifies(s.session, k, x) {
				seen[k.Key.SPKI] = true
				issuers = append(issuers, k)
			}
		}
	}
	return issuers
}

// liveOf gives the position of another valid certificate of x's name and key.
func (s *Subject) liveOf(x *cert.Certificate) int {
	for i, e := range s.Entries {
		if e.Cert != nil && e.Cert.Key.SPKI == x.Key.SPKI && e.Cert.SHA256 != x.SHA256 &&
			e.Cert.Subject.Canon == x.Subject.Canon && e.Cert.ValidAt(s.At) {
			return i
		}
	}
	return -1
}

func holds(entries []chain.Entry, c *cert.Certificate) bool {
	return slices.ContainsFunc(entries, func(e chain.Entry) bool { return e.SHA256 == c.SHA256 })
}
