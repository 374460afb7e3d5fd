package cert_test

import (
	"fmt"
	"log"
	"math/big"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What crypto/x509 refuses is read, and what is unusual about it is named.
func Example() {
	root, err := tlstest.Root("Example Root")
	if err != nil {
		log.Fatal(err)
	}
	leaf, err := tlstest.Leaf("leaf", root, func(c *tlstest.Template) { c.SerialNumber = big.NewInt(-5) })
	if err != nil {
		log.Fatal(err)
	}
	c, err := cert.Parse(leaf.DER)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.DNSNames, c.Key.Kind, c.ForTLS())
	fmt.Println(c.Deviations)
	// Output:
	// [www.example.test] EC true
	// [negative-serial]
}
