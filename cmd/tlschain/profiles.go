package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"tlschain/rules/catalog"
	"tlschain/rules/cert"
	"tlschain/rules/chain"
	"tlschain/rules/client"
)

// profiles picks the clients of --clients, with the stores that --roots and
// --add-roots ask for. named are those that were typed by their own name.
func (p *process) profiles(c *cli.Context, facts *catalog.Facts, at time.Time) (chosen []*client.Profile, named []string, err error) {
	replace, err := p.roots("roots", c.String("roots"))
	if err != nil {
		return nil, nil, err
	}
	add, err := p.roots("add-roots", c.String("add-roots"))
	if err != nil {
		return nil, nil, err
	}
	all := interimProfiles(facts)
	for _, word := range words(c.String("clients")) {
		found := 0
		for _, profile := range all {
			if inGroup(profile, word) || profile.ID == word {
				found++
				chosen = append(chosen, profile)
			}
		}
		if slices.ContainsFunc(all, func(p *client.Profile) bool { return p.ID == word }) {
			named = append(named, word)
		}
		if found == 0 {
			return nil, nil, unknownClient(word, all)
		}
	}
	if len(chosen) == 0 {
		return nil, nil, usagef("--clients names no client")
	}
	slices.SortStableFunc(chosen, func(a, b *client.Profile) int { return strings.Compare(a.ID, b.ID) })
	chosen = slices.CompactFunc(chosen, func(a, b *client.Profile) bool { return a.ID == b.ID })
	return withStores(chosen, replace, add), named, nil
}

// withStores gives the profiles their other trust stores. Profiles that share
// one go on sharing one.
func withStores(profiles []*client.Profile, replace, add []*cert.Certificate) []*client.Profile {
	if replace == nil && add == nil {
		return profiles
	}
	made := map[*chain.Set]*chain.Set{}
	out := make([]*client.Profile, len(profiles))
	for i, p := range profiles {
		store := made[p.Store]
		if store == nil {
			anchors := p.Store.All()
			if replace != nil {
				anchors = replace
			}
			store = chain.NewSet(slices.Concat(anchors, add))
			made[p.Store] = store
		}
		out[i] = p.WithStore(store)
	}
	return out
}

func unknownClient(word string, all []*client.Profile) error {
	known := []string{"modern", "broad", "legacy", "all"}
	for _, p := range all {
		known = append(known, p.ID)
	}
	err := usagef("--clients: there is no client %q", word)
	if near := nearest(word, known); near != "" {
		return err.hintf("did you mean %s? %s clients lists them", near, name)
	}
	return err.hintf("%s clients lists them", name)
}

func inGroup(p *client.Profile, group string) bool {
	switch group {
	case "all":
		return true
	case "legacy":
		return p.Group == client.Legacy
	case "broad":
		return p.Group == client.Broad || p.Group == client.Modern
	case "modern":
		return p.Group == client.Modern
	}
	return false
}

// interimProfiles pairs every measured builder with Mozilla's newest store,
// until rules/client brings profiles of its own.
func interimProfiles(facts *catalog.Facts) []*client.Profile {
	store, _ := facts.Store("mozilla-2026")
	modern := []string{"chrome", "firefox", "go", "openssl-3.0", "gnutls-3.7", "curl"}
	broad := []string{"openssl-1.1.1", "node-20", "node-24", "python-3.11", "rustls-0.23"}
	var out []*client.Profile
	builders := client.Builders()
	for _, id := range slices.Sorted(maps.Keys(builders)) {
		p := &client.Profile{ID: id, Title: id, Group: client.Legacy, Builder: builders[id], Store: store.Anchors}
		if slices.Contains(modern, id) {
			p.Group = client.Modern
		} else if slices.Contains(broad, id) {
			p.Group = client.Broad
		}
		out = append(out, p)
	}
	return out
}
