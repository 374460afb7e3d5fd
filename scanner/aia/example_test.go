package aia_test

import (
	"context"
	"fmt"

	"github.com/tlschain/tlschain/scanner/aia"
)

// A certificate's URL does not make us ask an address that only we can reach.
func Example() {
	session := new(aia.Fetcher).Begin()
	result := session.Fetch(context.Background(), "http://127.0.0.1/issuer.cer")
	fmt.Println(len(result.Certs), result.Failure.Code)
	// Output:
	// 0 address
}
