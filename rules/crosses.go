package rules

import (
	"slices"

	"tlschain/rules/cert"
	"tlschain/rules/chain"
	"tlschain/rules/client"
)

// A cross is one way to let more clients in by sending cross-certificates.
type cross struct {
	refs    []CertRef // what to send, in order
	clients []string  // who would accept then
	sent    int       // position of another live certificate of the first one's key; -1: none
}

// crossAdvice is what cross-certificates would mend on one presentation.
type crossAdvice struct{ missing, wrong []cross }

// Bounds of the search for cross-certificates: how many of one key are tried,
// and how many are stacked (SureServer EV [2048bit] needs two).
const (
	maxCrossTries = 8
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

func (s *Subject) findCrosses() {
	steps := s.presented()
	tops := []*cert.Certificate{s.Chain.Anchor}
	for _, step := range steps[1:] {
		tops = append(tops, step.Cert)
	}
	after := steps[len(steps)-1].Position
	served := make(map[string]bool)
	for _, top := range tops {
		s.tryCrosses(top, s.Entries, nil, after, served)
	}
	accepted := slices.ContainsFunc(s.Clients, func(v client.Verdict) bool { return v.Accepted })
	if !accepted {
		s.crosses.missing = nil // the chain itself is at fault then
	}
}

// tryCrosses asks what each live cross-certificate of top's key would gain if
// it were sent behind entries, and goes on to those of its issuer's key.
func (s *Subject) tryCrosses(top *cert.Certificate, entries []chain.Entry, refs []CertRef, after int, served map[string]bool) {
	if len(refs) == maxCrossDepth {
		return
	}
	tried := 0
	for _, source := range s.Judge.Known {
		for _, x := range source.Set.Keyed(top.Key.SPKI) {
			if tried == maxCrossTries || x.SelfIssued() || !x.ValidAt(s.At) || !x.ForTLS() || x.Subject.Canon != top.Subject.Canon ||
				!s.hasRoot(x) || holds(entries, x) {
				continue
			}
			tried++
			more := append(slices.Clip(entries), chain.Suppose(x))
			path := append(slices.Clip(refs), CertRef{After: after, Cert: x, Name: x.Subject, Source: source.Name})
			var gained []string
			for _, id := range s.gained(more) {
				if !served[id] {
					served[id] = true
					gained = append(gained, id)
				}
			}
			if len(gained) > 0 {
				s.advise(cross{refs: path, clients: gained, sent: s.liveOf(path[0].Cert)})
			}
			for _, issuer := range s.issuersOf(x) {
				s.tryCrosses(issuer, more, path, after, served)
			}
		}
	}
}

func (s *Subject) advise(c cross) {
	if c.sent >= 0 {
		s.crosses.wrong = append(s.crosses.wrong, c)
		return
	}
	s.crosses.missing = append(s.crosses.missing, c)
}

// hasRoot says whether a self-signed certificate of x's key is known: only then
// is x a cross-certificate and not another intermediate.
func (s *Subject) hasRoot(x *cert.Certificate) bool {
	root := func(k *cert.Certificate) bool { return k.SelfIssued() && k.Subject.Canon == x.Subject.Canon }
	for _, source := range s.Judge.Known {
		if slices.ContainsFunc(source.Set.Keyed(x.Key.SPKI), root) {
			return true
		}
	}
	return slices.ContainsFunc(s.Judge.world.Anchors.Keyed(x.Key.SPKI), root)
}

// issuersOf gives one known certificate for each key that may have signed x.
func (s *Subject) issuersOf(x *cert.Certificate) (issuers []*cert.Certificate) {
	seen := make(map[cert.Hash]bool)
	for _, source := range s.Judge.Known {
		for _, k := range source.Set.Named(x.Issuer) {
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
