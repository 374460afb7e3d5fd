package client

import "tlschain/rules/chain"

// A Profile is one client, or one version of it: a trust store and the
// parameters of a path builder, with what is known about both.
type Profile struct {
	ID      string // what people type
	Title   string // what they read
	Family  string // such as "openssl" or "android"
	Version string // the version that was measured or is meant; empty: whatever is current
	Group   Group  // the narrowest group that it belongs to
	Builder Builder
	Store   *chain.Set
}

// WithStore gives the same client with another trust store.
func (p *Profile) WithStore(s *chain.Set) *Profile {
	q := *p
	q.Store = s
	return &q
}
