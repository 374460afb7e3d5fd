package fetch_test

import (
	"context"
	"fmt"

	"github.com/tlschain/tlschain/scanner/fetch"
)

// What a certificate names does not make us ask an address that only we can
// reach.
func Example() {
	_, failure := new(fetch.Client).Get(context.Background(), fetch.Request{URL: "http://169.254.169.254/latest", Kind: "CRL", Limit: 1 << 20})
	fmt.Println(failure.Code)
	// Output:
	// address
}
