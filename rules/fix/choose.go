package fix

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// best gives the bundle to offer: the first path, by rank, that every chosen
// client accepts from what is sent; failing that the one that most accept, and
// on top of it the cross-certificates that win the others.
func (s *search) best() (bundle []Certificate, ok bool) {
	if len(s.paths) == 0 {
		return nil, false
	}
	most, served := -1, []bool(nil)
	for _, path := range s.paths {
		now := s.ask(path)
		if n := count(now); n > most {
			bundle, most, served = path, n, now
		}
		if most == len(now) {
			break
		}
	}
	if most < len(served) {
		bundle = s.extend(bundle, served)
	}
	if s.planner.options.Prefer == Widest {
		bundle = s.widen(bundle)
	}
	return bundle, true
}

// ask says which of the chosen clients accept a bundle from what is sent,
// without fetching or remembering anything.
func (s *search) ask(bundle []Certificate) []bool {
	entries := []chain.Entry{s.verdict.Entries[s.verdict.Leaf]}
	for _, c := range bundle {
		entries = append(entries, chain.EntryFrom(c.Cert))
	}
	j := s.planner.judge
	q := s.verdict.Question(j.At)
	for _, source := range j.Known {
		q.Known = append(q.Known, source.Set)
	}
	out := make([]bool, len(j.Profiles))
	for i, v := range j.Ask(s.session, entries, q) {
		out[i] = v.Accepted && v.By == client.Presented
	}
	return out
}

func count(served []bool) (n int) {
	for _, ok := range served {
		if ok {
			n++
		}
	}
	return n
}

// extend adds what other paths have and the bundle has not, as long as that
// wins clients and loses none.
func (s *search) extend(bundle []Certificate, served []bool) []Certificate {
	for _, path := range s.paths {
		if count(served) == len(served) {
			break
		}
		more := join(bundle, path)
		if len(more) == len(bundle) || len(more) > chain.MaxDepth {
			continue
		}
		if now := s.ask(more); count(now) > count(served) && !loses(served, now) {
			bundle, served = more, now
		}
	}
	return bundle
}

// widen adds the cross-certificates that the catalogue lists for the product,
// optional ones too, and those that the server sends already, if no chosen
// client minds them.
func (s *search) widen(bundle []Certificate) []Certificate {
	served := s.ask(bundle)
	for _, path := range s.paths {
		more := join(bundle, path)
		if len(more) == len(bundle) || len(more) > chain.MaxDepth || !s.wanted(bundle, more[len(bundle):]) {
			continue
		}
		if now := s.ask(more); !loses(served, now) {
			bundle, served = more, now
		}
	}
	return bundle
}

// wanted reports whether all that a path would add is listed by the CA, or sent
// already, and is no twin of what is there: of the same key and issuer, one
// certificate is enough.
func (s *search) wanted(bundle, extra []Certificate) bool {
	for _, c := range extra {
		if slices.ContainsFunc(bundle, func(b Certificate) bool {
			return b.Cert.Key.SPKI == c.Cert.Key.SPKI && b.Cert.Issuer.Canon == c.Cert.Issuer.Canon
		}) {
			return false
		}
		listed := false
		for _, n := range s.product.Needs {
			listed = listed || len(n.Certs) > 0 && n.Fills(c.Cert)
		}
		if !listed && c.Position < 0 {
			return false
		}
	}
	return true
}

func loses(before, after []bool) bool {
	for i := range before {
		if before[i] && !after[i] {
			return true
		}
	}
	return false
}

// join appends to a bundle what it lacks of a path. The order stays right:
// each certificate that is added certifies one before it, by key.
func join(bundle, path []Certificate) []Certificate {
	out := slices.Clip(bundle)
	for _, c := range path {
		if !slices.ContainsFunc(out, func(o Certificate) bool { return o.Cert.SHA256 == c.Cert.SHA256 }) {
			out = append(out, c)
		}
	}
	return out
}

// withRoot adds the self-signed root above the bundle's last certificate: the
// one that was presented, or else one that is known.
func (s *search) withRoot(bundle []Certificate) []Certificate {
	top := s.leaf
	if len(bundle) > 0 {
		top = bundle[len(bundle)-1].Cert
	}
	root := func(k *cert.Certificate) bool {
		return k != nil && k.IsCA && chain.SelfSigned(s.session, k) && chain.Certifies(s.session, k, top)
	}
	for i, e := range s.verdict.Entries {
		if root(e.Cert) {
			return append(slices.Clip(bundle), Certificate{e.Cert, "presented", i})
		}
	}
	for _, source := range s.planner.judge.Known {
		for _, k := range source.Set.BySubject(top.Issuer) {
			if root(k) {
				return append(slices.Clip(bundle), Certificate{k, source.Name, -1})
			}
		}
	}
	return bundle
}
