package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

var clientAuthEKUAbsent = Rule{
	ID: "client-auth-eku-absent", Class: ClassCertificate, Severity: Error, Since: "1.0",
	Title: "A certificate that a client shows is not for TLS clients",
	Why: "Servers ask for clientAuth in the extended key usage of a client's certificate, and OpenSSL and Go in those of its CAs too. " +
		"Certificates of public CAs had it beside serverAuth for decades, so that they were used for mutual TLS and between mail servers. " +
		"That ends: by Chrome's policy new CAs of 2026-06-15 and later are for serverAuth alone, and from 2027-03-15 so are all leaves; " +
		"Let's Encrypt leaves clientAuth out since 2026-02-11. The connection breaks at a renewal that looked like every other.",
	Fix: "Take the client's certificate from a private CA, whose root goes into the server's list: a public one proves nothing to a " +
		"server that has to know its clients anyway. For CA certificates, ask for one whose extended key usage has clientAuth, or has no " +
		"such extension.",
	Refs: []string{"RFC 5280 section 4.2.1.12", "Chrome Root Program Policy 1.8",
		"Let's Encrypt: Ending TLS Client Authentication Certificate Support in 2026"},
	Japanese: Text{
		Title: "クライアントが示す証明書が TLS クライアント用ではない",
		Why: "サーバーは、クライアント証明書の拡張鍵用途に clientAuth を求めます。OpenSSL と Go は CA 証明書にも求めます。公開 CA の証明書には長年 " +
			"serverAuth とともに含まれていたため、相互 TLS やメールサーバー間で使われてきました。これは終わります。Chrome の方針では、2026 年 6 月 15 日以降の新しい CA は " +
			"serverAuth 専用で、2027 年 3 月 15 日以降はすべてのサーバー証明書もそうなります。Let's Encrypt は 2026 年 2 月 11 日から clientAuth を含めていません。" +
			"いつもと同じに見える更新で接続できなくなります。",
		Fix: "クライアントの証明書は独自 CA から取得し、そのルートをサーバーの一覧に入れてください。CA 証明書については、拡張鍵用途に clientAuth を含むもの、" +
			"またはこの拡張のないものを CA に求めてください。",
		Says: map[string]string{
			"%s is not for TLS clients: its extended key usage has %s, and no " +
				"clientAuth.": "%[1]s は TLS クライアント用ではありません。拡張鍵用途は %[2]s で、clientAuth がありません。",
			"Take a client certificate with clientAuth in its extended key usage, from a private " +
				"CA.": "拡張鍵用途に clientAuth を含むクライアント証明書を、独自 CA から取得してください。",
			"Take a client certificate of a CA whose extended key usage has clientAuth, or has no such " +
				"extension.": "拡張鍵用途に clientAuth を含む CA、またはこの拡張のない CA のクライアント証明書を使ってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Judge.Client == nil {
			return
		}
		for _, step := range s.presented() {
			c, leaf := step.Cert, step.Position == s.Chain.Leaf
			if c.ForClients() {
				continue
			}
			usages := strings.Join(cert.EKUNames(c.EKU), ", ")
			if usages == "" {
				usages = "nothing"
			}
			f := Finding{Positions: []int{step.Position}, Clients: s.refusingUse(step.Position),
				Message: fmt.Sprintf("%s is not for TLS clients: its extended key usage has %s, and no clientAuth.",
					capital(s.at(step.Position)), usages),
				Fix: "Take a client certificate with clientAuth in its extended key usage, from a private CA."}
			if !leaf {
				f.Severity = max(Info, s.severityFor(f.Clients))
				f.Fix = "Take a client certificate of a CA whose extended key usage has clientAuth, or has no such extension."
			}
			report(f)
		}
	},
}

// refusingUse gives the ids of those that reject since the certificate at a
// position is for something else.
func (s *Subject) refusingUse(position int) (ids []string) {
	for _, v := range s.Clients {
		if !v.Accepted && v.Problem.Code == client.CodeNotForTLS && v.Problem.At.Cert == s.Entries[position].Cert {
			ids = append(ids, v.Client)
		}
	}
	return ids
}
