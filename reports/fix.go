package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
)

// printClean prints texts of others, which are cleaned, in our own words.
func printClean(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, format, CleanArguments(args)...)
}

// FixDiff writes what is served against what a fix has in its place.
func FixDiff(w io.Writer, p *fix.Plan) {
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

// FixClients writes how many clients accept before and after a fix, and which are
// gained.
func FixClients(w io.Writer, p *fix.Plan) {
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

// FixRefusals writes why clients refuse what no list of certificates fixes,
// those of one reason together.
func FixRefusals(w io.Writer, refused []client.Verdict) {
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

// FixLacking writes which certificates of a fix are missing, since only their
// hashes are known, and where they may be had.
func FixLacking(w io.Writer, p *fix.Plan, missing []fix.Certificate) {
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
