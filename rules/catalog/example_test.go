package catalog_test

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/catalog"
)

// The facts that come with the program: which intermediates of a CA are known.
func Example() {
	facts := catalog.Embedded()
	for _, k := range facts.All() {
		if c := k.Cert; c.Subject.Common == "R12" && c.Issuer.Common == "ISRG Root X1" {
			fmt.Println(c.Subject.Text, c.NotAfter.Format("2006-01-02"))
		}
	}
	store, ok := facts.Store("android-7.0")
	fmt.Println(ok, len(store.Anchors.All()) > 100)
	// Output:
	// CN=R12,O=Let's Encrypt,C=US 2027-03-12
	// true true
}
