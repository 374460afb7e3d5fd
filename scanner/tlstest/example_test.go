package tlstest_test

import (
	"crypto/tls"
	"fmt"
	"log"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server on loopback that presents what a recipe says: here a leaf with its
// intermediate missing and the root sent in its place.
func Example() {
	r, err := tlstest.ParseRecipe("example", "root R\nca I by R\nleaf L by I\npresent L R\nanchors R\n")
	if err != nil {
		log.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: r.Identity()})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	conn, err := tls.Dial("tcp", server.Addr().String(), &tls.Config{InsecureSkipVerify: true}) // what it presents is all that matters
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	for _, c := range conn.ConnectionState().PeerCertificates {
		fmt.Println(c.Subject.CommonName, "by", c.Issuer.CommonName)
	}
	// Output:
	// www.example.test by Example CA I
	// Example CA R by Example CA R
}
