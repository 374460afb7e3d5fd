package client

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// stores are the trust stores of a client, by client as in [catalog.Store], best
// first: the next one stands in for dates that are before the first snapshot.
type stores struct {
	clients  []string
	evidence Evidence // empty: Documented
	notes    string
}

// The stores that several clients take.
var (
	systemStore = stores{
		[]string{"debian", "mozilla"}, Assumed,
		"Debian's ca-certificates are assumed, as its packages take them; give the roots of another system by --roots.",
	}
	mozillaStore = stores{clients: []string{"mozilla"}}
)

// demands are what a client asks for beside a path.
type demands struct {
	anchors   bool      // what its trust store says of anchors
	addedFree bool      // but of an anchor that the machine trusts as well
	revoked   string    // no CA certificate of a list, by the list's id in the facts; empty: there is none
	policy    string    // what a policy says of anchors, whichever store it is given, by the id; empty: there is none
	lifetimes Lifetimes // for how long a leaf may be valid
}

// conditions are what is asked for with a store; nil: nothing.
func (d demands) conditions(facts *catalog.Facts, store *catalog.Store) *Conditions {
	k := new(Conditions)
	if d.anchors {
		k.Anchors = store.Constraints
	}
	if d.revoked != "" {
		k.Revoked = revocations(facts, d.revoked)
	}
	if d.policy != "" {
		k.Policy, k.Last = facts.Policy(d.policy), true
	}
	k.Lifetimes = d.lifetimes.under(store.Anchors)
	if len(k.Anchors) == 0 && k.Policy == nil && len(k.Revoked) == 0 && k.Lifetimes == nil {
		return nil
	}
	return k
}

func revocations(facts *catalog.Facts, id string) (lists []*catalog.Revocations) {
	for _, r := range facts.Revocations() {
		if r.ID == id {
			lists = append(lists, r)
		}
	}
	return lists
}

// snapshot gives the client's newest snapshot that is not younger than at, or
// its first (or the one snapshot of that id); early tells that this one is younger. A zero at stands for today.
func snapshot(facts *catalog.Facts, client string, at time.Time) (store *catalog.Store, early bool) {
	for _, s := range facts.Stores() { // by client and date
		switch {
		case s.Client != client && s.ID != client:
		case store == nil:
			store, early = s, !at.IsZero() && s.Date.After(at)
		case at.IsZero() || !s.Date.After(at):
			store, early = s, false
		}
	}
	return store, early
}

// storeAt gives the first of the clients' snapshots that is old enough, or else
// the oldest of the last client's. standsIn tells that it is not the first
// client's own.
func storeAt(facts *catalog.Facts, clients []string, at time.Time) (store *catalog.Store, early, standsIn bool) {
	for i, name := range clients {
		s, young := snapshot(facts, name, at)
		if s == nil || young && i < len(clients)-1 {
			continue
		}
		return s, young, i > 0
	}
	return nil, false, false
}

// withStore gives p a trust store and what p asks for of its anchors.
func (p *Profile) withStore(facts *catalog.Facts, store *catalog.Store) {
	p.Store, p.StoreID, p.StoreDate = store.Anchors, store.ID, store.Date
	p.Conditions = p.demands.conditions(facts, store)
	p.Sources = append(slices.Clone(p.Sources), store.Source)
}

// Combine gives the profile that NAME@STORE means: the client NAME with the
// trust store STORE, which is the id of a snapshot or the client of several: the
// newest of these that is not younger than at. The error tells which of the two
// is unknown.
func Combine(facts *catalog.Facts, all []*Profile, word string, at time.Time) (*Profile, error) {
	name, want, _ := strings.Cut(word, "@")
	i := slices.IndexFunc(all, func(p *Profile) bool { return p.ID == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no client %q in %q", name, word)
	}
	store, _ := snapshot(facts, want, at)
	var known []string
	for _, s := range facts.Stores() {
		if s.ID == want {
			store = s
		}
		if !slices.Contains(known, s.Client) {
			known = append(known, s.Client)
		}
	}
	if store == nil {
		return nil, fmt.Errorf("there is no trust store %q in %q: type one of %s, or the id of a snapshot, which tlschain data info lists",
			want, word, strings.Join(known, ", "))
	}
	p := *all[i]
	p.ID, p.Title, p.Group = word, p.Title+" with the trust store "+store.ID, Legacy
	p.StoreEvidence = Documented
	p.withStore(facts, store)
	return &p, nil
}
