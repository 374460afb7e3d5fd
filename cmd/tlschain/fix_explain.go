package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
)

// explain decides what can be done about an endpoint and says so: served
// against corrected, and the clients before and after.
func (f *fixing) explain(a *fixTarget) {
	v, p := a.verdict, a.plan
	f.printf("%s", a.label)
	if v.Product != "" {
		f.printf(" (%s)", v.Product)
	}
	f.printf("\n")
	defer f.printf("\n")
	f.dane(v)
	switch {
	case p == nil:
		a.outcome = hopeless
		f.printf("  No list of known certificates leads from its certificate to a root that the chosen clients trust.\n")
		f.remaining(v)
		f.printf("  If the CA is your own: --add-roots FILE for its root, --pool FILE for its intermediates; --aia fetches issuers by URL.\n")
		return
	case !p.Fixes && len(p.Refused()) == 0 && !(f.prefer && p.Changed):
		a.outcome = healthy
		if f.unloadable(v) {
			a.outcome, a.bundle = fixable, asServed(p)
			return
		}
		f.printf("  Nothing to fix: what it sends is what it should.\n")
		if f.kind != nil || f.pfx {
			a.bundle = asServed(p)
		}
		return
	}
	if p.Changed {
		f.diff(p)
		f.clients(p)
	}
	a.outcome, a.bundle = fixable, append([]fix.Certificate{}, p.Bundle...)
	if refused := p.Refused(); len(refused) > 0 {
		a.outcome = hopeless
		f.printf("  No list of certificates satisfies %s:\n", reports.Plural(len(refused), "chosen client"))
		f.reasons(refused)
		f.remaining(p.After)
		if !f.force {
			a.bundle = nil
			if p.Fixes {
				f.printf("  Nothing is written. With --best-effort the corrected list is, which fixes the rest.\n")
			}
			return
		}
		if !p.Fixes {
			a.bundle = asServed(p)
		}
	}
	if missing := p.Lacking(); len(missing) > 0 {
		a.outcome, a.bundle = lacking, nil
		f.lacking(p, missing)
		return
	}
	if f.keyFile != "" && f.key.SPKI != v.Entries[p.Leaf].Cert.Key.SPKI {
		a.outcome, a.bundle = hopeless, nil
		f.printf("  The key of --key %s does not belong to this certificate, so nothing is written.\n", f.keyFile)
	}
}

// unloadable says why servers do not load the file, if they do not. The list in
// it is right then, and is to be written anew.
func (f *fixing) unloadable(v *rules.Verdict) bool {
	found := false
	for _, x := range v.Findings {
		if x.Rule == "unloadable-file" && x.Severity > rules.Info {
			if !found {
				f.printf("  The certificates and their order are right; the file is written anew, since servers do not load it:\n")
			}
			found = true
			f.printf("    %s\n", x.Message)
		}
	}
	return found
}

// dane says what is wrong with TLSA records, and prints those that would be right
// for the leaf and its issuer, which a corrected list keeps.
func (f *fixing) dane(v *rules.Verdict) {
	if v.DANE == nil || v.DANE.Failure == "" && len(v.DANE.Records) == 0 {
		return
	}
	for _, x := range v.Findings {
		if strings.HasPrefix(x.Rule, "dane-") {
			f.printf("  %s\n", x.Message)
		}
	}
	f.printf("  TLSA records that fit its certificate, and its issuer where that is sent:\n")
	for _, r := range v.TLSA {
		f.printf("    %s. IN TLSA %s\n", v.DANE.Name, r)
	}
}

// asServed is the served list behind the leaf, for a server that sends the
// right one already.
func asServed(p *fix.Plan) []fix.Certificate {
	bundle := []fix.Certificate{} // not nil: a leaf may stand right under its root
	for i, e := range p.Before.Entries {
		if i != p.Leaf && e.Cert != nil {
			bundle = append(bundle, fix.Certificate{Cert: e.Cert, Source: "presented", Position: i})
		}
	}
	return bundle
}

// printf prints texts of others, which are cleaned, in our own words.
func (f *fixing) printf(format string, args ...any) {
	fmt.Fprintf(f.stdout, format, reports.CleanArguments(args)...)
}

func (f *fixing) diff(p *fix.Plan) {
	f.printf("  served      corrected\n")
	for _, l := range p.Diff() {
		from, to := "     -", "     -"
		if l.From >= 0 {
			from = fmt.Sprintf("%6d", l.From)
		}
		if l.To >= 0 {
			to = fmt.Sprintf("%6d", l.To)
		}
		what := "an entry that is no certificate"
		if l.Cert != nil {
			what = fmt.Sprintf("%s, by %s, until %s, SHA-256 %s", reports.Clean(l.Cert.Subject.Common), reports.Clean(l.Cert.Issuer.Common),
				l.Cert.NotAfter.UTC().Format("2006-01-02"), l.Cert.SHA256.String()[:16])
		}
		f.printf("  %s %s -> %s  %s\n", l.Change, from, to, what)
	}
}

// clients says how many accept before and after, and who is gained.
func (f *fixing) clients(p *fix.Plan) {
	before, after := 0, 0
	var gained []string
	for i, b := range p.Before.Clients {
		a := p.After.Clients[i]
		if b.Accepted {
			before++
		}
		if a.Accepted {
			after++
		}
		if a.Accepted && !b.Accepted {
			gained = append(gained, a.Client)
		}
	}
	f.printf("  clients that accept: %d of %d before, %d after", before, len(p.After.Clients), after)
	if len(gained) > 0 {
		f.printf(" (gained: %s)", named(gained, len(p.After.Clients)))
	}
	f.printf("\n")
}

// reasons groups the clients that refuse by what they say.
func (f *fixing) reasons(refused []client.Verdict) {
	var order []string
	by := make(map[string][]string)
	for _, v := range refused {
		if by[v.Reason] == nil {
			order = append(order, v.Reason)
		}
		by[v.Reason] = append(by[v.Reason], v.Client)
	}
	for _, reason := range order {
		f.printf("    %s: %s\n", named(by[reason], len(refused)), reason)
	}
}

// named lists clients, or says that it is all of them where they are many.
func named(clients []string, all int) string {
	if len(clients) == all && all > 6 {
		return fmt.Sprintf("all %d", all)
	}
	return strings.Join(clients, ", ")
}

// remaining says what no list fixes: the errors that stay, and what to do.
func (f *fixing) remaining(v *rules.Verdict) {
	for _, x := range v.Findings {
		if x.Severity == rules.Error && x.Waiver == nil {
			f.printf("    %s: %s %s\n", x.Rule, x.Message, x.Fix)
		}
	}
}

func (f *fixing) lacking(p *fix.Plan, missing []fix.Certificate) {
	f.printf("  Not written: the bytes of %s are not at hand. add --aia to fetch what can be fetched, or --pool FILE with:\n",
		reports.Plural(len(missing), "certificate"))
	for _, c := range missing {
		below := p.Before.Entries[p.Leaf].Cert
		if i := slices.IndexFunc(p.Bundle, func(x fix.Certificate) bool { return x.Cert.SHA256 == c.Cert.SHA256 }); i > 0 {
			below = p.Bundle[i-1].Cert
		}
		f.printf("    %s, SHA-256 %s", c.Cert.Subject.Common, c.Cert.SHA256)
		if urls := below.FetchableIssuers(); len(urls) > 0 {
			f.printf(", perhaps at %s", urls[0])
		}
		f.printf("\n")
	}
}
