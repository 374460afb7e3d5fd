package tlschain

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/nearest"
)

// profiles picks the clients to judge by, with the trust stores that the Config
// asks for. named are those that were written by their own name.
func (e *Engine) profiles(at time.Time) (chosen []*client.Profile, named []string, err error) {
	replace, err := e.roots("Roots", e.config.Roots)
	if err != nil {
		return nil, nil, err
	}
	add, err := e.roots("AddRoots", e.config.AddRoots)
	if err != nil {
		return nil, nil, err
	}
	all := client.Profiles(e.facts, at)
	own, err := e.ownClients(all)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, own...)
	wanted := e.config.Clients
	if len(wanted) == 0 {
		for _, profile := range own {
			wanted = append(wanted, profile.ID)
		}
	}
	if len(wanted) == 0 {
		wanted = []string{string(client.Broad)}
	}
	for _, word := range wanted { // NAME@STORE
		if strings.Contains(word, "@") {
			combined, err := client.Combine(e.facts, all, word, at)
			if err != nil {
				return nil, nil, fieldf("Clients", "{Clients}: %w", err).hintf("tlschain clients lists the clients")
			}
			all = append(all, combined)
		}
	}
	if chosen, named, err = SelectClients(all, wanted); err != nil {
		return nil, nil, err
	}
	return withStores(chosen, replace, add), named, nil
}

// ownClients are those that the user wrote down, each with its store. A store's
// path is relative to the file that names it.
func (e *Engine) ownClients(known []*client.Profile) ([]*client.Profile, error) {
	file := e.config.ClientFile
	if file == "" {
		return nil, nil
	}
	data, err := e.env.ReadFile(file)
	if err != nil {
		return nil, fieldf("ClientFile", "{ClientFile} %s: %w", file, err)
	}
	defined, wrong := client.Parse(data, known)
	if wrong != nil {
		return nil, fieldf("ClientFile", "{ClientFile}: %w", wrong.In(file)).
			hintf("tlschain clients lists those that others can be based on")
	}
	var out []*client.Profile
	for _, d := range defined {
		profile := d.Profile
		if d.Store != "" {
			path := d.Store
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(file), path)
			}
			certs, err := e.env.certificates(path)
			if err != nil {
				return nil, fieldf("ClientFile", "{ClientFile}: %s:%d: store %s: %w", file, d.Line, d.Store, err)
			}
			profile = profile.WithStore(chain.NewSet(certs))
		}
		out = append(out, profile)
	}
	return out, nil
}

// withStores gives the profiles the trust stores that were asked for; nil: none.
func withStores(profiles []*client.Profile, replace, add *chain.Set) []*client.Profile {
	out := slices.Clone(profiles)
	for i := range out {
		if replace != nil {
			out[i] = out[i].WithStore(replace)
		}
		if add != nil {
			out[i] = out[i].WithAdded(add)
		}
	}
	return out
}

// SelectClients is [client.Select] with an error that says what was probably
// meant.
func SelectClients(all []*client.Profile, wanted []string) (chosen []*client.Profile, named []string, err error) {
	chosen, named, err = client.Select(all, wanted)
	if err == nil {
		return chosen, named, nil
	}
	known := []string{string(client.Modern), string(client.Broad), string(client.Legacy), string(client.All)}
	for _, p := range all {
		known = append(known, p.ID)
	}
	unknown := fieldf("Clients", "%w", err)
	for _, word := range wanted {
		if near := nearest.Word(word, known); near != "" && near != word {
			return nil, nil, unknown.hintf("did you mean %s? tlschain clients lists them", near)
		}
	}
	return nil, nil, unknown.hintf("tlschain clients lists them")
}

// FindClient finds one client among all by its name, an alias, or NAME@STORE with
// the store as of a moment.
func FindClient(facts *catalog.Facts, all []*client.Profile, id string, at time.Time) (*client.Profile, error) {
	if strings.Contains(id, "@") {
		one, err := client.Combine(facts, all, id, at)
		if err != nil {
			return nil, fieldf("Clients", "%w", err).hintf("tlschain clients lists the clients")
		}
		return one, nil
	}
	named, _, _ := client.Named(id)
	if i := slices.IndexFunc(all, func(c *client.Profile) bool { return c.ID == named }); i >= 0 {
		return all[i], nil
	}
	if _, _, err := SelectClients(all, []string{id}); err != nil {
		return nil, err
	}
	return nil, fieldf("Clients", "%s is a group of clients", id).hintf("tlschain clients lists them")
}
