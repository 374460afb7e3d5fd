package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Panel is the clients that judge many lists together: what can be known of
// them before the first is worked out once. It does not change once made, and
// is safe for concurrent use.
type Panel struct {
	profiles []*Profile
	alike    [][]int // by profile: the earlier ones that differ from it in nothing but the store and its conditions
}

// NewPanel makes a panel of profiles, which must not be changed afterwards.
func NewPanel(profiles []*Profile) *Panel {
	p := &Panel{profiles: profiles, alike: make([][]int, len(profiles))}
	for i, a := range profiles {
		for j, b := range profiles[:i] {
			if a.AIA == b.AIA && a.Preload == b.Preload && a.Shipped == b.Shipped && a.Builder == b.Builder {
				p.alike[i] = append(p.alike[i], j)
			}
		}
	}
	return p
}

// Judge is [Panel.Judge] of a panel that judges one list.
func Judge(profiles []*Profile, s *chain.Session, presented []chain.Entry, q Question) []Verdict {
	return NewPanel(profiles).Judge(s, presented, q)
}

// Judge predicts what each profile makes of a presented list, in the order of
// the profiles. What does not depend on the client is worked out once, and
// profiles with equal builders whose stores have the same to say about the list
// are judged once. Verdicts may share their paths: do not change them.
func (panel *Panel) Judge(s *chain.Session, presented []chain.Entry, q Question) []Verdict {
	profiles := panel.profiles
	d := newDocket(s, presented, q)
	d.views = make([]view, 0, len(profiles))
	d.anchors = make([][]*cert.Certificate, 0, len(profiles)*len(d.names))
	out := make([]Verdict, len(profiles))
	views := make([]*view, len(profiles))
	local := make([]bool, len(profiles))       // nothing but the view was asked
	conditional := make([]bool, len(profiles)) // a condition has refused a path
	w := &walk{d: d}
	for i, p := range profiles {
		views[i] = d.see(p.Store)
		j := -1 // an earlier profile whose verdict is p's too
		for _, k := range panel.alike[i] {
			if (views[k] == views[i] || local[k] && views[k].alike(views[i])) &&
				(profiles[k].Conditions == p.Conditions || !conditional[k] && p.Conditions.allows(out[k].Path, q)) {
				j = k
				break
			}
		}
		if j >= 0 {
			out[i], local[i], conditional[i] = out[j], local[j], conditional[j]
		} else {
			w.sit(p, views[i])
			out[i] = w.decide(p)
			local[i], conditional[i] = !w.beyond, w.conditional
		}
		out[i].Client = p.ID
	}
	return out
}

// Judge predicts what the client makes of a presented list.
func (p *Profile) Judge(s *chain.Session, presented []chain.Entry, q Question) Verdict {
	return Judge([]*Profile{p}, s, presented, q)[0]
}

// sit makes w ready for another client.
func (w *walk) sit(p *Profile, v *view) {
	w.use(&p.Builder, 0)
	w.view, w.reach, w.beyond = v, reachNothing, v.deep
	w.leaf, w.path, w.found = nil, w.path[:0], fault{}
	w.conditions, w.conditional = p.Conditions, false
}

// use makes w go by the parameters of b.
func (w *walk) use(b *Builder, cut int) {
	w.b, w.verifier, w.cut = b, b.verifier(), cut
	w.everyEntry = w.verifier.everyEntry()
}

