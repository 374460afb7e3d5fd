package chain_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The shape of a list that is sent in the wrong order, with the root that
// clients have anyway.
func Example() {
	r, err := tlstest.ParseRecipe("example", "root R\nca I by R\nleaf L by I\npresent L R I\nanchors R\n")
	if err != nil {
		log.Fatal(err)
	}
	var list []chain.Entry
	for _, der := range r.Presented {
		list = append(list, chain.Read(der))
	}
	anchors := chain.NewSet([]*cert.Certificate{chain.Read(r.Anchors[0]).Cert})

	session := new(chain.Verifier).Begin()
	a := chain.Analyse(session, list, chain.World{At: tlstest.Now(), Anchors: anchors})
	fmt.Println(a.Roles, len(a.Misplaced) > 0)
	// Output:
	// [leaf root intermediate] true
}
