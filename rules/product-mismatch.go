package rules

import "fmt"

var productMismatch = Rule{
	ID: "product-mismatch", Class: ClassCertificate, Severity: Info, Since: "0.1",
	Title: "Issue date, issuer and key do not fit the CA's product",
	Why: "CAs change the intermediate of a product at a certain moment, and say so: SureServer certificates of at or before 2013-08-02 20:59 Japan time are from Public CA G2, later ones from G3. " +
		"Where the leaf's date says one and its issuer says another, whoever goes by the date installs the wrong intermediate.",
	Fix:  "Go by the leaf's authority key identifier, not by the date: the issuer named there is the one to send. If the certificate was reissued, ask the CA which product it is.",
	Refs: []string{"SureServer FAQ: which intermediate CA certificate to download, note 1", "RFC 5280 section 4.2.1.1"},
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
