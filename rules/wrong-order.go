package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var wrongOrder = Rule{
	ID: "wrong-order", Class: ClassPresentation, Severity: Warning, Since: "0.1",
	Title: "The certificates are not in order",
	Why: "Each certificate should certify the one before it: leaf, its issuer, the issuer's issuer. TLS 1.2 and older demand it (RFC " +
		"5246 section 7.4.2); TLS 1.3 asks for it and tells clients to be tolerant (RFC 8446 section 4.4.2). Browsers and OpenSSL " +
		"sort the list themselves. Embedded and hand-written stacks do not: mbedTLS, wolfSSL and BearSSL refuse a list in the wrong " +
		"order.",
	Fix: "Write the file from the bottom up: server's certificate, its issuer, the issuer's issuer. Many download bundles are " +
		"root-first; turn those round.",
	Refs:     []string{"RFC 5246 section 7.4.2", "RFC 8446 section 4.4.2", "SureServer FAQ: order of the concatenated file"},
	Remark:   RemarkOutOfOrder,
	Explains: []client.Cause{client.Order},
	Japanese: Text{
		Title: "証明書の順番が正しくない",
		Why: "それぞれの証明書は、直前の証明書を証明するものでなければなりません。TLS 1.2 以前では必須 (RFC 5246 7.4.2)、TLS " +
			"1.3 では推奨です (RFC 8446 4.4.2)。ブラウザーや OpenSSL は並べ直しますが、mbedTLS、wolfSSL、BearSSL " +
			"などの組込み系は拒否します。",
		Fix: "サーバー証明書、その発行者、さらにその発行者という順に並べてください。" +
			"配布されるファイルにはルートから始まるものが多いので、順番を逆にします。",
		Says: map[string]string{
			"%s comes before %s, which it certifies.": "%[1]s が、証明する相手の %[2]s より前にあります。",
			"%s comes before %s, which it certifies":  "%[1]s が、証明する相手の %[2]s より前にあります",
			"%s; %s":                                  "%[1]s。%[2]s",
			"move %s after position %d":               "%[1]s を位置 %[2]s の後に移す",
			"%s, then %s":                             "%[1]s、続いて %[2]s",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Unordered || len(s.Chain.Misplaced) == 0 {
			return
		}
		f := Finding{Clients: s.newlyAccepting(s.sorted())}
		var moves, what []string
		for _, m := range s.Chain.Misplaced {
			f.Positions = append(f.Positions, m.Position)
			moves = append(moves, fmt.Sprintf("move %s after position %d", s.at(m.Position), m.Behind))
			what = append(what, fmt.Sprintf("%s comes before %s, which it certifies", s.at(m.Position), s.at(m.Behind)))
		}
		f.Severity = max(Warning, s.severityFor(f.Clients))
		f.Message = capital(strings.Join(what, "; ")) + "."
		f.Fix = capital(strings.Join(moves, ", then ")) + "."
		report(f)
	},
}

// sorted gives the list as it should stand: the path from the leaf up, then
// everything else in its old order.
func (s *Subject) sorted() []chain.Entry {
	out := make([]chain.Entry, 0, len(s.Entries))
	taken := make([]bool, len(s.Entries))
	for _, step := range s.presented() {
		out = append(out, s.Entries[step.Position])
		taken[step.Position] = true
	}
	for i, e := range s.Entries {
		if !taken[i] && s.Chain.Roles[i] != chain.Root {
			out = append(out, e)
			taken[i] = true
		}
	}
	for i, e := range s.Entries {
		if !taken[i] {
			out = append(out, e)
		}
	}
	return out
}
