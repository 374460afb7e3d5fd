package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
)

// Sizes of all certificates together, in bytes.
const (
	firstFlight = 3_600  // what a QUIC server may send before the client is validated: three times 1,200 (RFC 9000 section 8.1)
	smallStack  = 16_384 // one TLS record, the largest message that small stacks take (mbedTLS)
)

// flight is what the server's answer takes over QUIC; 0: it was not seen, or no
// limit holds for it.
func (s *Subject) flight() int {
	if p, ok := s.variant(scanner.OverQUIC); ok && sameChain(p.Entries, s.Entries) {
		return p.Flight
	}
	return s.Flight
}

var oversizedChain = Rule{
	ID: "oversized-chain", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "The certificates take many bytes",
	Why: "Up to 3,600 bytes a QUIC server can answer in its first flight; beyond that every new client waits one more round trip. From " +
		"16 KiB on, small TLS stacks cannot hold the message at all.",
	Fix: "Leave out what no client needs: roots, copies, unrelated certificates, cross-certificates for clients you no longer serve. " +
		"An ECDSA certificate is half the size of an RSA one.",
	Refs: []string{"RFC 9000 section 8.1", "RFC 8446 section 5.1"},
	Japanese: Text{
		Title: "証明書のデータ量が多い",
		Why: "QUIC では 3,600 バイトまでなら最初の応答に収まり、超えると新しい接続ごとに 1 往復余分にかかります。16 KiB " +
			"以上では、小さな TLS 実装が受け取れません。",
		Fix: "ルート、重複、無関係な証明書、不要になったクロスルート証明書を外してください。ECDSA の証明書は RSA " +
			"の約半分です。",
		Says: map[string]string{
			"The %d certificates take %d bytes.": "%[1]s 枚の証明書で %[2]s バイトあります。",
			"Over QUIC the server's answer takes %d bytes: more than 3,600, so a new client waits one more round trip.": "QUIC ではサーバーの応答が " +
				"%[1]s バイトあり、3,600 バイトを超えるため、新しいクライアントは 1 往復余分に待ちます。",
			"%d of them are wasted: %s.": "そのうち %[1]s バイトは不要です: %[2]s。",
			"%d for %s":                  "%[2]s が %[1]s バイト",
			"%d for %s, %s":              "%[2]s が %[1]s バイト、%[3]s",
			"Nothing in the list is superfluous; a leaf and intermediates with ECDSA keys would be " +
				"smaller.": "一覧に不要なものはありません。ECDSA の鍵の証明書なら小さくなります。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		total := 0
		for _, e := range s.Entries {
			total += len(e.Raw)
		}
		flight := s.flight()
		if total < firstFlight && flight <= firstFlight {
			return
		}
		f := Finding{Severity: Info, Message: fmt.Sprintf("The %d certificates take %d bytes.", len(s.Entries), total),
			Fix: "Nothing in the list is superfluous; a leaf and intermediates with ECDSA keys would be smaller."}
		if flight > firstFlight {
			f.Message += fmt.Sprintf(" Over QUIC the server's answer takes %d bytes: more than 3,600, so a new client waits one more round trip.",
				flight)
		}
		if total >= smallStack {
			f.Severity = Warning
		}
		var waste []string
		wasted := 0
		for _, i := range s.with(chain.Root, chain.Duplicate, chain.Unrelated, chain.Wrong, chain.Unparsable) {
			f.Positions = append(f.Positions, i)
			wasted += len(s.Entries[i].Raw)
			if len(waste) < 5 {
				waste = append(waste, fmt.Sprintf("%d for %s", len(s.Entries[i].Raw), s.at(i)))
			}
		}
		if wasted > 0 {
			f.Message += fmt.Sprintf(" %d of them are wasted: %s.", wasted, strings.Join(waste, ", "))
			f.Fix = s.leaveOut(f.Positions...)
		}
		report(f)
	},
}
