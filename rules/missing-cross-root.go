package rules

import (
	"fmt"
	"strings"
)

var missingCrossRoot = Rule{
	ID: "missing-cross-root", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "A cross-certificate would let more clients in",
	Why: "A young root is not yet on old devices. Its CA therefore has it certified by an older root as well: same name, same key, " +
		"another issuer. Sent after the intermediate, this cross-certificate leads old clients to the root they know, while new ones " +
		"stop at the young root as before.",
	Fix: "Append the named cross-certificate to the chain file, after the intermediate. Weigh it: it costs a kilobyte in each " +
		"handshake, and it helps only the clients that are named.\n" +
		"IIS sends a cross-certificate only if the self-signed root of the same name is not in the machine's Trusted Root store.",
	Refs:         []string{"RFC 4158", "SureServer FAQ: intermediate CA certificates for the cross root"},
	Gap:          true,
	NamesMissing: true,
	Japanese: Text{
		Title: "クロスルート用の証明書があれば、より多くのクライアントが接続できる",
		Why: "新しいルートは古い端末に入っていません。そのため CA は、古いルートにも同じ名前と鍵を証明してもらいます。" +
			"この証明書を中間 CA 証明書の後ろに加えると、古い端末は知っているルートまでたどれ、" +
			"新しい端末は従来どおり新しいルートで止まります。",
		Fix: "示されたクロスルート用中間 CA 証明書を、チェーンファイルの中間 CA 証明書の後ろに追加してください。接続ごとに約 " +
			"1 キロバイト増えるので、対象の端末が必要かどうかで判断します。\n" +
			"IIS は、同じ名前の自己署名ルートが「信頼されたルート証明機関」にないときだけクロスルート証明書を送ります。",
		Says: map[string]string{
			"%s would accept if the cross-certificate %s were sent.": "クロスルート証明書 %[2]s を送れば、%[1]s が接続できます。",
			"It is worth it if these clients matter to you.":         "これらのクライアントが必要な場合に有効です。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, c := range s.crossRoots().missing {
			names := make([]string, len(c.refs))
			for i, r := range c.refs {
				names[i] = fmt.Sprintf("%q by %q (SHA-256 %s)", title(r.Cert), r.Cert.Issuer.Common, r.Cert.SHA256)
			}
			report(Finding{
				Severity: s.severityFor(c.clients), Missing: c.refs, Clients: c.clients,
				Message: fmt.Sprintf("%s would accept if the cross-certificate %s were sent.", some(c.clients), strings.Join(names, " and ")),
				Fix:     s.sendCross(c),
			})
		}
	},
}

// some names a few clients for people.
func some(ids []string) string {
	if len(ids) > 4 {
		return fmt.Sprintf("%s and %d more clients", strings.Join(ids[:3], ", "), len(ids)-3)
	}
	return strings.Join(ids, ", ")
}

// sendCross says how to send cross-certificates, in place of a root of the first
// one's key if that is sent.
func (s *Subject) sendCross(c cross) string {
	e := edit{entries: s.Entries}
	for _, r := range c.refs {
		e.add = append(e.add, addition{ref: r, place: -1})
	}
	if i := s.otherSent(c.refs[0].Cert); i >= 0 {
		e.add[0].place = i
	}
	return s.wording(e) + " It is worth it if these clients matter to you."
}
