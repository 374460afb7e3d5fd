package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// Outlook tells on which days up to until something turns for the endpoints of a
// group, by what they presented last. They are judged as of env's moment, by its
// facts and the group's settings: what was judged in the audit may be old.
func (g *Group) Outlook(ctx context.Context, db *history.DB, env tlschain.Env, until time.Time) (*reports.Outlook, error) {
	engine, err := g.engine(env)
	if err != nil {
		return nil, fmt.Errorf("group %s: %w", g.Name, err)
	}
	presented, err := db.Presented(ctx, g.Name)
	if err != nil {
		return nil, err
	}
	outlook := engine.NewOutlook(reports.Clean(g.Name), until)
	for _, p := range presented {
		served, err := servedChain(&p)
		if err != nil {
			return nil, err
		}
		outlook.Add(served)
	}
	der, err := db.DER(ctx, outlook.Needs())
	if err != nil {
		return nil, err
	}
	return outlook.Report(der)
}

// Outlook is that of several groups, see [Group.Outlook].
func (c *Config) Outlook(ctx context.Context, db *history.DB, env tlschain.Env, groups []string,
	until time.Time) (*reports.Outlook, error) {
	all := &reports.Outlook{EvaluatedAt: env.Now.UTC(), Until: until.UTC(), Turns: []reports.Turn{}}
	for _, group := range groups {
		outlook, err := c.Groups[group].Outlook(ctx, db, env, until)
		if err != nil {
			return nil, err
		}
		all.Merge(outlook)
	}
	return all, nil
}

func servedChain(p *history.Presented) (tlschain.Served, error) {
	var id identity
	if err := json.Unmarshal([]byte(p.Endpoint.Identity), &id); err != nil {
		return tlschain.Served{}, fmt.Errorf("reading an endpoint from the history: %w", err)
	}
	return tlschain.Served{
		Endpoint: reports.Clean(p.Endpoint.Key), ServerName: id.ServerName, Chain: p.Chain, Leaf: p.Leaf, Issuer: p.Issuer, Refused: p.Refused,
		NotBefore: p.NotBefore, NotAfter: p.NotAfter,
	}, nil
}
