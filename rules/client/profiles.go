package client

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// Profiles pairs every builder and platform with its trust store, ordered by
// id. Those without a version of their own take the newest snapshot that is
// not younger than at, or the first there is; a zero at stands for today.
// Facts without a store leave out the profiles that need it.
func Profiles(facts *catalog.Facts, at time.Time) []*Profile {
	m := &profileBuilder{facts: facts, at: at}
	for _, r := range rows {
		m.add(r.profile(facts), r.store.clients...)
	}
	for _, s := range facts.Stores() {
		switch s.Client {
		case "android":
			m.take(androidClient(s).profile(facts), s)
		case "apple":
			m.take(appleClient(s).profile(facts), s)
		}
	}
	slices.SortFunc(m.profiles, func(a, b *Profile) int { return cmp.Compare(a.ID, b.ID) })
	return m.profiles
}

// A profileBuilder collects profiles while it looks up their stores.
type profileBuilder struct {
	facts    *catalog.Facts
	at       time.Time
	profiles []*Profile
}

// add gives p the store that one of the clients has at the date, the first of
// them that has one, and keeps it.
func (m *profileBuilder) add(p *Profile, clients ...string) {
	store, early, standsIn := storeAt(m.facts, clients, m.at)
	if store == nil {
		return
	}
	if standsIn {
		p.StoreEvidence = Assumed
		p.Notes = strings.TrimSpace(p.Notes +
			" No snapshot of its own store is as old as the date; that of " + store.Client + " stands in for it.")
	}
	m.take(p, store)
	if early {
		p.StoreEvidence = Assumed
		p.Notes = strings.TrimSpace(p.Notes + " No snapshot of its store is as old as the date; the first one is taken.")
	}
}

// take keeps p with a store.
func (m *profileBuilder) take(p *Profile, store *catalog.Store) {
	p.withStore(m.facts, store)
	m.profiles = append(m.profiles, p)
}

// major reads the number that a version begins with; 0 if there is none.
func major(version string) int {
	end := 0
	for end < len(version) && '0' <= version[end] && version[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(version[:end])
	if err != nil {
		return 0
	}
	return n
}
