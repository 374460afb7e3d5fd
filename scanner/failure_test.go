package scanner

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// answer is a server that reads the hello and says something.
func answering(t *testing.T, bytes string) *tlstest.Server {
	return tlstest.For(t).Script(func(conn net.Conn) {
		conn.Read(make([]byte, 1<<16))
		conn.Write([]byte(bytes))
		conn.(*net.TCPConn).CloseWrite()
		conn.Read(make([]byte, 1))
	})
}

// greet is a server that speaks first.
func greet(t *testing.T, lines ...string) *tlstest.Server {
	return tlstest.For(t).Script(func(conn net.Conn) {
		for _, line := range lines {
			conn.Write([]byte(line))
			conn.Read(make([]byte, 1<<16))
		}
	})
}

// closedPort is an address where nobody listens: no other test has anything at
// this one, so that nobody gets the port again.
func closedPort(t *testing.T) *tlstest.Server {
	server, err := tlstest.Script("127.83.67.1:0", func(net.Conn) {})
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
	return server
}

func drip(conn net.Conn) {
	conn.Read(make([]byte, 1<<16))
	record := append([]byte{22, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb}, make([]byte, 1<<14)...)
	for i := range record {
		if _, err := conn.Write(record[i : i+1]); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond) // the peer's pace, not the test's
	}
}

// Each code comes from its real cause.
func TestFailures(t *testing.T) {
	tb := tlstest.For(t)
	reset := tb.Script(func(conn net.Conn) {
		conn.Read(make([]byte, 1<<16))
		conn.(*net.TCPConn).SetLinger(0)
	})
	quick := Scanner{Timeout: 100 * time.Millisecond}
	for name, c := range map[string]struct {
		server  *tlstest.Server
		scanner Scanner
		dialect string
		code    Code
		says    string
	}{
		"nobody listens":     {server: closedPort(t), code: Refused, says: "nobody listens"},
		"other family":       {server: closedPort(t), scanner: Scanner{Network: "ip6"}, code: Unreachable, says: "family"},
		"silence":            {server: silent(t), scanner: quick, code: Timeout, says: "the handshake took longer than 100ms"},
		"silent greeting":    {server: silent(t), scanner: quick, dialect: "smtp", code: Timeout, says: "STARTTLS took longer than 100ms"},
		"a drip":             {server: tb.Script(drip), scanner: quick, code: Timeout, says: "the handshake took longer"},
		"reset":              {server: reset, code: Reset, says: "reset"},
		"end":                {server: answering(t, ""), code: Reset, says: "closed"},
		"end in a record":    {server: answering(t, "\x16\x03\x03\x00\x50\x02\x00"), code: Reset, says: "closed"},
		"HTTP":               {server: answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), code: NotTLS, says: "HTTP"},
		"SSH":                {server: greet(t, "SSH-2.0-x\r\n"), code: NotTLS, says: "SSH"},
		"SMTP":               {server: greet(t, "220 mx ESMTP\r\n"), code: NotTLS, says: "try starttls+smtp://"},
		"two letters":        {server: answering(t, "no"), code: NotTLS, says: `"no"`},
		"alert":              {server: answering(t, "\x15\x03\x01\x00\x02\x02\x28"), code: Handshake, says: "alert 40 (handshake failure)"},
		"16 MiB message":     {server: answering(t, "\x16\x03\x03\x00\x04\x02\xff\xff\xff"), code: TooLarge, says: "16777215 bytes"},
		"no SMTP STARTTLS":   {server: greet(t, "220 mx\r\n", "250 mx\r\n", "221 bye\r\n"), dialect: "smtp", code: StartTLS, says: "smtp"},
		"not SMTP":           {server: greet(t, "HTTP/1.1 400\r\n"), dialect: "smtp", code: StartTLS, says: "smtp"},
		"busy":               {server: greet(t, "421 too many connections\r\n"), dialect: "smtp", code: Busy, says: "too many"},
		"too long a banner":  {server: greet(t, strings.Repeat("220-hello\r\n", 10_000)), dialect: "smtp", code: TooLarge, says: "smtp"},
		"end of a greeting":  {server: greet(t, "220 m"), dialect: "smtp", scanner: quick, code: Timeout, says: "STARTTLS"},
		"unknown to servers": {server: greet(t, "x"), dialect: "gopher", code: StartTLS, says: "gopher"},
	} {
		t.Run(name, func(t *testing.T) {
			target := at(c.server, "www.example.test")
			target.STARTTLS = c.dialect
			o := one(t, &c.scanner, target)
			if o.Captured() || o.Failure == nil || o.Failure.Code != c.code || !strings.Contains(o.Failure.Message, c.says) {
				t.Errorf("failure %v, want %s with %q", o.Failure, c.code, c.says)
			}
			if o.Target.Text != target.Text || o.At.IsZero() {
				t.Errorf("the row has lost its target or time: %+v", o)
			}
		})
	}
}

// What no test can bring about on loopback comes from the system call itself.
func TestFailuresOfSystemCalls(t *testing.T) {
	for number, code := range map[syscall.Errno]Code{
		syscall.ENETUNREACH: Unreachable, syscall.EHOSTUNREACH: Unreachable, syscall.EPERM: Unreachable,
		syscall.EMFILE: Local, syscall.ENFILE: Local, syscall.EADDRNOTAVAIL: Local,
		syscall.ETIMEDOUT: Timeout, syscall.ECONNRESET: Reset,
	} {
		synctest.Test(t, func(t *testing.T) { // an hour of pauses takes no time
			s := &Scanner{Dial: func(context.Context, netip.AddrPort) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", number)}
			}}
			o := one(t, s, Target{Host: "192.0.2.1", Addr: netip.MustParseAddr("192.0.2.1"), Port: 443})
			if o.Failure.Code != code {
				t.Errorf("%v: %v, want %s", number, o.Failure, code)
			}
		})
	}
}

func TestFailuresOfNames(t *testing.T) {
	for name, err := range map[string]error{
		"no such name": &net.DNSError{Err: "no such host", IsNotFound: true},
		"no answer":    &net.DNSError{Err: "i/o timeout", IsTimeout: true},
		"server":       &net.DNSError{Err: "server misbehaving", IsTemporary: true},
		"other":        errors.New("other"),
		"nobody":       &net.DNSError{Err: "read udp 127.0.0.1:51252->127.0.0.1:53: read: connection refused", Server: "127.0.0.1:53"},
	} {
		s := &Scanner{Lookup: func(context.Context, string, string) ([]netip.Addr, error) { return nil, err }}
		o := one(t, s, Target{Host: "www.example.test", Port: 443})
		if o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, "www.example.test") || o.Addr.IsValid() {
			t.Errorf("%s: %v at %v", name, o.Failure, o.Addr)
		}
		if name == "nobody" && o.Failure.Message != "www.example.test does not resolve: nobody listens there" {
			t.Errorf("the sockets of a lookup are told: %v", o.Failure)
		}
	}
	s := &Scanner{Network: "ip6", Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}, nil
	}}
	if o := one(t, s, Target{Host: "www.example.test", Port: 443}); o.Failure.Code != DNS {
		t.Errorf("an IPv4 address as IPv6: %v", o.Failure)
	}
}
