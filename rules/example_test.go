package rules_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A list in the wrong order with the root in it, judged for one client.
func Example() {
	r, err := tlstest.ParseRecipe("example", "root R\nca I by R\nca J by I\nleaf L by J san=www.example.com\npresent L I J R\nanchors R\n")
	if err != nil {
		log.Fatal(err)
	}
	store := chain.NewSet([]*cert.Certificate{chain.Read(r.Anchors[0]).Cert})
	profiles, _, err := client.Select(client.Profiles(catalog.Embedded(), tlstest.Now()), []string{"go"})
	if err != nil {
		log.Fatal(err)
	}
	judge := rules.NewJudge(rules.Criteria{At: tlstest.Now(), Profiles: []*client.Profile{profiles[0].WithStore(store)}}, nil)

	p := rules.Presentation{Name: "www.example.com"}
	for _, der := range r.Presented {
		p.Entries = append(p.Entries, judge.Read(der))
	}
	for _, v := range judge.Judge([]rules.Presentation{p}) {
		for _, f := range v.Findings {
			fmt.Println(f.Severity, f.Rule, f.Positions)
		}
	}
	// Output:
	// warning wrong-order [1]
	// info root-in-chain [3]
}
