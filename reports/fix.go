package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
)

// printClean prints texts of others, which are cleaned, in our own words.
func printClean(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, format, CleanArguments(args)...)
}

// ExplainFix says what can be done about an endpoint: what is served against what
// is right, the clients before and after, and what keeps the list from being
// written. p is nil if there is no plan; key is the private key that was named.
func ExplainFix(w io.Writer, label string, v *rules.Verdict, p *fix.Plan, d fix.Decision, key string) {
	printClean(w, "%s", label)
	if v.Product != "" {
		printClean(w, " (%s)", v.Product)
	}
	printClean(w, "\n")
	fixDANE(w, v)
	switch {
	case p == nil:
		printClean(w, "  No list of known certificates leads from its certificate to a root that the chosen clients trust.\n")
		fixRemaining(w, v, v)
		printClean(w, "  If the CA is your own: "+
			"--add-roots FILE for its root, --pool FILE for its intermediates; --aia fetches issuers by URL.\n")
	case len(d.Unloadable) > 0:
		printClean(w, "  The certificates and their order are right; the file is written anew, since servers do not load it:\n")
		for _, x := range d.Unloadable {
			printClean(w, "    %s\n", x.Message)
		}
	case d.Outcome == fix.Healthy:
		printClean(w, "  Nothing to fix: what it sends is what it should.\n")
	default:
		explainPlan(w, p, d, key)
	}
	printClean(w, "\n")
}

func explainPlan(w io.Writer, p *fix.Plan, d fix.Decision, key string) {
	if p.Changed {
		fixDiff(w, p)
		fixClients(w, p)
	}
	if refused := p.Refused(); len(refused) > 0 {
		printClean(w, "  No list of certificates satisfies %s:\n", Plural(len(refused), "chosen client"))
		fixRefusals(w, refused)
		fixRemaining(w, p.After, p.Before)
	}
	switch {
	case d.Withheld && p.Fixes:
		printClean(w, "  Nothing is written. With --best-effort the corrected list is, which fixes the rest.\n")
	case d.Outcome == fix.Lacking:
		fixLacking(w, p, p.Lacking())
	case d.OtherKey:
		printClean(w, "  The key of --key %s does not belong to this certificate, so nothing is written.\n", key)
	}
}

// fixDANE says what is wrong with TLSA records, and prints those that would be
// right for the leaf and its issuer, which a corrected list keeps.
func fixDANE(w io.Writer, v *rules.Verdict) {
	if v.DANE == nil || v.DANE.Failure == "" && len(v.DANE.Records) == 0 {
		return
	}
	for _, x := range v.Findings {
		if strings.HasPrefix(x.Rule, "dane-") {
			printClean(w, "  %s\n", x.Message)
		}
	}
	printClean(w, "  TLSA records that fit its certificate, and its issuer where that is sent:\n")
	for _, r := range v.TLSA {
		printClean(w, "    %s. IN TLSA %s\n", v.DANE.Name, r)
	}
}

// fixRemaining says what no list fixes: the errors that stay, and what to do. Where
// the same was found in what is served, that is what to do: it knows what is taken
// out of the list.
func fixRemaining(w io.Writer, v, served *rules.Verdict) {
	for _, x := range v.Findings {
		if x.Severity != rules.Error || x.Waiver != nil {
			continue
		}
		same := func(o rules.Finding) bool { return o.Rule == x.Rule && o.Message == x.Message }
		if i := slices.IndexFunc(served.Findings, same); i >= 0 {
			x = served.Findings[i]
		}
		printClean(w, "    %s: %s %s\n", x.Rule, x.Message, x.Fix)
	}
}

// fixDiff writes what is served against what a fix has in its place.
func fixDiff(w io.Writer, p *fix.Plan) {
	printClean(w, "  served      corrected\n")
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
			what = fmt.Sprintf("%s, by %s, until %s, SHA-256 %s", Clean(l.Cert.Subject.Common), Clean(l.Cert.Issuer.Common),
				l.Cert.NotAfter.UTC().Format("2006-01-02"), l.Cert.SHA256.String()[:16])
		}
		printClean(w, "  %s %s -> %s  %s\n", l.Change, from, to, what)
	}
}

// fixClients writes how many clients accept before and after a fix, and which are
// gained.
func fixClients(w io.Writer, p *fix.Plan) {
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
	printClean(w, "  clients that accept: %d of %d before, %d after", before, len(p.After.Clients), after)
	if len(gained) > 0 {
		printClean(w, " (gained: %s)", clientList(gained, len(p.After.Clients)))
	}
	printClean(w, "\n")
}

// fixRefusals writes why clients refuse what no list of certificates fixes,
// those of one reason together.
func fixRefusals(w io.Writer, refused []client.Verdict) {
	var order []string
	by := make(map[string][]string)
	for _, v := range refused {
		if by[v.Reason] == nil {
			order = append(order, v.Reason)
		}
		by[v.Reason] = append(by[v.Reason], v.Client)
	}
	for _, reason := range order {
		printClean(w, "    %s: %s\n", clientList(by[reason], len(refused)), reason)
	}
}

// fixLacking writes which certificates of a fix are missing, since only their
// hashes are known, and where they may be had.
func fixLacking(w io.Writer, p *fix.Plan, missing []fix.Certificate) {
	printClean(w, "  Not written: the bytes of %s are not at hand. add --aia to fetch what can be fetched, or --pool FILE with:\n",
		Plural(len(missing), "certificate"))
	for _, c := range missing {
		below := p.Before.Entries[p.Leaf].Cert
		if i := slices.IndexFunc(p.Bundle, func(x fix.Certificate) bool { return x.Cert.SHA256 == c.Cert.SHA256 }); i > 0 {
			below = p.Bundle[i-1].Cert
		}
		printClean(w, "    %s, SHA-256 %s", c.Cert.Subject.Common, c.Cert.SHA256)
		if urls := below.FetchableIssuers(); len(urls) > 0 {
			printClean(w, ", perhaps at %s", urls[0])
		}
		printClean(w, "\n")
	}
}

// clientList lists clients, or says that it is all of them where they are many.
func clientList(clients []string, all int) string {
	if len(clients) == all && all > 6 {
		return fmt.Sprintf("all %d", all)
	}
	return strings.Join(clients, ", ")
}
