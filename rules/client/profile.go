package client

import (
	"maps"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Profile is one client, or one version of it: a trust store and the
// parameters of a path builder, with what is known about both. The zero
// Profile trusts nothing. Profiles are not changed once made.
type Profile struct {
	ID      string // what people type
	Title   string // what they read
	Family  string // such as "openssl" or "android"
	Version string // what was measured or is meant; empty: whatever is current
	Group   Group  // the narrowest group that it belongs to

	Builder         Builder
	BuilderEvidence Evidence   // for the builder
	AIA             bool       // fetches missing issuers by http URL
	Preload         bool       // ships intermediates
	Shipped         *chain.Set // which ones; nil: the known CA certificates stand in for its list

	Store         *chain.Set
	StoreID       string    // of the snapshot; empty: a store that the user gave
	StoreDate     time.Time // of the snapshot
	StoreEvidence Evidence  // for the store

	Conditions *Conditions // what it asks for of anchors, and takes for revoked; nil: nothing

	demands demands  // of which Conditions are made with a store
	Notes   string   // what is assumed, and on what grounds; empty where nothing is
	Sources []string // of builder and store
}

// Evidence tells how well something about a client is known.
type Evidence string

// The degrees of evidence, strongest first.
const (
	Measured   Evidence = "measured"   // seen in runs of the real client
	Documented Evidence = "documented" // published by the vendor
	Assumed    Evidence = "assumed"    // inferred; never shown as proven
)

// evidence is that of the weaker half: a profile is as good as the worse of its
// builder and its store. A store that the user gave counts as proven.
func (p *Profile) evidence() Evidence {
	degrees := []Evidence{Measured, Documented, Assumed}
	worst := 0
	for _, e := range []Evidence{p.BuilderEvidence, p.StoreEvidence} {
		worst = max(worst, slices.Index(degrees, e))
	}
	return degrees[worst]
}

// WithStore gives the same client with another trust store, as --roots asks.
func (p *Profile) WithStore(s *chain.Set) *Profile {
	q := *p
	q.Store, q.StoreID, q.StoreDate, q.StoreEvidence = s, "", time.Time{}, Measured
	if k := p.Conditions; k != nil { // of the store's own nothing is left
		own := *k
		own.Anchors = nil
		q.Conditions = &own
	}
	return &q
}

// roots are the anchors of the store but for intermediates that it trusts by
// themselves: a list is complete that leads to one of these.
func (p *Profile) roots() []*cert.Certificate {
	all := p.Store.All()
	if p.Conditions == nil || len(p.Conditions.Anchors) == 0 {
		return all
	}
	roots := make([]*cert.Certificate, 0, len(all))
	for _, a := range all {
		if !p.Conditions.intermediate(a.SHA256) {
			roots = append(roots, a)
		}
	}
	return roots
}

// Anchors are the roots of all profiles, each once.
func Anchors(profiles []*Profile) *chain.Set {
	var anchors []*cert.Certificate
	seen := make(map[cert.Hash]bool)
	for _, p := range profiles {
		for _, a := range p.roots() {
			if !seen[a.SHA256] {
				seen[a.SHA256] = true
				anchors = append(anchors, a)
			}
		}
	}
	return chain.NewSet(anchors)
}

// WithAdded gives the same client with more anchors, as --add-roots asks. They
// come after its own. Chrome asks nothing of an anchor that the machine trusts,
// also where its own store has a condition on it (CheckChromeRootConstraints in
// net/cert/cert_verify_proc_builtin.cc).
func (p *Profile) WithAdded(s *chain.Set) *Profile {
	q := *p
	q.Store = chain.NewSet(slices.Concat(p.Store.All(), s.All()))
	if k := p.Conditions; k != nil && p.demands.addedFree {
		own := *k
		own.Anchors = maps.Clone(k.Anchors)
		for _, a := range s.All() {
			delete(own.Anchors, a.SHA256)
		}
		q.Conditions = &own
	}
	return &q
}
