package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

var supersededIntermediate = Rule{
	ID: "superseded-intermediate", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "The CA has a newer certificate for this intermediate's key",
	Why: "CAs certify an intermediate's key again: with a later end, or signed with SHA-256 in place of SHA-1. The old certificate " +
		"still makes a path, so nothing breaks today; it does on the day it ends, or when clients stop taking its signature. Servers " +
		"whose chain file is never looked at keep the old one for years.",
	Fix:  "Replace it by the newer certificate of the same name and key. The server's own certificate and key stay.",
	Refs: []string{"SureServer FAQ: is an intermediate to be installed at each renewal"},
	Japanese: Text{
		Title: "この中間 CA 証明書の鍵には、CA が発行した新しい証明書がある",
		Why: "CA は、同じ中間 CA の鍵に対して、有効期間を延ばした証明書や、SHA-1 に代えて SHA-256 " +
			"で署名した証明書を改めて発行します。古い証明書でも検証の経路は成り立つため、今すぐ問題は起きませんが、" +
			"その期限が来た日や、クライアントがその署名を受け付けなくなった時に障害となります。",
		Fix: "名前と鍵が同じ、新しい証明書に置き換えてください。サーバー証明書と秘密鍵はそのままで構いません。",
		Says: map[string]string{
			"%s was replaced by the CA: there is another of the same name and key (SHA-256 %x), %s.": "%[1]s は CA が置き換えました。" +
				"同じ名前と鍵の別の証明書 (SHA-256 %[2]s) があります (%[3]s)。",
			"which ends later":                                     "有効期限がより後",
			"signed with %s as %s needs it":                        "%[2]s に必要な %[1]s で署名",
			"Send the certificate with SHA-256 %x in place of %s.": "%[2]s の代わりに、SHA-256 が %[1]s の証明書を送ってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Judge == nil || s.Chain.State != chain.Complete {
			return
		}
		product := s.Product
		for n, step := range s.presented() {
			if n == 0 || !step.Cert.ValidAt(s.At) {
				continue // an expired one has a finding of its own
			}
			newer, ok := s.Judge.Products.Superseded(step.Cert, s.At)
			why := "which ends later"
			if n-1 < len(product.Needs) {
				if due, found := otherHash(product.Needs[n-1], step.Cert, s); found {
					newer, ok, why = due, true, "signed with "+due.Hash+" as "+product.Name+" needs it"
				}
			}
			if !ok || s.isDead(newer.SHA256) {
				continue
			}
			report(Finding{
				Positions: []int{step.Position},
				Message: fmt.Sprintf("%s was replaced by the CA: there is another of the same name and key (SHA-256 %s), %s.",
					capital(s.at(step.Position)), newer.SHA256, why),
				Fix: fmt.Sprintf("Send the certificate with SHA-256 %s in place of %s.", newer.SHA256, s.at(step.Position)),
			})
		}
	},
}

// otherHash gives the certificate that a product needs in place of c, which is
// of the same key and issuer and signed with another hash: SureServer [SHA-2]
// with the SHA-1 certificate of Public CA G3.
func otherHash(need catalog.Need, c *cert.Certificate, s *Subject) (catalog.Listed, bool) {
	due, ok := need.At(s.At)
	if !ok || need.Key != c.Key.SPKI || need.Fills(c) || due.Hash == c.SignatureAlg.Hash.String() {
		return due, false
	}
	return due, true
}
