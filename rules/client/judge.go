package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Judge predicts what the client makes of a presented list.
func (p *Profile) Judge(s *chain.Session, presented []chain.Entry, q Question) Verdict {
	return Judge([]*Profile{p}, s, presented, q)[0]
}

// reset makes pb ready for another client.
func (pb *pathBuilder) reset(p *Profile, v *view) {
	pb.use(&p.Builder, 0)
	pb.view, pb.shipped, pb.reach, pb.beyond = v, nil, reachNothing, v.deep
	pb.leaf, pb.path, pb.found = nil, pb.path[:0], pathError{}
	pb.conditions, pb.conditional = p.Conditions, false
}

// use makes pb go by the parameters of b.
func (pb *pathBuilder) use(b *Builder, cut int) {
	pb.b, pb.verifier, pb.cut = b, b.verifier(), cut
	pb.everyEntry = pb.verifier.everyEntry()
}

// decide runs the search with what was sent and, where that fails, with what
// the client would find elsewhere.
func (pb *pathBuilder) decide(p *Profile) Verdict {
	if len(pb.presented.list) == 0 || pb.presented.list[0] == nil {
		const reason = "the first entry is no certificate, so there is nothing to verify"
		return Verdict{Cause: Odd, Reason: reason, Problem: &Problem{Code: CodeJunkEntry, Text: reason}}
	}
	if f := pb.checkList(); f.what != nothing {
		reason := pb.reason(f)
		return Verdict{Cause: f.cause(), Reason: reason, Problem: pb.problem(f, reason)}
	}
	pb.choose()
	if pb.accepts() {
		return pb.accept(Presented)
	}
	v := Verdict{Path: pb.certificates()}
	more := pb.found.atEnd()
	f := pb.detail(pb.found)
	if len(pb.presented.q.Known) > 0 && more {
		inOrder := pb.b != &p.Builder // Java fetches nothing for a list in order: model scenarios 14f and 14g
		for _, r := range []reach{reachPreload, reachAIA} {
			if r == reachPreload && !p.Preload || r == reachAIA && (!p.AIA || inOrder) {
				continue
			}
			pb.reach = r
			if r == reachPreload {
				pb.shipped = p.Shipped
			}
			accepted := pb.accepts()
			pb.shipped = nil
			if accepted {
				return pb.accept(pb.by())
			}
		}
		f = pb.explain(f)
	}
	if f.what == selfSignedLeaf && pb.holds(f.at) {
		f.what = leafIsAnchor
	}
	v.Cause = f.cause()
	v.Reason, v.Problem = pb.reasonFor(f)
	return v
}

// An acceptedPath is an accepted path and what is said about it.
type acceptedPath struct {
	path    []*edge
	verdict Verdict
}

// accept makes the verdict of the path in pb. Most clients take the same path, so
// it is put into words once.
func (pb *pathBuilder) accept(by By) Verdict {
	for _, t := range pb.presented.accepted {
		if t.verdict.By == by && slices.Equal(t.path, pb.path) {
			return t.verdict
		}
	}
	v := Verdict{Accepted: true, By: by, Reason: pb.success(), Path: pb.certificates()}
	pb.presented.accepted = append(pb.presented.accepted, acceptedPath{slices.Clone(pb.path), v})
	return v
}

// A reasonKey is a fault with all that the words for it depend on.
type reasonKey struct {
	fault  pathError
	again  bool   // the client tries other paths
	detail int    // a parameter that the words mention
	host   string // what it has against the name
}

// A reasonText is a fault in words.
type reasonText struct {
	of      reasonKey
	text    string
	problem *Problem
}

// reasonFor puts a fault into words, once for all clients that would say the same.
func (pb *pathBuilder) reasonFor(f pathError) (string, *Problem) {
	s := reasonKey{fault: f, again: pb.b.Backtracking == AlwaysBacktrack}
	switch f.what {
	case pathTooLong:
		s.detail = pb.b.MaxPath
	case budgetSpent:
		s.detail = pb.budget()
	case wrongOrder:
		s.detail = int(pb.b.Order)
	case wrongName, hostRefused:
		s.detail, s.host = b2i(pb.b.CommonName), pb.b.Host.RefusesHost(pb.presented.q.Name)
	case outOfDate:
		s.detail = b2i(pb.everyEntry)
	}
	for i := range pb.presented.reasons {
		if o := &pb.presented.reasons[i]; o.of == s {
			return o.text, o.problem
		}
	}
	text := pb.reason(f)
	problem := pb.problem(f, text)
	pb.presented.reasons = append(pb.presented.reasons, reasonText{s, text, problem})
	return text, problem
}

// explain finds out, by known certificates, whether a path ended because
// something was not sent or because its root is not in the store.
func (pb *pathBuilder) explain(f pathError) pathError {
	if f.what != noIssuer {
		return f
	}
	pb.reach = reachPreload
	// The root right above tells most, whatever older root has certified its key.
	for _, e := range pb.addKnown(nil, f.at) {
		if e.to.selfIssued {
			return pathError{what: rootNotHeld, at: e.to, by: f.at}
		}
	}
	found := pb.accepts()
	for _, e := range pb.path {
		if e.to.known {
			f.by = e.to
			break
		}
	}
	if !found && (pb.found.what == untrustedRoot || pb.found.what == selfSignedLeaf) && pb.found.at.known {
		f = pathError{what: rootNotHeld, at: pb.found.at, by: f.at}
	}
	return f
}

// accepts judges the leaf, and before it what else the client insists on.
func (pb *pathBuilder) accepts() bool {
	if !pb.verifier.begin(pb) {
		return false
	}
	if !pb.run(pb.presented.list[0]) {
		return false
	}
	if !pb.presented.isNamed(pb.b, pb.b.Constraints.AddsCommon && pb.isConstrained()) {
		pb.found = pathError{what: wrongName, at: pb.leaf}
		if pb.b.Host.RefusesHost(pb.presented.q.Name) != "" {
			pb.found.what = hostRefused
		}
		return false
	}
	return true
}

// choose switches to the mode for lists in order, where the client has one.
func (pb *pathBuilder) choose() {
	if pb.b.InOrder == nil {
		return
	}
	list := pb.presented.list
	for i, n := range list {
		if n == nil {
			return
		}
		if i > 0 && list[i-1].issuer != n.subject {
			return
		}
		if pb.anchors(n) {
			pb.use(pb.b.InOrder, i)
			return
		}
	}
	if len(pb.named(list[len(list)-1])) > 0 {
		pb.use(pb.b.InOrder, len(list))
	}
}

// certificates gives the path so far, from the leaf upwards.
func (pb *pathBuilder) certificates() []*cert.Certificate {
	if pb.leaf == nil {
		return nil
	}
	out := make([]*cert.Certificate, 1, len(pb.path)+1)
	out[0] = pb.leaf.c
	for _, e := range pb.path {
		out = append(out, e.to.c)
	}
	return out
}

// by tells where the accepted path is from.
func (pb *pathBuilder) by() By {
	for _, e := range pb.path {
		if e.to.known {
			if pb.reach == reachPreload {
				return Preload
			}
			return AIA
		}
	}
	return Presented
}
