package scanner_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A scan of two targets: one server that presents a leaf without its
// intermediate, and a port where nobody listens.
func Example() {
	root, err := tlstest.Root("root")
	if err != nil {
		log.Fatal(err)
	}
	leaf, err := tlstest.Leaf("leaf", root)
	if err != nil {
		log.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	closed, err := tlstest.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	if err != nil {
		log.Fatal(err)
	}
	closed.Close()

	s := scanner.Scanner{Concurrency: 1}
	for _, where := range []string{server.Addr().String(), closed.Addr().String()} {
		targets, err := scanner.ParseTarget("www.example.test@"+where, scanner.TargetOptions{})
		if err != nil {
			log.Fatal(err)
		}
		for row := range s.Scan(context.Background(), targets) {
			for _, o := range row {
				if o.Captured() {
					fmt.Println(len(o.Chain), "certificates, complete:", o.Complete)
				} else {
					fmt.Println(o.Failure.Code)
				}
			}
		}
	}
	// Output:
	// 1 certificates, complete: true
	// refused
}
