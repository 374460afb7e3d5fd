package tlsa_test

import (
	"fmt"

	"github.com/tlschain/tlschain/scanner/tlsa"
)

// A record as zone files have it: the certificate must be the server's own
// (usage 3), by its key (selector 1), of which this is the SHA-256 (type 1).
func Example() {
	fmt.Println(tlsa.Record{Usage: tlsa.DANEEE, Selector: 1, Matching: 1, Data: []byte{0xab, 0xcd}})
	// Output:
	// 3 1 1 abcd
}
