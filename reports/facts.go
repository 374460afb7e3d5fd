package reports

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// DescribeFacts writes what is known of CAs and trust stores, from whom, and on
// which terms. where is what holds the facts.
func DescribeFacts(w io.Writer, facts *catalog.Facts, where string) error {
	info := facts.Info()
	var b strings.Builder
	fmt.Fprintf(&b, "Facts of %s, from %s\n", info.Updated.Format(time.DateOnly), where)
	fmt.Fprintf(&b, "%d CA certificates, %d of them roots, with %d keys\n", info.CAs, info.Roots, info.Keys)
	b.WriteString("\nSources\n")
	for _, s := range info.Sources {
		fmt.Fprintf(&b, "  %s\n", s)
		if s.Terms != "" {
			fmt.Fprintf(&b, "    %s\n", s.Terms)
		}
		if s.URL != "" {
			fmt.Fprintf(&b, "    %s\n", s.URL)
		}
	}
	b.WriteString("\nTrust stores\n")
	for _, s := range info.Stores {
		fmt.Fprintf(&b, "  %-22s %s  %4d anchors\n", s.ID, s.Date.Format(time.DateOnly), len(s.Anchors.All()))
		fmt.Fprintf(&b, "    %s\n", s.Source)
		if n := len(s.Constraints); n > 0 {
			fmt.Fprintf(&b, "    %d of them under conditions: tlschain clients NAME tells which\n", n)
		}
	}
	b.WriteString("\nConditions that a client's own code sets\n")
	for _, p := range facts.Policies() {
		fmt.Fprintf(&b, "  %-22s %s  %4d anchors\n    %s\n", p.ID, p.Date.Format(time.DateOnly), len(p.Constraints), p.Source)
	}
	b.WriteString("\nRevoked CA certificates and keys\n")
	for _, r := range facts.Revocations() {
		fmt.Fprintf(&b, "  %-22s %s  %4d entries\n    %s: %s\n", r.ID, r.Date.Format(time.DateOnly), len(r.Entries), r.Title, r.Source)
	}
	if p, ok := facts.Preloads(); ok {
		b.WriteString("\nIntermediates that Firefox has without being sent them\n")
		fmt.Fprintf(&b, "  %-22s %s  %4d known, %d not\n    %s\n", "firefox", p.Date.Format(time.DateOnly), len(p.Certs.All()), p.Unknown,
			p.Source)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
