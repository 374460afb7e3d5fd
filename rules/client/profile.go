package client

import (
	"slices"
	"time"

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

	Builder Builder
	Tested  Evidence // for the builder
	AIA     bool     // fetches missing issuers by http URL
	Preload bool     // ships intermediates; the known CA certificates stand in for its list

	Store     *chain.Set
	StoreID   string    // of the snapshot; empty: a store that the user gave
	StoreDate time.Time // of the snapshot
	Stocked   Evidence  // for the store

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

// Evidence is that of the weaker half: a profile is as good as the worse of its
// builder and its store. A store that the user gave counts as proven.
func (p *Profile) Evidence() Evidence {
	degrees := []Evidence{Measured, Documented, Assumed}
	worst := 0
	for _, e := range []Evidence{p.Tested, p.Stocked} {
		worst = max(worst, slices.Index(degrees, e))
	}
	return degrees[worst]
}

// WithStore gives the same client with another trust store, as --roots asks.
func (p *Profile) WithStore(s *chain.Set) *Profile {
	q := *p
	q.Store, q.StoreID, q.StoreDate, q.Stocked = s, "", time.Time{}, Measured
	return &q
}

// WithAdded gives the same client with more anchors, as --add-roots asks. They
// come after its own.
func (p *Profile) WithAdded(s *chain.Set) *Profile {
	q := *p
	q.Store = chain.NewSet(slices.Concat(p.Store.All(), s.All()))
	return &q
}
