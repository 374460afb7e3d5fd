package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/revocation"
)

var revocationUnavailable = Rule{
	ID: "revocation-unavailable", Class: ClassCertificate, Severity: Info, Since: "1.0", Beyond: true,
	Title: "Nobody could be asked whether the certificate is revoked",
	Why: "The certificate names a CRL or an OCSP responder, and nothing came from there that can be gone by. Clients that ask go on as if " +
		"it were good, unless they are set to be strict: then they refuse (`openssl verify -crl_check`, Java with PKIX revocation, VPNs, " +
		"Windows servers).",
	Fix: "See whether the URL can be reached from here: a firewall may be in the way. A CA of your own should publish its CRL anew before " +
		"it runs out.",
	Refs: []string{"RFC 5280 section 6.3", "RFC 6960 section 2.3"},
	Japanese: Text{
		Title: "証明書の失効を確認できない",
		Why: "証明書は CRL か OCSP レスポンダーを示していますが、使える応答が得られません。確認するクライアントの多くは有効とみなして続行しますが、" +
			"厳格な設定では拒否します (`openssl verify -crl_check`、失効確認を有効にした Java、VPN、Windows サーバー)。",
		Fix: "ここから URL に届くか、ファイアウォールを確認してください。独自 CA では、期限前に CRL を更新してください。",
		Says: map[string]string{
			"Whether %s is revoked is not known: the CRL at %s gave no answer: %s.": "" +
				"%[1]s が失効しているかは不明です: %[2]s の CRL から答えが得られません: %[3]s。",
			"Whether %s is revoked is not known: the OCSP responder at %s gave no answer: %s.": "" +
				"%[1]s が失効しているかは不明です: %[2]s の OCSP レスポンダーから答えが得られません: %[3]s。",
			"the responder does not know the certificate":                                 "レスポンダーがこの証明書を知りません",
			"See whether the URL can be reached from here, and tell the CA if it cannot.": "ここから URL に届くかを確認し、届かなければ CA に知らせてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for i, a := range s.Revocation {
			last := i+1 == len(s.Revocation) || s.Revocation[i+1].Position != a.Position
			if !last || a.Final() || a.Status == revocation.Unpublished {
				continue
			}
			text, fault := "Whether %s is revoked is not known: the CRL at %s gave no answer: %s.", a.Fault
			if a.Source == revocation.OCSP {
				text = "Whether %s is revoked is not known: the OCSP responder at %s gave no answer: %s."
			}
			if fault == "" {
				fault = "the responder does not know the certificate"
			}
			report(Finding{
				Positions: []int{a.Position}, Message: fmt.Sprintf(text, s.at(a.Position), a.URL, fault),
				Fix: "See whether the URL can be reached from here, and tell the CA if it cannot.",
			})
		}
	},
}
