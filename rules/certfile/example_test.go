package certfile_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A file with a byte order mark before the first block, as editors on Windows
// write them: who reads it, and who does not.
func Example() {
	root, err := tlstest.Root("root")
	if err != nil {
		log.Fatal(err)
	}
	leaf, err := tlstest.Leaf("leaf", root)
	if err != nil {
		log.Fatal(err)
	}
	file := append([]byte("\ufeff"), bytes.TrimSpace(certfile.PEM(leaf.DER, root.DER))...)
	chains, err := certfile.Read(file)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range chains {
		fmt.Println(len(c.Certs))
		for _, flaw := range c.Flaws {
			fmt.Println(flaw.Lines, flaw.Loaders)
		}
	}
	// Output:
	// 2
	// [1] [Go Java]
}