// decide runs the search with what was sent and, where that fails, with what
// the client would find elsewhere.
func (w *walk) decide(p *Profile) Verdict {
	if len(w.d.list) == 0 || w.d.list[0] == nil {
		const reason = "the first entry is no certificate, so there is nothing to verify"
		return Verdict{Cause: Odd, Reason: reason, Problem: Problem{Code: CodeJunkEntry, Text: reason}}
	}
	if f := w.checkList(); f.what != nothing {
		reason := w.reason(f)
		return Verdict{Cause: f.cause(), Reason: reason, Problem: w.problem(f, reason)}
	}
	w.choose()
	if w.accepts() {
		return w.tell(Presented)
	}
	v := Verdict{Path: w.certificates()}
	more := w.found.atEnd()
	f := w.detail(w.found)
	if len(w.d.q.Known) > 0 && more {
		inOrder := w.b != &p.Builder // Java fetches nothing for a list in order: model scenarios 14f and 14g
		for _, r := range []reach{reachPreload, reachAIA} {
			if r == reachPreload && !p.Preload || r == reachAIA && (!p.AIA || inOrder) {
				continue
			}
			w.reach = r
			if r == reachPreload {
				w.shipped = p.Shipped
			}
			accepted := w.accepts()
			w.shipped = nil
			if accepted {
				return w.tell(w.by())
			}
		}
		f = w.explain(f)
	}
	v.Cause = f.cause()
	v.Reason, v.Problem = w.say(f)
	return v
}

// A telling is an accepted path and what is said about it.
type telling struct {
	path    []*edge
	verdict Verdict
}

// tell makes the verdict of the path in w. Most clients take the same path, so
// it is put into words once.
func (w *walk) tell(by By) Verdict {
	for _, t := range w.d.told {
		if t.verdict.By == by && slices.Equal(t.path, w.path) {
			return t.verdict
		}
	}
	v := Verdict{Accepted: true, By: by, Reason: w.success(), Path: w.certificates()}
	w.d.told = append(w.d.told, telling{slices.Clone(w.path), v})
	return v
}

// A saying is a fault in words, with all that the words depend on.
type saying struct {
	fault   fault
	again   bool   // the client tries other paths
	detail  int    // a parameter that the words mention
	host    string // what it has against the name
	reason  string
	problem Problem
}

// say puts a fault into words, once for all clients that would say the same.
func (w *walk) say(f fault) (string, Problem) {
	s := saying{fault: f, again: w.b.Retry == AlwaysRetry}
	switch f.what {
	case pathTooLong:
		s.detail = w.b.MaxPath
	case budgetSpent:
		s.detail = w.budget()
	case wrongOrder:
		s.detail = int(w.b.Order)
	case wrongName:
		s.detail, s.host = b2i(w.b.CommonName), w.b.Host.RefusesHost(w.d.q.Name)
	case outOfDate:
		s.detail = b2i(w.everyEntry)
	}
	for _, o := range w.d.said {
		s.reason, s.problem = o.reason, o.problem
		if s == o {
			return o.reason, o.problem
		}
	}
	s.reason = w.reason(f)
	s.problem = w.problem(f, s.reason)
	w.d.said = append(w.d.said, s)
	return s.reason, s.problem
}

// explain finds out, by known certificates, whether a path ended because
// something was not sent or because its root is not in the store.
func (w *walk) explain(f fault) fault {
	if f.what != noIssuer {
		return f
	}
	w.reach = reachPreload
	// The root right above tells most, whatever older root has certified its key.
	for _, e := range w.addKnown(nil, f.at) {
		if e.to.selfish {
			return fault{what: rootNotHeld, at: e.to, by: f.at}
		}
	}
	found := w.accepts()
	for _, e := range w.path {
		if e.to.known {
			f.by = e.to
			break
		}
	}
	if !found && (w.found.what == untrustedRoot || w.found.what == selfSignedLeaf) && w.found.at.known {
		f = fault{what: rootNotHeld, at: w.found.at, by: f.at}
	}
	return f
}

// accepts judges the leaf, and before it what else the client insists on.
func (w *walk) accepts() bool {
	if !w.verifier.begin(w) {
		return false
	}
	if !w.run(w.d.list[0]) {
		return false
	}
	if !w.d.isNamed(w.b) {
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
		if i > 0 && list[i-1].issuer != n.subject {
			return
		}
		if w.anchors(n) {
			w.use(w.b.InOrder, i)
			return
		}
	}
	if len(w.named(list[len(list)-1])) > 0 {
		w.use(w.b.InOrder, len(list))
	}
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

// by tells where the accepted path is from.
func (w *walk) by() By {
	for _, e := range w.path {
		if e.to.known {
			if w.reach == reachPreload {
				return Preload
			}
			return AIA
		}
	}
	return Presented
}
