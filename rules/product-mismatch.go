package rules

import "fmt"

var productMismatch = Rule{
	ID: "product-mismatch", Class: ClassCertificate, Severity: Info, Since: "0.1",
	Title: "Issue date, issuer and key do not fit the CA's product",
	Why: "CAs change the intermediate of a product at a certain moment, and say so: SureServer certificates of at or before 2013-08-02 " +
		"20:59 Japan time are from Public CA G2, later ones from G3. Where the leaf's date says one and its issuer says another, " +
		"whoever goes by the date installs the wrong intermediate.",
	Fix: "Go by the leaf's authority key identifier, not by the date: the issuer named there is the one to send. If the certificate " +
		"was reissued, ask the CA which product it is.",
	Refs: []string{"SureServer FAQ: which intermediate CA certificate to download, note 1", "RFC 5280 section 4.2.1.1"},
	Japanese: Text{
		Title: "発行日、発行者、鍵が CA の商品の説明と一致しない",
		Why: "CA は、ある時刻を境に商品の中間 CA 証明書を切り替え、それを公表します。2013 年 8 月 2 日 20:59 (JST) " +
			"以前に発行された SureServer は Public CA G2、それより後は G3 です。発行日と発行者が食い違う証明書では、" +
			"日付だけで判断すると誤った中間 CA 証明書を設定してしまいます。",
		Fix: "日付ではなく、サーバー証明書の発行者鍵識別子 (Authority Key Identifier) に従い、" +
			"そこに示された発行者の証明書を送ってください。再発行された証明書であれば、どの商品かを CA に確認してください。",
		Says: map[string]string{
			"it is from %s, and at its issue date (%s) %s was issued by " +
				"%s": "発行者は %[1]s ですが、発行日 (%[2]s) の %[3]s の発行者は %[4]s でした",
			"its issuer's key is that of %s, and its issuer's name is another":                  "発行者の鍵は %[1]s のもので、発行者の名前が異なります",
			"The leaf is a %s of %s; %s.":                                                       "サーバー証明書は %[2]s の %[1]s です (%[3]s)。",
			"Send the certificates of the issuer that signed the leaf, whatever the date says.": "日付にかかわらず、サーバー証明書に署名した発行者の証明書を送ってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		product := s.Product
		if product.Mismatch == "" {
			return
		}
		report(Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   fmt.Sprintf("The leaf is a %s of %s; %s.", product.Name, product.Vendor, product.Mismatch),
			Fix:       "Send the certificates of the issuer that signed the leaf, whatever the date says.",
		})
	},
}
