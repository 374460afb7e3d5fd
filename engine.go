package tlschain

import (
	"context"
	"iter"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/aia"
	"github.com/tlschain/tlschain/scanner/tlsa"
)

// An Engine scans and judges as its [Config] says. It is safe for concurrent
// use. Make it with [New].
type Engine struct {
	config   Config
	env      Env
	facts    *catalog.Facts
	judge    *rules.Judge
	scanner  *scanner.Scanner
	resolver *tlsa.Resolver // nil: DANE is not asked for
	fetcher  *aia.Fetcher   // nil: nothing is fetched
	revoker  *revoker       // nil: CAs are not asked
	judged   *completer     // for scan and check
	fixed    *completer     // for fix, which needs the bytes of what it writes
	expect   cert.Hash
	rows     reports.Rows

	distrust *catalog.Revocations // what the user no longer trusts; nil: nothing

	weighs  bool // there is a policy, or a waiver
	policy  *policy.Policy
	waivers []policy.Waiver
}

// New reads the files that a [Config] names and makes ready to judge. What is
// wrong with the [Config], or with one of them, is told as a [FieldError], before
// any connection is made.
func New(config Config, env Env) (*Engine, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	e := &Engine{config: config, env: env, facts: env.Facts, policy: new(policy.Policy)}
	if e.facts == nil {
		e.facts = catalog.Embedded()
	}
	at := config.At
	if at.IsZero() {
		at = env.Now
	}
	if at.IsZero() {
		at = time.Now()
	}
	var err error
	if e.scanner, err = e.newScanner(); err != nil {
		return nil, err
	}
	e.scanner.Turn = env.Turn
	if env.SharePace {
		e.scanner.ShareLimits()
	}
	if e.distrust, err = e.readDistrust(); err != nil {
		return nil, err
	}
	if e.judge, err = e.judgeAt(at); err != nil {
		return nil, err
	}
	if e.fetcher, err = config.fetcher(); err != nil {
		return nil, err
	}
	if e.resolver, err = config.resolverFor(); err != nil {
		return nil, err
	}
	if config.Revocation {
		client, _ := config.fetchClient() // which Validate has seen
		e.revoker = newRevoker(client, env.CRLs, config.At)
	}
	e.judged = newCompleter(e.judge, completing{fetcher: e.fetcher, revoker: e.revoker})
	e.fixed = newCompleter(e.judge, completing{fetcher: e.fetcher, revoker: e.revoker, bytes: true,
		fix: fix.Options{Prefer: config.Prefer, WithRoot: config.WithRoot}})
	if e.expect, err = e.readExpected(); err != nil {
		return nil, err
	}
	return e, e.readPolicy()
}

// Config is what the Engine was made of.
func (e *Engine) Config() Config { return e.config }

// Header begins a report of what this Engine judges.
func (e *Engine) Header(tool reports.Tool, started time.Time) reports.Header {
	return reports.Header{
		SchemaVersion: reports.SchemaVersion, Tool: tool, StartedAt: started.UTC(), EvaluatedAt: e.judge.At.UTC(),
		FactsAt: e.facts.Updated(), Clients: e.Clients(), Flags: e.config.Flags(ScanCommand | FixCommand),
	}
}

// Clients are the names of the clients that are judged by.
func (e *Engine) Clients() (names []string) {
	for _, p := range e.judge.Profiles {
		names = append(names, p.ID)
	}
	return names
}

// Targets are the options to read targets with: see [scanner.ParseTarget].
func (c *Config) Targets() scanner.TargetOptions {
	return scanner.TargetOptions{Ports: c.Ports, ServerName: c.ServerName, MaxAddresses: uint64(max(0, c.MaxAddresses))}
}

// Scan looks at targets and judges what they present. It yields the endpoints of
// one target at a time, as they are done: one for each address that was looked
// at. When ctx ends it yields soon what was begun, and ends.
func (e *Engine) Scan(ctx context.Context, targets iter.Seq[scanner.Target]) iter.Seq[[]reports.Endpoint] {
	return e.judgeAll(ctx, e.scanner.Scan(ctx, e.expecting(targets)))
}

