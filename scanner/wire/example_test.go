package wire_test

import (
	"fmt"
	"log"
	"net"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/wire"
)

// A hello of TLS 1.2 that is only good for seeing the certificates.
func Example() {
	root, err := tlstest.Root("root")
	if err != nil {
		log.Fatal(err)
	}
	leaf, err := tlstest.Leaf("leaf", root)
	if err != nil {
		log.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf, root)})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	seen, err := wire.Hello{Version: 0x0303, ServerName: tlstest.ServerName}.Ask(conn, nil)
	fmt.Printf("%x %d %v\n", seen.Version, len(seen.Chain), err)
	// Output:
	// 303 2 <nil>
}
