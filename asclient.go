package tlschain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
)

// A ClientCheck judges what a client would present to a server that asks for its
// certificate. Make it with [Engine.AsClient].
type ClientCheck struct {
	engine  *Engine
	servers []*client.Profile   // without a store
	named   []string            // ids of those that were chosen by name
	trusted []*cert.Certificate // CAs that the server trusts; none: not known
	names   []cert.Name         // of the CAs that it names; none: not known, or it names none
}

// ServerInfo is what is known of the servers that a client's certificate is for.
// Nothing has to be.
type ServerInfo struct {
	Servers  []string // kinds of servers: ids of [client.Servers]; none: all
	ClientCA string   // file of the CA certificates that the server trusts, and names unless Server says otherwise
	Server   string   // a server to ask which CAs it names
}

// AsClient makes ready to judge chains of clients. What is wrong with the file or
// with the live server is an error.
func (e *Engine) AsClient(ctx context.Context, info ServerInfo) (*ClientCheck, error) {
	c := &ClientCheck{engine: e, servers: client.Servers(nil)}
	if len(info.Servers) > 0 {
		var err error
		if c.servers, c.named, err = SelectClients(c.servers, info.Servers); err != nil {
			return nil, err
		}
	}
	for _, file := range []string{e.config.Roots, info.ClientCA} {
		if file == "" {
			continue
		}
		list, err := e.env.certificates(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		c.trusted = append(c.trusted, list...)
	}
	switch {
	case info.Server != "":
		if err := c.ask(ctx, info.Server); err != nil {
			return nil, fmt.Errorf("%s: %w", info.Server, err)
		}
	case info.ClientCA != "":
		for _, ca := range c.trusted {
			c.names = append(c.names, ca.Subject)
		}
	}
	return c, nil
}

// ask learns from a live server which CAs it names.
func (c *ClientCheck) ask(ctx context.Context, server string) error {
	targets, err := scanner.ParseTarget(server, c.engine.config.Targets())
	if err != nil {
		return err
	}
	for target := range targets {
		for all := range c.engine.scanner.Scan(ctx, slices.Values([]scanner.Target{target})) {
			for _, o := range all {
				if o.Request != nil {
					c.names = append(c.names, namesOf(o.Request.Authorities)...)
					return nil
				}
				if o.Failure != nil {
					return o.Failure
				}
			}
		}
	}
	return errors.New("it asks for no client certificate")
}

// namesOf reads names; those that are none cannot be matched.
func namesOf(list [][]byte) (names []cert.Name) {
	for _, der := range list {
		if name, _, ok := cert.ParseName(der); ok {
			names = append(names, name)
		}
	}
	return names
}

// Servers are the ids of the kinds of servers that are judged by.
func (c *ClientCheck) Servers() (ids []string) {
	for _, p := range c.servers {
		ids = append(ids, p.ID)
	}
	return ids
}

// Check judges what a file holds.
func (c *ClientCheck) Check(ctx context.Context, p Presented) reports.Endpoint {
	p.Name = "" // no server compares it with anything
	judge := rules.NewJudge(c.criteria(p.Entries), nil)
	completer := newCompleter(judge, completing{fetcher: c.engine.fetcher})
	verdicts, _ := completer.verdicts(ctx, []rules.Presentation{p.Presentation})
	return c.engine.endpoint(nil, p.Label, c.engine.weighed(verdicts[0], policy.Place{Host: p.Label}))
}

// criteria are those of the Engine, for servers that trust what is known to be
// trusted. Where that is not known, a server is taken to trust the CAs that it
// names, and one of which nothing is known any root; what a server makes of a
// chain that leads to none of those cannot be told.
func (c *ClientCheck) criteria(presented []chain.Entry) rules.Criteria {
	criteria := c.engine.judge.Criteria
	criteria.Client = &rules.Acceptance{Names: c.names, Anchors: len(c.trusted) > 0}
	criteria.Named = c.named
	anchors := chain.NewSet(c.trusted)
	if len(c.trusted) == 0 {
		anchors = c.likely(presented)
		world := chain.World{At: criteria.At, Anchors: anchors}
		for _, source := range criteria.Known {
			world.Known = append(world.Known, source.Set)
		}
		if a := chain.Analyse(new(chain.Verifier).Begin(), presented, world); a.State != chain.Complete && a.State != chain.Incomplete {
			criteria.Profiles = nil
			return criteria
		}
	}
	criteria.Profiles = make([]*client.Profile, len(c.servers))
	for i, p := range c.servers {
		criteria.Profiles[i] = p.WithStore(anchors)
	}
	return criteria
}

// likely are the certificates that are at hand of CAs that the server names; of
// roots, if it names none.
func (c *ClientCheck) likely(presented []chain.Entry) *chain.Set {
	var own, anchors []*cert.Certificate
	for _, e := range presented {
		if e.Cert != nil && e.Cert.IsCA {
			own = append(own, e.Cert)
		}
	}
	sets := []*chain.Set{chain.NewSet(own)}
	for _, source := range c.engine.judge.Known {
		sets = append(sets, source.Set)
	}
	for _, set := range sets {
		if len(c.names) == 0 {
			anchors = append(anchors, slices.DeleteFunc(slices.Clone(set.All()), func(k *cert.Certificate) bool { return !k.SelfIssued() })...)
		}
		for _, name := range c.names {
			anchors = append(anchors, set.BySubject(name)...)
		}
	}
	return chain.NewSet(anchors)
}
