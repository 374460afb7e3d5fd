package client

import (
	"slices"
	"sync"

	"github.com/tlschain/tlschain/rules/chain"
)

// A Panel is the clients that judge many lists together: what can be known of
// them before the first is worked out once. It does not change once made, and
// is safe for concurrent use.
type Panel struct {
	profiles []*Profile
	alike    []int        // by profile: the last one before it that differs from it in nothing but the store and its conditions; -1: none
	stores   []*chain.Set // each once
	store    []int        // by profile: the index of its store

	known func() map[string]bool // the names of all anchors; nil: it is not worth while to collect them
}

// NewPanel makes a panel of profiles, which must not be changed afterwards.
func NewPanel(profiles []*Profile) *Panel {
	p := newPanel(profiles)
	p.known = sync.OnceValue(func() map[string]bool {
		names := make(map[string]bool)
		for _, s := range p.stores {
			for _, a := range s.All() {
				names[a.Subject.Canon] = true
			}
		}
		return names
	})
	return p
}

func newPanel(profiles []*Profile) *Panel {
	n := len(profiles)
	indexes := make([]int, 2*n)
	p := &Panel{profiles: profiles, alike: indexes[:n], stores: make([]*chain.Set, 0, n), store: indexes[n:]}
	for i, a := range profiles {
		p.store[i] = slices.Index(p.stores, a.Store)
		if p.store[i] < 0 {
			p.store[i] = len(p.stores)
			p.stores = append(p.stores, a.Store)
		}
	}
	last := make([]int, 0, len(profiles)) // of those that are alike
next:
	for i, a := range profiles {
		for k, j := range last {
			b := profiles[j]
			// Clients of two families never are; to compare names is quick.
			if a.Family == b.Family && a.AIA == b.AIA && a.Preload == b.Preload && a.Shipped == b.Shipped && a.Builder == b.Builder {
				p.alike[i], last[k] = j, i
				continue next
			}
		}
		p.alike[i] = -1
		last = append(last, i)
	}
	return p
}

// Judge is [Panel.Judge] of a panel that judges one list.
func Judge(profiles []*Profile, s *chain.Session, presented []chain.Entry, q Question) []Verdict {
	return newPanel(profiles).Judge(s, presented, q)
}

// A sitting is what a panel has before it while it judges one list.
type sitting struct {
	chain   presentedChain
	search  pathBuilder
	answers []answer
}

// An answer is a profile's verdict with what it depends on.
type answer struct {
	view        *view
	local       bool // nothing but the view was asked
	conditional bool // a condition has refused a path
}

// sittings are those that are over. To clear one is quicker than to make one,
// which would be half of the work for a usual list.
var sittings = sync.Pool{New: func() any { return new(sitting) }}

// Judge predicts what each profile makes of a presented list, in the order of
// the profiles. What does not depend on the client is worked out once, and
// profiles with equal builders whose stores have the same to say about the list
// are judged once. Verdicts may share their paths: do not change them.
func (panel *Panel) Judge(s *chain.Session, presented []chain.Entry, q Question) []Verdict {
	t := sittings.Get().(*sitting)
	defer sittings.Put(t)
	t.chain.begin(s, presented, q)
	t.chain.see(panel)
	t.search.presented = &t.chain
	t.answers = anew(t.answers, len(panel.profiles))
	out := make([]Verdict, len(panel.profiles))
	for i, p := range panel.profiles {
		a := &t.answers[i]
		a.view = &t.chain.views[panel.store[i]]
		if j := panel.before(i, t.answers, out, q); j >= 0 {
			out[i] = out[j]
			a.local, a.conditional = t.answers[j].local, t.answers[j].conditional
		} else {
			t.search.reset(p, a.view)
			out[i] = t.search.decide(p)
			a.local, a.conditional = !t.search.beyond, t.search.conditional
		}
		out[i].Client = p.ID
	}
	return out
}

// before gives an earlier profile whose verdict is the i-th profile's too; -1 if
// there is none.
func (panel *Panel) before(i int, answers []answer, verdicts []Verdict, q Question) int {
	conditions, v := panel.profiles[i].Conditions, answers[i].view
	for j := panel.alike[i]; j >= 0; j = panel.alike[j] {
		a := &answers[j]
		if (a.view == v || a.local && a.view.alike(v)) &&
			(panel.profiles[j].Conditions == conditions || !a.conditional && conditions.allows(verdicts[j].Path, q)) {
			return j
		}
	}
	return -1
}
