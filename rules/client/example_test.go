package client_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server sends a cross-certificate of its root by one that has expired, as many
// did in 2021. What clients make of that differs.
func Example() {
	r, err := tlstest.ParseRecipe("example",
		"root R\nroot Old from=2000-01-01 to=2021-09-30\ncross X of R by Old\nca I by R\nleaf L by I san=www.example.com\npresent L I X\nanchors Old R\n")
	if err != nil {
		log.Fatal(err)
	}
	var list []chain.Entry
	for _, der := range r.Presented {
		list = append(list, chain.Read(der))
	}
	var anchors []*cert.Certificate
	for _, der := range r.Anchors {
		anchors = append(anchors, chain.Read(der).Cert)
	}
	profiles, _, err := client.Select(client.Profiles(catalog.Embedded(), tlstest.Now()), []string{"openssl-1.0.2", "openssl-3.0", "gnutls-3.7"})
	if err != nil {
		log.Fatal(err)
	}
	session := new(chain.Verifier).Begin()
	for _, p := range profiles {
		v := p.WithStore(chain.NewSet(anchors)).Judge(session, list, client.Question{Name: "www.example.com", At: tlstest.Now()})
		fmt.Printf("%s %v %q\n", p.ID, v.Accepted, v.Cause)
	}
	// Output:
	// gnutls-3.7 true ""
	// openssl-1.0.2 false "expired"
	// openssl-3.0 true ""
}
