package starttls

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestPorts(t *testing.T) {
	for port, dialect := range map[uint16]string{25: "smtp", 587: "submission", 24: "lmtp", 143: "imap", 110: "pop3", 21: "ftp",
		389: "ldap", 5222: "xmpp-client", 5269: "xmpp-server", 5432: "postgres", 3306: "mysql", 4190: "sieve", 119: "nntp",
		6667: "irc", 3389: "rdp", 1433: "mssql", 23: "telnet", 443: "", 993: "", 0: ""} {
		if got := ByPort(port); got != dialect {
			t.Errorf("port %d: %q, want %q", port, got, dialect)
		}
		if dialect == "" {
			continue
		}
		if got, ok := DefaultPort(dialect); !ok || got != port {
			t.Errorf("%s: port %d, want %d", dialect, got, port)
		}
	}
	if _, ok := DefaultPort("gopher"); ok {
		t.Error("gopher has a port")
	}
}

func TestEveryDialectHasOnePlace(t *testing.T) {
	names, ports := map[string]bool{}, map[uint16]string{}
	for _, d := range dialects() {
		if names[d.name] || d.upgrade == nil || len(d.ports) == 0 {
			t.Errorf("%s: twice, or without a port or a way", d.name)
		}
		names[d.name] = true
		for _, p := range d.ports {
			if ports[p] != "" {
				t.Errorf("port %d is %s's and %s's", p, ports[p], d.name)
			}
			ports[p] = d.name
		}
	}
	if got := Dialects(); len(got) != len(names) {
		t.Error(got)
	}
}

func TestUnknownDialect(t *testing.T) {
	err := Upgrade(context.Background(), nil, "gopher", "")
	var failure *Error
	if err == nil || errors.As(err, &failure) {
		t.Errorf("%v: want an error of the program", err)
	}
}

// TestCancel has a server that says nothing at all to every dialect.
func TestCancel(t *testing.T) {
	for _, dialect := range Dialects() {
		t.Run(dialect, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			s := tlstest.For(t).Script(func(conn net.Conn) {
				cancel()
				for {
					if _, err := conn.Read(make([]byte, 100)); err != nil {
						return
					}
				}
			})
			conn, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := Upgrade(ctx, conn, dialect, ""); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

// TestHangUp has a server that ends the connection before it says anything:
// that is the network's failure, and no verdict on the dialect.
func TestHangUp(t *testing.T) {
	for _, dialect := range Dialects() {
		s := tlstest.For(t).Script(func(conn net.Conn) {})
		err := upgrade(t, s, dialect)
		var failure *Error
		if err == nil || errors.As(err, &failure) || !strings.HasPrefix(err.Error(), dialect+": ") {
			t.Errorf("%s: %v", dialect, err)
		}
	}
}

// TestHostileWords checks that what a server says cannot reach a terminal.
func TestHostileWords(t *testing.T) {
	s := tlstest.For(t).Script(func(conn net.Conn) {
		conn.Write([]byte("554 \x1b[2J\u202e" + strings.Repeat("x", 5000) + "\r\n"))
		conn.Read(make([]byte, 10))
	})
	err := upgrade(t, s, "smtp")
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") || len(err.Error()) > 400 {
		t.Errorf("%q", err)
	}
}
