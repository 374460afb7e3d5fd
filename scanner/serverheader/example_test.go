package serverheader_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/tlschain/tlschain/scanner/serverheader"
)

// What kind of server has to be fixed.
func Example() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", "nginx/1.22.1")
	}))
	defer server.Close()
	addr, err := netip.ParseAddrPort(server.Listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(serverheader.Server(context.Background(), addr, "www.example.com"))
	// Output:
	// nginx/1.22.1 <nil>
}
