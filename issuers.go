package tlschain

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner/aia"
)

// maxRounds bounds how often a target is judged anew: each round fetches one
// certificate further up, and no honest chain is longer.
const maxRounds = 5

// A completer judges what a target presented with everything that may be
// brought in for it: issuers that are fetched by the URLs in certificates, round
// by round, and the fix. It is safe for concurrent use.
//
// Here judging meets the network: the rules fetch nothing, and the fetcher
// judges nothing. What one target makes us fetch is used for that target alone:
// no verdict depends on what others sent.
type completer struct {
	judge   *rules.Judge
	options completing
	planner *fix.Planner
	anchors *chain.Set
}

// completing is what may be brought in.
type completing struct {
	fetcher *aia.Fetcher // nil: nothing is fetched
	bytes   bool         // fetch also issuers that are known as facts: their bytes are to be written
	fix     fix.Options  // how fixes are chosen
	revoker *revoker     // nil: CAs are not asked what they revoked
}

func newCompleter(j *rules.Judge, o completing) *completer {
	return &completer{judge: j, options: o, planner: fix.New(j, o.fix), anchors: client.Anchors(j.Profiles)}
}

// verdicts judges what one target presented, one presentation for each address,
// and fills in the fixes. The planner is the one to ask for more about them.
func (c *completer) verdicts(ctx context.Context, ps []rules.Presentation) ([]*rules.Verdict, *fix.Planner) {
	judge, planner := c.judge, c.planner
	verdicts := judge.Judge(ps)
	var fetched []*cert.Certificate
	if c.options.fetcher != nil {
		var failures []rules.AIAFailure
		if fetched, failures = c.fetch(ctx, verdicts); len(fetched)+len(failures) > 0 {
			ps = slices.Clone(ps)
			for i := range ps {
				ps[i].AIA = failures
			}
			judge = judge.With(rules.Source{Name: "aia", Set: chain.NewSet(fetched)})
			planner = fix.New(judge, c.options.fix)
			verdicts = judge.Judge(ps)
		}
	}
	if c.options.revoker != nil {
		planner, verdicts = c.askRevocation(ctx, ps, judge, planner, verdicts, fetched)
	}
	for _, v := range verdicts {
		planner.Fill(v)
		for _, other := range v.Others {
			planner.Fill(other)
		}
	}
	return verdicts, planner
}

// fetch climbs from the leaves of one target as far as URLs lead.
func (c *completer) fetch(ctx context.Context, verdicts []*rules.Verdict) (fetched []*cert.Certificate, failures []rules.AIAFailure) {
	session := c.options.fetcher.Begin()
	asked := make(map[string]bool)
	for range maxRounds {
		wants := c.wanted(verdicts, fetched, asked)
		if len(wants) == 0 {
			break
		}
		for _, w := range wants {
			certs, failed := w.fetch(ctx, session)
			fetched = append(fetched, certs...)
			failures = append(failures, failed...)
		}
	}
	return fetched, failures
}

// A want is a certificate whose issuer is not at hand: the URLs to try, or one
// that cannot be.
type want struct {
	urls  []string
	other string // where there is no URL that can be fetched
}

// fetch asks one URL after the other until one has certificates. What failed
// before matters to nobody then: an AD CS names its directory first, which only
// its own domain can ask, and a web server behind it.
func (w want) fetch(ctx context.Context, session *aia.Session) (certs []*cert.Certificate, failures []rules.AIAFailure) {
	if w.other != "" {
		return nil, []rules.AIAFailure{{URL: w.other, Untried: true}}
	}
	for _, url := range w.urls {
		r := session.Fetch(ctx, url)
		if r.Failure != nil {
			failures = append(failures, rules.AIAFailure{URL: url, Message: r.Failure.Message})
			continue
		}
		for _, der := range r.Certs {
			if x, err := cert.Parse(der); err == nil {
				certs = append(certs, x)
			}
		}
		if len(certs) > 0 {
			return certs, nil
		}
	}
	return nil, failures
}

// Bounds of one round: URLs of one certificate, and certificates on the way.
const (
	maxURLs  = 2
	maxClimb = 64
)

// allOf gives the verdicts with those on other handshakes.
func allOf(verdicts []*rules.Verdict) (all []*rules.Verdict) {
	for _, v := range verdicts {
		all = append(append(all, v), v.Others...)
	}
	return all
}

// wanted gives the URLs that were not asked yet, of the certificates above
// which nothing is at hand.
func (c *completer) wanted(verdicts []*rules.Verdict, fetched []*cert.Certificate, asked map[string]bool) (wants []want) {
	for _, v := range allOf(verdicts) {
		if v.Leaf < 0 {
			continue
		}
		session := new(chain.Verifier).Begin()
		seen := make(map[cert.Hash]bool)
		open := []*cert.Certificate{v.Entries[v.Leaf].Cert}
		for len(open) > 0 && len(seen) < maxClimb {
			x := open[0]
			open = open[1:]
			if seen[x.SHA256] || chain.SelfSigned(session, x) || c.trusted(session, x) {
				continue
			}
			seen[x.SHA256] = true
			issuers := c.issuers(session, v, fetched, x)
			open = append(open, issuers...)
			if len(issuers) > 0 {
				continue
			}
			if w := wantOf(x, asked); len(w.urls) > 0 || w.other != "" {
				wants = append(wants, w)
			}
		}
	}
	return wants
}

func wantOf(x *cert.Certificate, asked map[string]bool) (w want) {
	fetchable := x.FetchableIssuers()
	for _, url := range fetchable[:min(maxURLs, len(fetchable))] {
		if !asked[url] {
			asked[url] = true
			w.urls = append(w.urls, url)
		}
	}
	if len(fetchable) == 0 && len(x.CAIssuers) > 0 && !asked[x.CAIssuers[0]] {
		asked[x.CAIssuers[0]] = true
		w.other = x.CAIssuers[0]
	}
	return w
}

// trusted reports whether an anchor of some client signed x: nothing is missing above it.
func (c *completer) trusted(session *chain.Session, x *cert.Certificate) bool {
	return slices.ContainsFunc(c.anchors.BySubject(x.Issuer), func(a *cert.Certificate) bool { return chain.Certifies(session, a, x) })
}

func (c *completer) issuers(session *chain.Session, v *rules.Verdict, fetched []*cert.Certificate,
	x *cert.Certificate) (out []*cert.Certificate) {
	add := func(k *cert.Certificate) {
		if k != nil && (k.Raw != nil || !c.options.bytes) && chain.Certifies(session, k, x) {
			out = append(out, k)
		}
	}
	for _, e := range v.Entries {
		add(e.Cert)
	}
	for _, k := range fetched {
		add(k)
	}
	for _, source := range c.judge.Known {
		for _, k := range source.Set.BySubject(x.Issuer) {
			add(k)
		}
	}
	return out
}

// twins gives the serial numbers, in hex, of the known self-signed roots that
// share name and key with a cross-certificate of a bundle: Windows prefers such
// a root in its store to the cross-certificate.
func (e *Engine) twins(bundle []fix.Certificate) (serials []string) {
	for _, b := range bundle {
		for _, source := range e.judge.Known {
			for _, k := range source.Set.BySPKI(b.Cert.Key.SPKI) {
				serial := hex.EncodeToString(k.Serial)
				if k.SelfIssued() && k.Subject.Canon == b.Cert.Subject.Canon && k.SHA256 != b.Cert.SHA256 && !slices.Contains(serials, serial) {
					serials = append(serials, serial)
				}
			}
		}
	}
	return serials
}
