package main

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit/complete"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/aia"
)

// A court judges with everything that the flags allow to be brought in, and
// weighs the findings as the user's policy has it.
type court struct {
	*complete.Completer
	fetcher *aia.Fetcher // nil: nothing is fetched
	lenient bool         // there is a policy, or a waiver
	policy  *policy.Policy
	waivers []policy.Waiver
	at      time.Time
}

// newCourt makes the court that the flags of judgingFlags ask for.
func (p *process) newCourt(c *cli.Context, judge *rules.Judge) (*court, error) {
	fetcher, err := newFetcher(c)
	if err != nil {
		return nil, err
	}
	out := &court{Completer: complete.New(judge, complete.Options{Fetcher: fetcher}), fetcher: fetcher, policy: new(policy.Policy), at: judge.At}
	if file := c.String("policy"); file != "" {
		data, err := p.readFile(file)
		if err != nil {
			return nil, usagef("--policy %s: %w", file, err)
		}
		if out.policy, err = policy.Parse(file, data); err != nil {
			return nil, usagef("--policy: %w", err)
		}
		out.lenient = true
	}
	if file := c.String("waivers"); file != "" {
		data, err := p.readFile(file)
		if err != nil {
			return nil, usagef("--waivers %s: %w", file, err)
		}
		if out.waivers, err = policy.ParseWaivers(file, data); err != nil {
			return nil, usagef("--waivers: %w", err)
		}
		out.lenient = true
	}
	return out, nil
}

// rule judges what one target presented, one presentation for each address.
func (c *court) rule(ctx context.Context, presented []rules.Presentation, places []policy.Place) []*rules.Verdict {
	verdicts, _ := c.Judge(ctx, presented)
	if !c.lenient {
		return verdicts
	}
	for i, v := range verdicts {
		own := *v
		c.policy.Judge(&own, c.waivers, places[i], c.at)
		verdicts[i] = &own
	}
	return verdicts
}

func placeOf(o *scanner.Observation) policy.Place {
	return policy.Place{Host: o.Target.Host, Port: o.Target.Port, Address: o.Addr.Addr(), Group: o.Target.Tags["group"]}
}
