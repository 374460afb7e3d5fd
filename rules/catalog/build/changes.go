package build

import (
	"maps"
	"slices"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Changes is what differs between two sets of facts.
type Changes struct {
	Added, Removed []*cert.Certificate // CA certificates, in the order of the facts
	Stores         []StoreChange       // stores that differ, in the order of the facts
	Lists          []ListChange        // lists of revoked certificates and of preloaded intermediates that differ
}

// A ListChange is what differs between two editions of one list.
type ListChange struct {
	Title          string
	Added, Removed int
}

// A StoreChange is what differs between two editions of one trust store.
// Anchors are compared by subject and key: another self-signed certificate of
// the same root is no change.
type StoreChange struct {
	ID             string
	New, Gone      bool   // in one of the two only; then all its anchors are Added or Removed
	Before         string // New: the client's newest store before, which it differs from so; empty: there was none
	Added, Removed []*cert.Certificate
	Conditions     int // anchors that both hold, on other conditions
}

// Empty reports whether nothing differs.
func (c Changes) Empty() bool { return len(c.Added)+len(c.Removed)+len(c.Stores)+len(c.Lists) == 0 }

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
			if before = newestStores(old)[s.Client]; before != nil {
				change.Before, had = before.ID, true
			} else {
				before = &catalog.Store{}
			}
		}
		change.Added, change.Removed = lacking(s.Anchors.All(), before.Anchors), lacking(before.Anchors.All(), s.Anchors)
		if had {
			change.Conditions = otherConditions(before, s)
		}
		c.note(change)
	}
	for _, s := range old.Stores() {
		if _, has := now.Store(s.ID); !has {
			c.note(StoreChange{ID: s.ID, Gone: true, Removed: s.Anchors.All()})
		}
	}
	c.lists(old, now)
	return c
}

// otherConditions counts the anchors of both that one asks more for.
func otherConditions(a, b *catalog.Store) (n int) {
	for _, anchor := range b.Anchors.All() {
		if !a.Constraints[anchor.SHA256].Same(b.Constraints[anchor.SHA256]) && a.Anchors.Anchors(anchor) {
			n++
		}
	}
	return n
}

func (c *Changes) lists(old, now *catalog.Facts) {
	titles := make(map[string]string)
	for _, f := range []*catalog.Facts{old, now} {
		for _, r := range f.Revocations() {
			titles[r.ID] = r.Title
		}
	}
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		before, after := entriesOf(old, id), entriesOf(now, id)
		c.noteList(titles[id], missingIn(after, before), missingIn(before, after))
	}
	before, after := preloadedIn(old), preloadedIn(now)
	c.noteList("intermediates that Firefox fetches ahead", missingIn(after, before), missingIn(before, after))
}

func (c *Changes) noteList(title string, added, removed int) {
	if added+removed > 0 {
		c.Lists = append(c.Lists, ListChange{title, added, removed})
	}
}

// An entryKey is what an entry of a list of revoked certificates means.
type entryKey struct {
	issuer, serial, subject, name string
	spki, sha                     cert.Hash
}

func entriesOf(f *catalog.Facts, id string) map[entryKey]bool {
	all := make(map[entryKey]bool)
	for _, r := range f.Revocations() {
		for _, e := range r.Entries {
			if r.ID == id {
				all[entryKey{string(e.Issuer), string(e.Serial), string(e.Subject), e.Name, e.SPKI, e.SHA256}] = true
			}
		}
	}
	return all
}

func preloadedIn(f *catalog.Facts) map[cert.Hash]bool {
	all := make(map[cert.Hash]bool)
	if p, ok := f.Preloads(); ok && p.Certs != nil {
		for _, x := range p.Certs.All() {
			all[x.SHA256] = true
		}
	}
	return all
}

// missingIn counts what a has and b has not.
func missingIn[K comparable](a, b map[K]bool) (n int) {
	for k := range a {
		if !b[k] {
			n++
		}
	}
	return n
}

func (c *Changes) note(s StoreChange) {
	if s.New || s.Gone || len(s.Added)+len(s.Removed)+s.Conditions > 0 {
		c.Stores = append(c.Stores, s)
	}
}

// lacking returns what stands in a and, by subject and key, not in b.
func lacking(a []*cert.Certificate, b *chain.Set) (out []*cert.Certificate) {
	for _, c := range a {
		if !b.Anchors(c) {
			out = append(out, c)
		}
	}
	return out
}
