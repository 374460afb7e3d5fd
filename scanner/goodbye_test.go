package scanner

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Last words arrive whole and before the end, over TCP, where they may be more than
// the connection takes at once, and over anything else.
func TestWriteLast(t *testing.T) {
	words := bytes.Repeat([]byte("goodbye "), 1<<20)
	for _, c := range []struct {
		name string
		size int
		conn func(net.Conn) net.Conn
	}{
		{"TCP", 24, func(c net.Conn) net.Conn { return c }},
		{"TCP, nothing to say", 0, func(c net.Conn) net.Conn { return c }},
		{"TCP, more than fits", len(words), func(c net.Conn) net.Conn { return c }},
		{"a wrapped connection", 24, func(c net.Conn) net.Conn { return hearing{Conn: c} }},
	} {
		heard := make(chan []byte, 1)
		server := tlstest.For(t).Script(func(conn net.Conn) {
			all, err := io.ReadAll(conn)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			heard <- all
		})
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := writeLast(c.conn(conn), words[:c.size]); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		conn.(*net.TCPConn).CloseWrite()
		if got := <-heard; !bytes.Equal(got, words[:c.size]) {
			t.Errorf("%s: %d bytes arrived, want %d", c.name, len(got), c.size)
		}
		conn.Close()
	}
	conn, other := net.Pipe()
	other.Close()
	if writeLast(conn, words[:1]) == nil {
		t.Error("a connection that has ended: no error")
	}
}
