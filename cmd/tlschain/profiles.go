package main

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
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
	typed := words(c.String("clients"))
	if len(typed) == 0 {
		return nil, nil, usagef("--clients names no client").hintf("%s clients lists them", name)
	}
	all := client.Profiles(facts, at)
	own, err := p.ownClients(c.String("client-file"), all)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, own...)
	if !c.IsSet("clients") && len(own) > 0 {
		typed = nil
		for _, profile := range own {
			typed = append(typed, profile.ID)
		}
	}
	chosen, named, err = client.Select(all, typed)
	if err != nil {
		return nil, nil, unknownClient(err, typed, all)
	}
	return withStores(chosen, replace, add), named, nil
}

// ownClients are those that the user wrote down, each with its store. A store's
// path is relative to the file that names it.
func (p *process) ownClients(file string, known []*client.Profile) ([]*client.Profile, error) {
	if file == "" {
		return nil, nil
	}
	data, err := p.readFile(file)
	if err != nil {
		return nil, usagef("--client-file %s: %w", file, err)
	}
	defined, err := client.Parse(data, known)
	if err != nil {
		return nil, usagef("--client-file %s: %w", file, err).hintf("%s clients NAME tells of the clients that others can be based on", name)
	}
	var out []*client.Profile
	for _, d := range defined {
		profile := d.Profile
		if d.Store != "" {
			path := d.Store
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(file), path)
			}
			certs, err := p.certificates(path)
			if err != nil {
				return nil, usagef("--client-file %s: line %d: store %s: %w", file, d.Line, d.Store, err)
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

// unknownClient adds to an error of client.Select what was probably meant.
func unknownClient(cause error, typed []string, all []*client.Profile) error {
	known := []string{string(client.Modern), string(client.Broad), string(client.Legacy), string(client.All)}
	for _, p := range all {
		known = append(known, p.ID)
	}
	err := usagef("%w", cause)
	for _, word := range typed {
		if near := nearest(word, known); near != "" && near != word {
			return err.hintf("did you mean %s? %s clients lists them", near, name)
		}
	}
	return err.hintf("%s clients lists them", name)
}
