package fix_test

import (
	"testing"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
)

func TestDecide(t *testing.T) {
	leaf, issuer := &cert.Certificate{Raw: []byte{1}, SHA256: cert.Hash{1}}, &cert.Certificate{Raw: []byte{2}, SHA256: cert.Hash{2}}
	leaf.Key.SPKI = cert.Hash{11}
	judged := func(accepted bool, findings ...rules.Finding) *rules.Verdict {
		return &rules.Verdict{Presentation: rules.Presentation{Entries: []chain.Entry{{Cert: leaf}}}, Clients: []client.Verdict{{Accepted: accepted}}, Findings: findings}
	}
	unloadable := rules.Finding{Rule: "unloadable-file", Severity: rules.Error}
	plan := func(fixes, changed, accepted bool, bundle ...*cert.Certificate) *fix.Plan {
		p := &fix.Plan{Fixes: fixes, Changed: changed, Before: judged(false), After: judged(accepted)}
		for _, c := range bundle {
			p.Bundle = append(p.Bundle, fix.Certificate{Cert: c})
		}
		return p
	}
	fact := &cert.Certificate{SHA256: cert.Hash{3}} // without its bytes
	for name, c := range map[string]struct {
		verdict *rules.Verdict
		plan    *fix.Plan
		ask     fix.Request
		outcome fix.Outcome
		written int // certificates behind the leaf; -1: nothing
	}{
		"no way to a root":                   {outcome: fix.Hopeless, written: -1},
		"nothing is wrong":                   {plan: plan(false, false, true), outcome: fix.Healthy, written: -1},
		"nothing is wrong, in another form":  {plan: plan(false, false, true), ask: fix.Request{Always: true}, outcome: fix.Healthy},
		"nothing is wrong, changed":          {plan: plan(false, true, true, issuer), outcome: fix.Healthy, written: -1},
		"nothing is wrong, preferred":        {plan: plan(false, true, true, issuer), ask: fix.Request{Prefer: true}, outcome: fix.Fixable, written: 1},
		"the list is right, the file is not": {verdict: judged(true, unloadable), plan: plan(false, false, true), outcome: fix.Fixable},
		"fixed":                              {plan: plan(true, true, true, issuer), outcome: fix.Fixable, written: 1},
		"fixed for some":                     {plan: plan(true, true, false, issuer), outcome: fix.Hopeless, written: -1},
		"fixed for some, at best":            {plan: plan(true, true, false, issuer), ask: fix.Request{BestEffort: true}, outcome: fix.Hopeless, written: 1},
		"fixed for none, at best":            {plan: plan(false, true, false, issuer), ask: fix.Request{BestEffort: true}, outcome: fix.Hopeless},
		"bytes are missing":                  {plan: plan(true, true, true, fact), outcome: fix.Lacking, written: -1},
		"the key is the leaf's":              {plan: plan(true, true, true, issuer), ask: fix.Request{Key: cert.Hash{11}}, outcome: fix.Fixable, written: 1},
		"the key is another's":               {plan: plan(true, true, true, issuer), ask: fix.Request{Key: cert.Hash{12}}, outcome: fix.Hopeless, written: -1},
	} {
		if c.verdict == nil {
			c.verdict = judged(false)
		}
		d := fix.Decide(c.verdict, c.plan, c.ask)
		written := len(d.Bundle)
		if d.Bundle == nil {
			written = -1
		}
		if d.Outcome != c.outcome || written != c.written {
			t.Errorf("%s: outcome %d, %d to be written, not %d and %d", name, d.Outcome, written, c.outcome, c.written)
		}
	}
}
