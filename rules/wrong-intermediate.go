package rules

import (
	"bytes"
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var wrongIntermediate = Rule{
	ID: "wrong-intermediate", Class: ClassPresentation, Severity: Error, Since: "0.1",
	Title: "A certificate stands where another intermediate is needed",
	Why: "The list looks complete, and even the name may be right, but the key is not: this certificate did not sign the one it is " +
		"sent for. It happens after a renewal, when the CA has moved to a new intermediate and the old one stays installed, or when a " +
		"chain file of another product or generation was taken. No client can use it.",
	Fix: "Replace it by the intermediate that signed the server's certificate. Compare the issuer's key identifier, not the name: CAs " +
		"reuse a name for several keys. Take the chain file that came with this very certificate.",
	Refs:         []string{"RFC 5280 section 6.1", "SureServer FAQ: is an intermediate to be installed at each renewal"},
	Remark:       RemarkWrong,
	Explains:     []client.Cause{client.Incomplete},
	NamesMissing: true,
	Japanese: Text{
		Title: "必要なものとは別の中間 CA 証明書が送られている",
		Why: "一覧は揃って見え、名前まで合っていることもありますが、鍵が違います。この証明書は、" +
			"対象の証明書に署名していません。更新で CA の中間 CA 証明書が新しくなったのに古いものが残っている場合や、" +
			"別の商品・世代のチェーンファイルを使った場合に起こります。",
		Fix: "サーバー証明書に署名した中間 CA 証明書に置き換えてください。名前ではなく発行者の鍵識別子で比べます。" +
			"その証明書と一緒に提供されたチェーンファイルを使ってください。",
		Says: map[string]string{
			"%s did not sign %s, which needs an issuer named %q with another key.": "%[1]s は %[2]s に署名していません。%[3]s という名前で別の鍵の発行者が必要です。",
			"%s is of the same product line, but %s was issued by %q.":             "%[1]s は同じ商品系列のものですが、%[2]s の発行者は %[3]s です。",
			"%s did not sign %s, which names its key identifier: the signature is damaged, or two keys of %q have one " +
				"identifier.": "%[2]s は %[1]s の鍵識別子を指していますが、署名したのはその鍵ではありません。署名が破損しているか、%[3]s の 2 つの鍵が同じ識別子を持っています。",
			"Get %s from the CA again.": "%[1]s を CA から取り直してください。",
			"Replace %s by the issuer of %s, whose certificate is not known here.": "%[1]s を、%[2]s の発行者の証明書 (ここでは未知) に置き換えてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		refs := s.missing()
		for _, i := range s.with(chain.Wrong) {
			c, below := s.Entries[i].Cert, s.Chain.StandsIn[i]
			f := Finding{
				Positions: []int{i},
				Message: fmt.Sprintf("%s did not sign %s, which needs an issuer named %q with another key.",
					capital(s.at(i)), s.at(below), s.Entries[below].Cert.Issuer.Common),
				Fix: fmt.Sprintf("Replace %s by the issuer of %s, whose certificate is not known here.", s.at(i), s.at(below)),
			}
			if c.Subject.Canon != s.Entries[below].Cert.Issuer.Canon {
				f.Message = fmt.Sprintf("%s is of the same product line, but %s was issued by %q.",
					capital(s.at(i)), s.at(below), s.Entries[below].Cert.Issuer.Common)
			}
			if s.namesKeyOf(s.Entries[below].Cert, c) {
				f.Message = fmt.Sprintf("%s did not sign %s, which names its key identifier: the signature is damaged, or two keys of %q have one "+
					"identifier.", capital(s.at(i)), s.at(below), c.Subject.Common)
				f.Fix = fmt.Sprintf("Get %s from the CA again.", s.at(below))
			}
			for _, r := range refs {
				if r.After == below {
					f.Missing = append(f.Missing, r)
				}
			}
			if len(f.Missing) > 0 {
				f.Fix = s.insteadOf(i, f.Missing[0])
			}
			report(f)
		}
	},
}

// namesKeyOf reports whether c names issuer by name and key identifier, though
// that one's key did not sign it.
func (s *Subject) namesKeyOf(c, issuer *cert.Certificate) bool {
	named := c.Issuer.Canon == issuer.Subject.Canon && len(c.AKI) > 0 && bytes.Equal(c.AKI, issuer.SKI)
	return named && s.session.Signed(c, issuer) == chain.No
}
