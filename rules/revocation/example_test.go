package revocation_test

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/revocation"
)

// What came from the URL of a CRL may be anything.
func Example() {
	_, err := revocation.ParseList([]byte("<html>moved</html>"), cert.Key{})
	fmt.Println(err)
	// Output:
	// it is no CRL
}
