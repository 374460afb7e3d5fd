package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"iter"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/aia"
)

// engine makes ready to look at a group as scan would with the same flags: a
// group's settings are turned into those flags, so that both mean the same and
// make the same mistakes.
func (p *process) engine(g *audit.Group, now time.Time) (audit.Look, error) {
	c, err := groupFlags(g)
	if err != nil {
		return nil, err
	}
	sc, err := p.newScanner(c)
	if err != nil {
		return nil, err
	}
	judge, err := p.newJudge(c, now)
	if err != nil {
		return nil, err
	}
	completer, err := p.newCourt(c, judge)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
		observed := func(yield func([]*scanner.Observation) bool) {
			for all := range sc.Scan(ctx, inGroup(g.Name, targets)) {
				for _, o := range all {
					for _, der := range o.Chain {
						keep(der)
					}
				}
				if !yield(all) {
					return
				}
			}
		}
		return func(yield func([]reports.Endpoint) bool) {
			for all := range judgeAll(ctx, completer, observed) {
				for i := range all {
					keepMend(ctx, completer.fetcher, &all[i], keep)
				}
				if !yield(all) {
					return
				}
			}
		}
	}, nil
}

// keepMend hands on the certificates that mend an endpoint. Of many we know
// facts and no bytes: those are fetched, where that is allowed. It changes no
// verdict, and an audit asks for each URL once.
func keepMend(ctx context.Context, fetcher *aia.Fetcher, e *reports.Endpoint, keep func([]byte)) {
	if !e.NeedsMend() {
		return
	}
	lacking := map[reports.Hash]bool{}
	for h, der := range e.Corrected() {
		if der != nil {
			keep(der)
		} else {
			lacking[h] = true
		}
	}
	if fetcher == nil || len(lacking) == 0 {
		return
	}
	session := fetcher.Begin()
	for _, m := range e.Missing {
		if !lacking[m.SHA256] || m.AIAURL == "" {
			continue
		}
		for _, der := range session.Fetch(ctx, m.AIAURL).Certs {
			if reports.Hash(sha256.Sum256(der)) == m.SHA256 {
				keep(der)
			}
		}
	}
}

// inGroup has policies and waivers know the targets by the group's name.
func inGroup(group string, targets iter.Seq[scanner.Target]) iter.Seq[scanner.Target] {
	return func(yield func(scanner.Target) bool) {
		for t := range targets {
			tags := map[string]string{}
			maps.Copy(tags, t.Tags)
			tags["group"] = group
			t.Tags = tags
			if !yield(t) {
				return
			}
		}
	}
}

// groupFlags is the command line of scan that means the group's settings.
func groupFlags(g *audit.Group) (*cli.Context, error) {
	set := flag.NewFlagSet(g.Name, flag.ContinueOnError)
	for _, f := range joinFlags(judgingFlags(), scannerFlags()) {
		if err := f.Apply(set); err != nil {
			return nil, err
		}
	}
	for _, s := range settings(g) {
		for _, value := range s.values {
			if err := set.Set(s.flag, value); err != nil {
				return nil, usagef("--%s %s: %w", s.flag, value, err)
			}
		}
	}
	return cli.NewContext(cli.NewApp(), set, nil), nil
}

type setting struct {
	flag   string
	values []string // none: not set
}

func settings(g *audit.Group) []setting {
	text := func(v string) []string {
		if v == "" {
			return nil
		}
		return []string{v}
	}
	number := func(n int) []string {
		if n == 0 {
			return nil
		}
		return []string{strconv.Itoa(n)}
	}
	truth := func(b bool) []string {
		if !b {
			return nil
		}
		return []string{"true"}
	}
	var pool []string
	for _, file := range g.Pool {
		pool = append(pool, g.Path(file))
	}
	pace := g.Pace
	all := []setting{
		{"clients", text(strings.Join(g.Clients, ","))},
		{"roots", text(g.Path(g.Roots))},
		{"add-roots", text(g.Path(g.AddRoots))},
		{"pool", pool},
		{"catalog", text(g.Path(g.Catalog))},
		{"client-file", text(g.Path(g.ClientFile))},
		{"policy", text(g.Path(g.Policy))},
		{"waivers", text(g.Path(g.Waivers))},
		{"aia", truth(g.AIA)},
		{"aia-allow", g.AIAAllow},
		{"all-addresses", truth(g.AllAddresses)},
		{"variants", text(strings.Join(g.Variants, ","))},
		{"concurrency", number(pace.Concurrency)},
		{"per-host", number(pace.PerHost)},
		{"retries", number(pace.Retries)},
	}
	if pace.Rate > 0 {
		all = append(all, setting{"rate", []string{strconv.FormatFloat(pace.Rate, 'g', -1, 64)}})
	}
	if pace.Timeout > 0 {
		all = append(all, setting{"timeout", []string{time.Duration(pace.Timeout).String()}})
	}
	if g.Family != "" {
		all = append(all, setting{g.Family, []string{"true"}})
	}
	return all
}
