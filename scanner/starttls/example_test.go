package starttls_test

import (
	"bufio"
	"context"
	"fmt"
	"net"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// A mail server is brought to the point where TLS begins.
func Example() {
	client, server := net.Pipe()
	go func() {
		lines := bufio.NewScanner(server)
		fmt.Fprint(server, "220 mail.example.com ESMTP\r\n")
		lines.Scan() // EHLO
		fmt.Fprint(server, "250-mail.example.com\r\n250 STARTTLS\r\n")
		lines.Scan() // STARTTLS
		fmt.Fprint(server, "220 go ahead\r\n")
	}()
	fmt.Println(starttls.ByPort(25), starttls.Upgrade(context.Background(), client, "smtp", "mail.example.com"))
	// Output:
	// smtp <nil>
}
