package scanner

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server sees its guest leave: QUIT within STARTTLS, close_notify, and the
// end of the connection, though it has session tickets and an answer to send.
func TestFarewell(t *testing.T) {
	leaf := tlstest.For(t).Leaf("L", nil)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}}}
	for dialect, want := range map[string]string{"": "", "smtp": "QUIT\r\n"} {
		type end struct {
			said string
			err  error
		}
		ends := make(chan end, 1)
		server := tlstest.For(t).Script(func(conn net.Conn) {
			if dialect == "smtp" {
				in := bufio.NewReader(conn)
				for _, answer := range []string{"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"} {
					io.WriteString(conn, answer)
					if answer != "220 go\r\n" {
						in.ReadString('\n')
					}
				}
			}
			client := tls.Server(conn, config)
			said, err := io.ReadAll(client) // EOF is close_notify
			if err == nil {
				_, err = io.WriteString(client, "221 bye\r\n")
			}
			client.CloseWrite()
			if err == nil {
				_, err = io.Copy(io.Discard, conn) // a reset would show here
			}
			ends <- end{string(said), err}
		})
		target := at(server, "www.example.test")
		target.STARTTLS = dialect
		if o := one(t, &Scanner{}, target); !o.Complete {
			t.Errorf("%q: %v", dialect, o.Failure)
		}
		if got := <-ends; got.said != want || got.err != nil {
			t.Errorf("%q: the server heard %q and then %v", dialect, got.said, got.err)
		}
	}
}
