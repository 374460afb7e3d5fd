package scanner

import (
	"bufio"
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
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

// The end of a handshake of TLS 1.3 and the goodbye are one segment; an alert
// that nothing follows is sent all the same.
func TestLastWords(t *testing.T) {
	leaf, other := tlstest.For(t).Leaf("L", nil), tlstest.For(t).Leaf("other", nil)
	for what, key := range map[string]crypto.Signer{"a key that fits": leaf.Key.Signer, "another key": other.Key.Signer} {
		config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.DER}, PrivateKey: key}}}
		heard := make(chan error, 8)
		server := tlstest.For(t).Script(func(conn net.Conn) {
			client := tls.Server(conn, config)
			err := client.Handshake()
			if err == nil {
				_, err = client.Read(make([]byte, 1))
			}
			heard <- err
			client.Close()
		})
		var writes atomic.Int32
		scanner := &Scanner{Dial: func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
			conn, err := net.Dial("tcp", addr.String())
			return counted{conn, &writes}, err
		}}
		o := one(t, scanner, at(server, "www.example.test"))
		got := <-heard
		if what == "a key that fits" {
			if got != io.EOF || writes.Load() != 2 || !o.Complete {
				t.Errorf("%s: complete %v, %d writes, the server heard %v; want two writes, the hello and the rest", what, o.Complete, writes.Load(), got)
			}
		} else if alert := new(net.OpError); !errors.As(got, &alert) || alert.Op != "remote error" || o.Complete {
			t.Errorf("%s: complete %v, and the server heard %v; want an alert", what, o.Complete, got)
		}
	}
}

type counted struct {
	net.Conn
	writes *atomic.Int32
}

func (c counted) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}
