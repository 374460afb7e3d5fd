package listener_test

import (
	"fmt"
	"net/netip"

	"github.com/tlschain/tlschain/scanner/listener"
)

// Since when does the server of this address run?
func Example() {
	if began, ok := listener.Began(netip.MustParseAddrPort("192.0.2.1:443"), ""); ok {
		fmt.Println("since", began)
	} else {
		fmt.Println("nobody here listens there")
	}
	// Output:
	// nobody here listens there
}
