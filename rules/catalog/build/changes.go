package build

import (
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Changes is what differs between two sets of facts.
type Changes struct {
	Added, Removed []*cert.Certificate // CA certificates, in the order of the facts
	Stores         []StoreChange       // stores that differ, in the order of the facts
}

// A StoreChange is what differs between two editions of one trust store.
// Anchors are compared by subject and key: another self-signed certificate of
// the same root is no change.
type StoreChange struct {
	ID             string
	New, Gone      bool // in one of the two only; then all its anchors are Added or Removed
	Added, Removed []*cert.Certificate
}

// Empty reports whether nothing differs.
func (c Changes) Empty() bool { return len(c.Added)+len(c.Removed)+len(c.Stores) == 0 }

// Compare tells what changed from old to now.
func Compare(old, now *catalog.Facts) Changes {
	var c Changes
	for _, k := range now.All() {
		if _, ok := old.Find(k.Cert.SHA256); !ok {
			c.Added = append(c.Added, k.Cert)
		}
	}
	for _, k := range old.All() {
		if _, ok := now.Find(k.Cert.SHA256); !ok {
			c.Removed = append(c.Removed, k.Cert)
		}
	}
	for _, s := range now.Stores() {
		before, had := old.Store(s.ID)
		change := StoreChange{ID: s.ID, New: !had}
		if !had {
			before = &catalog.Store{}
		}
		change.Added, change.Removed = lacking(s.Anchors, before.Anchors), lacking(before.Anchors, s.Anchors)
		c.note(change)
	}
	for _, s := range old.Stores() {
		if _, has := now.Store(s.ID); !has {
			c.note(StoreChange{ID: s.ID, Gone: true, Removed: s.Anchors.All()})
		}
	}
	return c
}

func (c *Changes) note(s StoreChange) {
	if s.New || s.Gone || len(s.Added)+len(s.Removed) > 0 {
		c.Stores = append(c.Stores, s)
	}
}

// lacking returns what stands in a and, by subject and key, not in b.
func lacking(a, b *chain.Set) (out []*cert.Certificate) {
	for _, c := range a.All() {
		if !b.Anchors(c) {
			out = append(out, c)
		}
	}
	return out
}
