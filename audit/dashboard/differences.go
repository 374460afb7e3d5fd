package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// A tag is a finding in a list.
type tag struct{ Rule, Severity string }

// tags are the findings of a condition, worst first.
func tags(f history.Facts) []tag {
	var all []tag
	for _, word := range strings.Fields(f.Rules) {
		rule, severity, _ := strings.Cut(word, "=")
		all = append(all, tag{rule, severity})
	}
	slices.SortStableFunc(all, func(a, b tag) int { return rank(b) - rank(a) })
	return all
}

func rank(t tag) int {
	s, err := rules.ParseSeverity(t.Severity)
	if err != nil {
		return 0
	}
	return int(s)
}

// need is how much a change asks for somebody: by how the endpoint is now, with
// one that does not answer after those with errors.
func need(c *audit.Change) int {
	switch {
	case c.After == nil:
		return 1
	case c.After.Status != "ok":
		return 2*int(rules.Error) - 1
	}
	return 2 * c.After.Worst
}

// kindWords are kinds of change as people say them.
func kindWords(k audit.Kind) string {
	switch k {
	case audit.Late:
		return "not renewed as usual"
	case audit.Renewed:
		return "renewed after all"
	case audit.Refused:
		return "clients refuse it"
	case audit.Accepted:
		return "clients accept it again"
	case audit.Findings:
		return "other findings"
	case audit.Issuer:
		return "another issuer"
	}
	return string(k)
}

// differences tells what is not as it was: a line each, beginning with + or −
// where something came or went.
func differences(before, after *history.Facts) (lines []string) {
	switch {
	case after == nil:
		return []string{"no longer among the targets"}
	case after.Status != "ok":
		return []string{"no chain: " + after.Failure}
	case before == nil || before.Status != "ok":
		before = &history.Facts{Leaf: after.Leaf, Issuer: after.Issuer, Product: after.Product}
	}
	was, is := strings.Fields(before.Rules), strings.Fields(after.Rules)
	lines = append(lines, signed("+ ", is, was)...)
	lines = append(lines, signed("− ", was, is)...)
	refused, formerly := strings.Fields(after.Refused), strings.Fields(before.Refused)
	if names := without(refused, formerly); len(names) > 0 {
		lines = append(lines, "refused by "+people(names))
	}
	if names := without(formerly, refused); len(names) > 0 {
		lines = append(lines, "accepted again by "+people(names))
	}
	if !after.Due.IsZero() && before.Due.IsZero() {
		lines = append(lines, "usually renewed by "+after.Due.Format(time.DateOnly)+", and was not")
	}
	if before.Leaf != after.Leaf {
		lines = append(lines, "another certificate, good until "+format(after.Expires, time.DateOnly))
	}
	if before.Issuer != after.Issuer {
		lines = append(lines, "issued by "+reports.ShortName(after.Issuer)+", not "+reports.ShortName(before.Issuer))
	}
	if before.Product != after.Product && after.Product != "" && before.Product != "" {
		lines = append(lines, after.Product+", not "+before.Product)
	}
	return lines
}

// signed are the words that are in a list and not in the other.
func signed(sign string, in, notIn []string) (lines []string) {
	for _, word := range without(in, notIn) {
		rule, severity, _ := strings.Cut(word, "=")
		lines = append(lines, sign+rule+" ("+severity+")")
	}
	return lines
}

func without(words, others []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(others, w) })
}

// people names clients, or counts them where they are many.
func people(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%d clients, such as %s", len(names), strings.Join(names[:most-1], ", "))
}
