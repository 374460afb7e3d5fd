package main

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
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
			a.outcome, a.bundle = fixable, p.Served()
			return
		}
		f.printf("  Nothing to fix: what it sends is what it should.\n")
		if f.kind != nil || f.pfx {
			a.bundle = p.Served()
		}
		return
	}
	if p.Changed {
		reports.FixDiff(f.stdout, p)
		reports.FixClients(f.stdout, p)
	}
	a.outcome, a.bundle = fixable, append([]fix.Certificate{}, p.Bundle...)
	if refused := p.Refused(); len(refused) > 0 {
		a.outcome = hopeless
		f.printf("  No list of certificates satisfies %s:\n", reports.Plural(len(refused), "chosen client"))
		reports.FixRefusals(f.stdout, refused)
		f.remaining(p.After)
		if !f.force {
			a.bundle = nil
			if p.Fixes {
				f.printf("  Nothing is written. With --best-effort the corrected list is, which fixes the rest.\n")
			}
			return
		}
		if !p.Fixes {
			a.bundle = p.Served()
		}
	}
	if missing := p.Lacking(); len(missing) > 0 {
		a.outcome, a.bundle = lacking, nil
		reports.FixLacking(f.stdout, p, missing)
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

// printf prints texts of others, which are cleaned, in our own words.
func (f *fixing) printf(format string, args ...any) {
	fmt.Fprintf(f.stdout, format, reports.CleanArguments(args)...)
}

// remaining says what no list fixes: the errors that stay, and what to do.
func (f *fixing) remaining(v *rules.Verdict) {
	for _, x := range v.Findings {
		if x.Severity == rules.Error && x.Waiver == nil {
			f.printf("    %s: %s %s\n", x.Rule, x.Message, x.Fix)
		}
	}
}