// ScanKeeping is Scan that also hands on the bytes of each certificate that was
// sent, or that fixes what was, before its endpoint is yielded. keep is called
// from any goroutine.
func (e *Engine) ScanKeeping(ctx context.Context, targets iter.Seq[scanner.Target], keep func(der []byte)) iter.Seq[[]reports.Endpoint] {
	observed := func(yield func([]*scanner.Observation) bool) {
		for all := range e.scanner.Scan(ctx, e.expecting(targets)) {
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
		for all := range e.judgeAll(ctx, observed) {
			for i := range all {
				e.keepFix(ctx, &all[i], keep)
			}
			if !yield(all) {
				return
			}
		}
	}
}

// Check judges what a file holds.
func (e *Engine) Check(ctx context.Context, p Presented) reports.Endpoint {
	verdicts, _ := e.judged.verdicts(ctx, []rules.Presentation{p.Presentation})
	return e.endpoint(nil, p.Label, e.weighed(verdicts[0], policy.Place{Host: p.Label}))
}

// expecting has each target expect the certificate that the Config names, unless
// it says itself which one.
func (e *Engine) expecting(targets iter.Seq[scanner.Target]) iter.Seq[scanner.Target] {
	if e.expect == (cert.Hash{}) {
		return targets
	}
	return func(yield func(scanner.Target) bool) {
		for t := range targets {
			if t.Expect == "" {
				t.Expect = e.expect.String()
			}
			if !yield(t) {
				return
			}
		}
	}
}

// What the files of an audit's rules look like, for hints.
const (
	policyHint   = "{Policy} takes YAML such as severity: {root-in-chain: warning}"
	waiversHint  = `{Waivers} takes YAML such as waivers: [{endpoint: www.example.com, rule: expired-leaf, reason: "moves in May", expires: 2027-05-31}]`
	distrustHint = "{Distrust} takes YAML such as distrust: [{name: Old Root CA, who: us, since: 2026-10-01, reason: its key leaked}]"
)

func (e *Engine) readDistrust() (*catalog.Revocations, error) {
	file := e.config.Distrust
	if file == "" {
		return nil, nil
	}
	data, err := e.env.ReadFile(file)
	if err != nil {
		return nil, fieldf("Distrust", "{Distrust} %s: %w", file, err).hintf(distrustHint)
	}
	list, err := policy.ParseDistrust(file, data)
	if err != nil {
		return nil, fieldf("Distrust", "{Distrust}: %w", err).hintf(distrustHint)
	}
	return list, nil
}

// ReadPolicy reads a file of severities by rule and endpoint.
func (v *Env) ReadPolicy(file string) (*policy.Policy, error) {
	data, err := v.ReadFile(file)
	if err != nil {
		return nil, fieldf("Policy", "{Policy} %s: %w", file, err).hintf(policyHint)
	}
	p, err := policy.Parse(file, data)
	if err != nil {
		return nil, fieldf("Policy", "{Policy}: %w", err).hintf(policyHint)
	}
	return p, nil
}

func (e *Engine) readPolicy() (err error) {
	if file := e.config.Policy; file != "" {
		if e.policy, err = e.env.ReadPolicy(file); err != nil {
			return err
		}
		e.weighs = true
	}
	if file := e.config.Waivers; file != "" {
		data, err := e.env.ReadFile(file)
		if err != nil {
			return fieldf("Waivers", "{Waivers} %s: %w", file, err).hintf(waiversHint)
		}
		if e.waivers, err = policy.ParseWaivers(file, data); err != nil {
			return fieldf("Waivers", "{Waivers}: %w", err).hintf(waiversHint)
		}
		e.weighs = true
	}
	return nil
}

// IsOff reports whether the policy switches a rule off for every endpoint: one
// that is about a report as a whole, say.
func (e *Engine) IsOff(rule string) bool { return e.policy.IsOff(rule) }

// weighed gives a verdict the severities that the policy sets, and the waivers.
func (e *Engine) weighed(v *rules.Verdict, where policy.Place) *rules.Verdict {
	if !e.weighs {
		return v
	}
	own := *v // what was judged may be remembered, for other places
	e.policy.Judge(&own, e.waivers, where, e.judge.At)
	return &own
}

func placeOf(o *scanner.Observation) policy.Place {
	return policy.Place{Host: o.Target.Host, Port: o.Target.Port, Address: o.Addr.Addr(), Group: o.Target.Tags["group"], Tags: o.Target.Tags}
}
