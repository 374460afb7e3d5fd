// Package fix finds the list of certificates that a server should send
// instead of the one it sends: the leaf, and behind it what the chosen clients
// need, in order.
//
// It offers nothing that it has not proven: the corrected list is judged again
// by the same rules and clients, and is a fix only if it takes findings away
// or wins clients, brings no new finding and loses no client. A self-signed
// root is never part of it, unless the policy says so. It makes nothing up:
// certificates that are known from facts only are named, and somebody else
// must bring their bytes. It does no I/O and reads no clock.
package fix

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// A Preference chooses between bundles that serve the chosen clients alike.
type Preference string

// The preferences. The zero value is Minimal.
const (
	Minimal Preference = "minimal" // fewest bytes
	Widest  Preference = "widest"  // with the cross-certificates that may win further clients
)

// Options are what a fix is made by.
type Options struct {
	Prefer Preference
	// WithRoot keeps the self-signed root at the end, which no browser needs:
	// for servers whose DANE-TA record names it (RFC 7671 section 5.2.2).
	WithRoot bool
}

// A Certificate of a corrected list.
type Certificate struct {
	Cert     *cert.Certificate
	Source   string // "presented", or the name of a rules.Source
	Position int    // where it was presented; -1: it was not
}

// A Plan is a corrected list and what it changes.
type Plan struct {
	Leaf    int           // position of the leaf in what was presented
	Bundle  []Certificate // behind the leaf, in order
	Hash    cert.Hash     // SHA-256 over the binary SHA-256s of Bundle, in order
	Changed bool          // the corrected list is not the presented one
	Fixes   bool          // proven: it takes findings away or wins clients, and harms nothing
	Before  *rules.Verdict
	After   *rules.Verdict
}

// A Planner makes plans by one judge. It is safe for concurrent use, and
// remembers the plans of the chains that it saw last. Make it with [New].
type Planner struct {
	judge    *rules.Judge
	options  Options
	verifier chain.Verifier
	plans    chain.Cache[key, *Plan]
}

// A key is what a plan depends on beside the judge.
type key struct {
	name string
	list cert.Hash
	scts string // the times that came beside the leaf
}

// New prepares a planner for the profiles, the date and the known certificates
// of a judge.
func New(j *rules.Judge, o Options) *Planner {
	return &Planner{judge: j, options: o}
}

// Fill puts the fix into a verdict: Bundle and Fix stay nil where none is
// known, or none is needed; Partial is set where some chosen client refuses it.
func (pl *Planner) Fill(v *rules.Verdict) {
	if len(v.Findings) == 0 {
		return
	}
	p := pl.Plan(v)
	if p == nil || !p.Fixes {
		return
	}
	v.Bundle, v.Fix, v.Partial = &p.Hash, make([]*cert.Certificate, len(p.Bundle)), len(p.Refused()) > 0
	for i, c := range p.Bundle {
		v.Fix[i] = c.Cert
	}
}

// remembered is how many plans are remembered, and as many older ones. A plan
// keeps two verdicts, some 50 KB together.
const remembered = 256

// Plan finds the corrected list. It is nil if there is no leaf, or no way from
// it to an anchor of the chosen clients.
func (pl *Planner) Plan(v *rules.Verdict) *Plan {
	if v.Leaf < 0 || v.Entries[v.Leaf].Cert == nil {
		return nil
	}
	k := key{v.Name, chain.HashOf(v.Entries), fmt.Sprint(v.SCTs)}
	p, known := pl.plans.Get(k)
	if known {
		return p.of(v)
	}
	p = pl.plan(v)
	pl.plans.Put(k, p, remembered)
	return p
}

// of is the plan for another endpoint that presents the same list.
func (p *Plan) of(v *rules.Verdict) *Plan {
	if p == nil {
		return nil
	}
	q := *p
	q.Before = v
	return &q
}

