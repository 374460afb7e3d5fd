package client

import (
	"tlschain/rules/cert"
	"tlschain/rules/chain"
)

// Judge predicts what each profile makes of a presented list, in the order of
// the profiles. Work that does not depend on the client is done once.
func Judge(profiles []*Profile, s *chain.Session, presented []chain.Entry, q Question) []Verdict {
	d := newDocket(s, presented, q)
	out := make([]Verdict, len(profiles))
	for i, p := range profiles {
		out[i] = p.judge(d)
	}
	return out
}

// Judge predicts what the client makes of a presented list.
func (p *Profile) Judge(s *chain.Session, presented []chain.Entry, q Question) Verdict {
	return p.judge(newDocket(s, presented, q))
}

func (p *Profile) judge(d *docket) Verdict {
	v := p.decide(d)
	v.Client = p.ID
	return v
}

// decide runs the search, first with what was sent, then with what the client
// would find elsewhere.
func (p *Profile) decide(d *docket) Verdict {
	w := walk{d: d, b: &p.Builder, store: p.Store}
	if len(d.list) == 0 || d.list[0] == nil {
		return Verdict{Cause: Odd, Reason: "the first entry is no certificate, so there is nothing to verify"}
	}
	f := w.checkList()
	if f.what == nothing {
		w.choose()
		if w.accepts() {
			return Verdict{Accepted: true, By: Presented, Reason: w.success(), Path: w.certificates()}
		}
		f = w.found
	}
	return Verdict{Cause: f.cause(), Reason: w.reason(f), Path: w.certificates()}
}

// accepts judges the leaf, and before it what else the client insists on.
func (w *walk) accepts() bool {
	if w.b.EachEntry && !w.verifyEach() {
		return false
	}
	if !w.run(w.d.list[0]) {
		return false
	}
	if q := w.d.q.Name; q != "" && !matches(w.leaf.c, q, w.b.CommonName) {
		w.found = fault{what: wrongName, at: w.leaf}
		return false
	}
	return true
}

// choose switches to the mode for lists in order, where the client has one.
func (w *walk) choose() {
	if w.b.InOrder == nil {
		return
	}
	list := w.d.list
	for i, n := range list {
		if n == nil {
			return
		}
		if i > 0 && list[i-1].c.Issuer.Canon != n.c.Subject.Canon {
			return
		}
		if w.store.Anchors(n.c) {
			w.b, w.cut = w.b.InOrder, i
			return
		}
	}
	if len(w.store.Named(list[len(list)-1].c.Issuer)) > 0 {
		w.b, w.cut = w.b.InOrder, len(list)
	}
}

// verifyEach verifies every entry after the first, the last first, by what is
// in the store and what it has verified so far.
func (w *walk) verifyEach() bool {
	list := w.d.list
	w.taken = make([]bool, len(list))
	for i := len(list) - 1; i > 0; i-- {
		n := list[i]
		if w.run(n) {
			if n.c.IsCA && !n.selfish && n.c.KeyUsage&cert.CertSign == 0 {
				w.found = fault{what: cannotSign, at: n}
				return false
			}
			w.taken[n.pos] = n.c.IsCA
			continue
		}
		switch w.found.what {
		case noIssuer, untrustedRoot, selfSignedLeaf:
			if n.c.IsCA {
				continue
			}
			w.found = fault{what: uselessEntry, at: n}
		}
		return false
	}
	return true
}

// certificates gives the path so far, from the leaf upwards.
func (w *walk) certificates() []*cert.Certificate {
	if w.leaf == nil {
		return nil
	}
	out := make([]*cert.Certificate, 1, len(w.path)+1)
	out[0] = w.leaf.c
	for _, e := range w.path {
		out = append(out, e.to.c)
	}
	return out
}

func (w *walk) success() string {
	if len(w.path) == 0 {
		return "the leaf itself is in its store"
	}
	return "the path leads to " + call(w.path[len(w.path)-1].to)
}
