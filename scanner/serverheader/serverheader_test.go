package serverheader

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// answering is a TLS server of a broken chain that says something to whoever
// connects.
func answering(t *testing.T, say func(conn net.Conn)) *tlstest.Server {
	t.Helper()
	mk := tlstest.For(t)
	leaf := mk.Leaf("L", mk.Root("R"))
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}}}
	return mk.Script(func(c net.Conn) {
		conn := tls.Server(c, config)
		buffer := make([]byte, 4096)
		if n, err := conn.Read(buffer); err != nil || !strings.HasPrefix(string(buffer[:n]), "HEAD / HTTP/1.1\r\nHost: www.example.test\r\n") {
			t.Errorf("the request is %q, %v", buffer[:n], err)
		}
		say(conn)
		conn.Close()
	})
}

func TestServer(t *testing.T) {
	for answer, want := range map[string]string{
		"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n":                                           "nginx/1.22.1",
		"HTTP/1.0 403 No\r\nserver: Microsoft-IIS/10.0\r\n\r\n":                                     "Microsoft-IIS/10.0",
		"HTTP/1.1 200 OK\r\n\r\n":                                                                   "",
		"HTTP/1.1 103 Early Hints\r\nServer: cache\r\n\r\nHTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n": "nginx",
	} {
		s := answering(t, func(c net.Conn) { c.Write([]byte(answer)) })
		if got, err := Server(t.Context(), s.Addr(), "www.example.test"); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

func TestServerThatIsNoWebServer(t *testing.T) {
	for name, say := range map[string]func(net.Conn){
		"mail":    func(c net.Conn) { c.Write([]byte("220 mx.example.test ESMTP\r\n")) },
		"silence": func(net.Conn) {},
		"no end": func(c net.Conn) {
			c.Write([]byte("HTTP/1.1 200 OK\r\n"))
			c.Write([]byte(strings.Repeat("X: y\r\n", 1<<16)))
		},
		"informs without end": func(c net.Conn) { c.Write([]byte(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1<<16))) },
		"one header": func(c net.Conn) {
			c.Write([]byte("HTTP/1.1 200 OK\r\nServer: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"))
		},
		"one line": func(c net.Conn) { c.Write([]byte(strings.Repeat("x", 1<<20))) },
	} {
		s := answering(t, say)
		if got, err := Server(t.Context(), s.Addr(), "www.example.test"); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The caller's patience bounds it.
func TestServerThatHangs(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	hang := tlstest.For(t).Script(func(c net.Conn) { c.Read(make([]byte, 1)); <-ctx.Done() })
	if got, err := Server(ctx, hang.Addr(), "www.example.test"); err == nil {
		t.Errorf("%q", got)
	}
}
