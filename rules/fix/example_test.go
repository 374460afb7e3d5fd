package fix_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server sends its leaf and its root, and not the intermediate between them.
func Example() {
	r, err := tlstest.ParseRecipe("example", "root R\nca I by R\nleaf L by I san=www.example.com\npresent L R\nanchors R\npool I\n")
	if err != nil {
		log.Fatal(err)
	}
	store := chain.NewSet([]*cert.Certificate{chain.Read(r.Anchors[0]).Cert})
	pool := chain.NewSet([]*cert.Certificate{chain.Read(r.Pool[0]).Cert})
	profiles, _, err := client.Select(client.Profiles(catalog.Embedded(), tlstest.Now()), []string{"go"})
	if err != nil {
		log.Fatal(err)
	}
	judge := rules.NewJudge(rules.Criteria{
		At: tlstest.Now(), Profiles: []*client.Profile{profiles[0].WithStore(store)}, Known: []rules.Source{{Name: "pool", Set: pool}},
	}, nil)
	p := rules.Presentation{Name: "www.example.com"}
	for _, der := range r.Presented {
		p.Entries = append(p.Entries, judge.Read(der))
	}

	plan := fix.New(judge, fix.Options{}).Plan(judge.Judge([]rules.Presentation{p})[0])
	for _, line := range plan.Diff() {
		fmt.Println(line.Change, line.From, line.To)
	}
	fmt.Println("proven:", plan.Fixes)
	// Output:
	// 0 0
	// + -1 1
	// - 1 -1
	// proven: true
}
