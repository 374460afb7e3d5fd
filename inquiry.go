package tlschain

import (
	"context"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/revocation"
)

// An inquiry is what is asked for one target.
type inquiry struct {
	revoker *revoker
	left    int // fetches
	issuers func(v *rules.Verdict, c *cert.Certificate) []*cert.Certificate
	asked   map[cert.Hash][]revocation.Answer
}

// ask gives, for each verdict, what CAs say of its leaf and intermediates.
func (q *inquiry) ask(ctx context.Context, v *rules.Verdict) (out []rules.RevocationAnswer) {
	for i, e := range v.Entries {
		if e.Cert == nil || !slices.Contains([]chain.Role{chain.Leaf, chain.Intermediate, chain.Cross}, v.Roles[i]) {
			continue
		}
		for _, a := range q.answers(ctx, v, e.Cert) {
			out = append(out, rules.RevocationAnswer{Position: i, Answer: a})
		}
	}
	return out
}

// answers are what CAs say of one certificate, who are asked once.
func (q *inquiry) answers(ctx context.Context, v *rules.Verdict, c *cert.Certificate) []revocation.Answer {
	a, known := q.asked[c.SHA256]
	if !known {
		a = q.about(ctx, c, q.issuers(v, c))
		q.asked[c.SHA256] = a
	}
	return a
}

// maxReplans bounds how often a fix is planned anew, since the one before would
// send what a CA has revoked.
const maxReplans = 3

// askRevocation judges with what CAs say of the certificates that were sent and
// of those that a fix would send. A CA certificate that its issuer revoked is
// advised no more than one of a published list.
func (c *completer) askRevocation(ctx context.Context, ps []rules.Presentation, judge *rules.Judge, planner *fix.Planner,
	verdicts []*rules.Verdict, fetched []*cert.Certificate) (*fix.Planner, []*rules.Verdict) {
	ctx, cancel := context.WithTimeout(ctx, maxTargetTime)
	defer cancel()
	session := new(chain.Verifier).Begin()
	issuers := func(v *rules.Verdict, x *cert.Certificate) []*cert.Certificate {
		out := c.issuers(session, v, fetched, x)
		for _, a := range c.anchors.BySubject(x.Issuer) {
			if chain.Certifies(session, a, x) {
				out = append(out, a)
			}
		}
		return out
	}
	q := &inquiry{revoker: c.options.revoker, left: maxTargetFetches, issuers: issuers, asked: make(map[cert.Hash][]revocation.Answer)}
	ps = slices.Clone(ps)
	for i, v := range verdicts {
		ps[i].Revocation = q.ask(ctx, v)
		ps[i].Variants = slices.Clone(ps[i].Variants)
		for k := range ps[i].Variants {
			for _, other := range v.Others {
				if other.Variant == ps[i].Variants[k].Variant {
					ps[i].Variants[k].Revocation = q.ask(ctx, other)
				}
			}
		}
	}
	verdicts = judge.Judge(ps)
	for range maxReplans {
		gone := q.revoked(ctx, judge, planner, verdicts)
		if len(gone.Entries) == 0 {
			break
		}
		judge = judge.Without(gone.Indexed())
		planner = fix.New(judge, c.options.fix)
		verdicts = judge.Judge(ps)
	}
	return planner, verdicts
}

// revoked lists the CA certificates, of those that were sent and of those that
// fixes would send, that CAs have revoked and that the judge does not know.
func (q *inquiry) revoked(ctx context.Context, judge *rules.Judge, planner *fix.Planner, verdicts []*rules.Verdict) *catalog.Revocations {
	list := &catalog.Revocations{ID: "ca", Title: "The CA"}
	add := func(v *rules.Verdict, c *cert.Certificate) {
		if c == nil || c.SelfIssued() || judge.IsRevoked(c) {
			return
		}
		for _, a := range q.answers(ctx, v, c) {
			if a.Status != revocation.Revoked {
				continue
			}
			r := catalog.Revocation{SHA256: c.SHA256, Who: "the CA, at " + a.URL + ",", Since: a.RevokedAt, Reason: a.Reason}
			if r.Since.After(judge.At) { // what its CA says of it now holds at any date that is judged
				r.Since = time.Time{}
			}
			list.Entries = append(list.Entries, r)
			return
		}
	}
	for _, v := range allOf(verdicts) {
		for i, e := range v.Entries {
			if v.Roles[i] == chain.Intermediate || v.Roles[i] == chain.Cross {
				add(v, e.Cert)
			}
		}
		if len(v.Findings) == 0 {
			continue // then no fix is planned
		}
		if p := planner.Plan(v); p != nil {
			for _, c := range p.Bundle {
				add(v, c.Cert)
			}
		}
	}
	return list
}