func (pl *Planner) plan(v *rules.Verdict) *Plan {
	s := pl.search(v)
	best, ok := s.best()
	if !ok {
		return nil
	}
	p := &Plan{Leaf: v.Leaf, Bundle: best, Before: v, Hash: HashOf(best)}
	if pl.options.WithRoot {
		p.Bundle = s.withRoot(best)
		p.Hash = HashOf(p.Bundle)
	}
	p.prove(pl.judge)
	return p
}

// HashOf identifies a bundle: SHA-256 over the binary SHA-256s of its
// certificates, in order.
func HashOf(bundle []Certificate) cert.Hash {
	return cert.HashOf(func(yield func(cert.Hash) bool) {
		for _, c := range bundle {
			if !yield(c.Cert.SHA256) {
				return
			}
		}
	})
}

// prove judges the corrected list as if it had been presented.
func (p *Plan) prove(j *rules.Judge) {
	v := p.Before
	corrected := v.Presentation
	corrected.Unordered, corrected.Variants, corrected.AIA = false, nil, nil
	corrected.Entries = []chain.Entry{v.Entries[v.Leaf]}
	for _, c := range p.Bundle {
		corrected.Entries = append(corrected.Entries, chain.EntryFrom(c.Cert))
	}
	corrected.Revocation = nil // what is known of them stands at other positions now
	for _, a := range v.Revocation {
		if at := slices.IndexFunc(corrected.Entries, func(e chain.Entry) bool { return e.SHA256 == v.Entries[a.Position].SHA256 }); at >= 0 {
			a.Position = at
			corrected.Revocation = append(corrected.Revocation, a)
		}
	}
	p.Changed = !slices.EqualFunc(v.Entries, corrected.Entries, func(a, b chain.Entry) bool { return a.SHA256 == b.SHA256 })
	p.After = j.Judge([]rules.Presentation{corrected})[0]
	p.Fixes = p.Changed && p.better()
}

// better reports whether something is gained and nothing lost. Findings are
// compared by rule: positions change.
func (p *Plan) better() bool {
	gained := false
	for i, b := range p.Before.Clients {
		if a := p.After.Clients[i]; b.Accepted != a.Accepted {
			if b.Accepted {
				return false
			}
			gained = true
		}
	}
	found := p.After.Findings
	if gained {
		found = slices.DeleteFunc(slices.Clone(found), p.wasHidden)
	}
	before, after := byRule(p.Before.Findings), byRule(found)
	for rule, severity := range after {
		if severity > before[rule] && severity > rules.Info {
			return false
		}
	}
	for rule, severity := range before {
		gained = gained || after[rule] < severity && aboutTheList(rule)
	}
	return gained
}

// wasHidden reports whether a finding on the corrected list is about clients alone
// that refused what was presented too: another finding stood for that before.
func (p *Plan) wasHidden(f rules.Finding) bool {
	if r := rules.Lookup(f.Rule); r == nil || r.Class != rules.ClassClient || len(f.Clients) == 0 {
		return false
	}
	return !slices.ContainsFunc(p.Before.Clients, func(v client.Verdict) bool { return v.Accepted && slices.Contains(f.Clients, v.Client) })
}

func byRule(findings []rules.Finding) map[string]rules.Severity {
	out := make(map[string]rules.Severity)
	for _, f := range findings {
		if f.Variant != "" {
			continue // of another chain, which has a plan of its own
		}
		out[f.Rule] = max(out[f.Rule], f.Severity)
	}
	return out
}

// aboutTheList reports whether a rule judges the list by itself: what compares it
// with others has nothing to compare in a proof, and falls silent.
func aboutTheList(id string) bool {
	r := rules.Lookup(id)
	return r != nil && r.Class != rules.ClassComparison && !r.Beyond
}

// Refused gives the verdicts of the chosen clients that reject the corrected
// list all the same, with their reasons.
func (p *Plan) Refused() (out []client.Verdict) {
	for _, v := range p.After.Clients {
		if !v.Accepted {
			out = append(out, v)
		}
	}
	return out
}

// Lacking gives the certificates whose bytes are not at hand.
func (p *Plan) Lacking() (out []Certificate) {
	for _, c := range p.Bundle {
		if c.Cert.Raw == nil {
			out = append(out, c)
		}
	}
	return out
}
