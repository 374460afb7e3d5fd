package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// NewEngine gives the [Engine] that scans groups as tlschain scan would with the
// same settings. env is what there is beside the files that a group names. db is
// where the workers of a zone keep the pace together; report hears when it does
// not answer.
func NewEngine(env func(now time.Time) tlschain.Env, db *history.DB, report func(error)) Engine {
	alone := new(ledger)
	return func(g *Group, now time.Time) (ScanFunc, error) {
		with := env(now)
		with.SharePace = g.Zone != "" // of all shards that a worker does at once
		p := &pacer{reserve: alone.reserve, report: report, group: g.Name, network: g.Pace.PerNetwork}
		if g.Zone != "" && db != nil {
			p.reserve, p.rate = db.Turns, g.Pace.Rate
		}
		if p.rate > 0 || p.network > 0 {
			with.Turn = p.wait
		}
		if len(g.CompareWith) > 0 && db != nil {
			with.Elsewhere = vantages(db, g.CompareWith, report)
		}
		engine, err := g.engine(with)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
			return engine.ScanKeeping(ctx, inGroup(g.Name, engine.MailServers(ctx, targets)), keep)
		}, nil
	}
}

// engine scans and judges as the group's settings say.
func (g *Group) engine(env tlschain.Env) (*tlschain.Engine, error) {
	engine, err := tlschain.New(g.config(), env)
	if err != nil {
		return nil, keyError(err)
	}
	return engine, nil
}

// config is what a group's settings mean, with its files where they are.
func (g *Group) config() tlschain.Config {
	c := g.Config.WithFiles(g.inFolder)
	c.Pace = tlschain.Pace{
		Concurrency: g.Pace.Concurrency, Rate: g.Pace.Rate, PerHost: g.Pace.PerHost, Retries: g.Pace.Retries,
		Timeout: time.Duration(g.Pace.Timeout),
	}
	return c
}

// keyError words an error about a field of a Config by the key that it has in
// tlschain.yaml.
func keyError(err error) error {
	var field *tlschain.FieldError
	if !errors.As(err, &field) {
		return err
	}
	asKey := func(o tlschain.Option) string { return o.Key }
	if hint := field.Hint(asKey); hint != "" {
		return fmt.Errorf("%w; %s", field.Say(asKey), hint)
	}
	return field.Say(asKey)
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
