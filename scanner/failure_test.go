package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"tlschain/scanner/tlstest"
)

// answer is a server that reads the hello and says something.
func answer(t *testing.T, bytes string) *tlstest.Server {
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

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) *tlstest.Server {
	server, err := tlstest.Script("", func(net.Conn) {})
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
		"end":                {server: answer(t, ""), code: Reset, says: "closed"},
		"end in a record":    {server: answer(t, "\x16\x03\x03\x00\x50\x02\x00"), code: Reset, says: "closed"},
		"HTTP":               {server: answer(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), code: NotTLS, says: "HTTP"},
		"SSH":                {server: greet(t, "SSH-2.0-x\r\n"), code: NotTLS, says: "SSH"},
		"SMTP":               {server: greet(t, "220 mx ESMTP\r\n"), code: NotTLS, says: "try starttls+smtp://"},
		"two letters":        {server: answer(t, "no"), code: NotTLS, says: `"no"`},
		"alert":              {server: answer(t, "\x15\x03\x01\x00\x02\x02\x28"), code: Handshake, says: "alert 40 (handshake failure)"},
		"16 MiB message":     {server: answer(t, "\x16\x03\x03\x00\x04\x02\xff\xff\xff"), code: TooLarge, says: "16777215 bytes"},
		"no SMTP STARTTLS":   {server: greet(t, "220 mx\r\n", "250 mx\r\n", "221 bye\r\n"), dialect: "smtp", code: StartTLS, says: "smtp"},
		"not SMTP":           {server: greet(t, "HTTP/1.1 400\r\n"), dialect: "smtp", code: StartTLS, says: "smtp"},
		"busy":               {server: greet(t, "421 too many connections\r\n"), dialect: "smtp", code: Busy, says: "too many"},
		"too long a banner":  {server: greet(t, strings.Repeat("220-hello\r\n", 10_000)), dialect: "smtp", code: StartTLS, says: "smtp"},
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
		s := &Scanner{Dial: func(context.Context, netip.AddrPort) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", number)}
		}}
		o := one(t, s, Target{Host: "192.0.2.1", Addr: netip.MustParseAddr("192.0.2.1"), Port: 443})
		if o.Failure.Code != code {
			t.Errorf("%v: %v, want %s", number, o.Failure, code)
		}
	}
}

func TestFailuresOfNames(t *testing.T) {
	for name, err := range map[string]error{
		"no such name": &net.DNSError{Err: "no such host", IsNotFound: true},
		"no answer":    &net.DNSError{Err: "i/o timeout", IsTimeout: true},
		"server":       &net.DNSError{Err: "server misbehaving", IsTemporary: true},
		"other":        errors.New("other"),
	} {
		s := &Scanner{Lookup: func(context.Context, string, string) ([]netip.Addr, error) { return nil, err }}
		o := one(t, s, Target{Host: "www.example.test", Port: 443})
		if o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, "www.example.test") || o.Addr.IsValid() {
			t.Errorf("%s: %v at %v", name, o.Failure, o.Addr)
		}
	}
	s := &Scanner{Network: "ip6", Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}, nil
	}}
	if o := one(t, s, Target{Host: "www.example.test", Port: 443}); o.Failure.Code != DNS {
		t.Errorf("an IPv4 address as IPv6: %v", o.Failure)
	}
}

// A server that was busy, or dropped the connection, may not be the next time.
func TestRetries(t *testing.T) {
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", nil)
	good := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	n := 0
	dial := func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		if n++; n == 1 {
			return nil, fmt.Errorf("dial: %w", syscall.ECONNRESET)
		}
		return net.Dial("tcp", good.Addr().String())
	}
	if o := one(t, &Scanner{Retries: 1, Dial: dial}, at(good, "")); !o.Complete || n != 2 {
		t.Errorf("%v after %d connections", o.Failure, n)
	}
	n = 0
	if o := one(t, &Scanner{Dial: dial}, at(good, "")); o.Failure == nil || o.Failure.Code != Reset || n != 1 {
		t.Errorf("%v after %d connections", o.Failure, n)
	}
	refused := 0
	s := &Scanner{Retries: 3, Dial: func(context.Context, netip.AddrPort) (net.Conn, error) {
		refused++
		return nil, syscall.ECONNREFUSED
	}}
	if o := one(t, s, at(good, "")); o.Failure.Code != Refused || refused != 1 {
		t.Errorf("%v after %d connections", o.Failure, refused)
	}
}

func TestAddresses(t *testing.T) {
	tb := tlstest.For(t)
	one, two := tb.Leaf("one", nil), tb.Leaf("two", nil)
	first := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(one)})
	second, err := tlstest.Serve(tlstest.Behaviour{Default: tlstest.Present(two), Listen: fmt.Sprintf("127.0.0.2:%d", first.Addr().Port())})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	addrs := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.3")}
	s := &Scanner{AllAddresses: true, Variants: []Variant{TLS12}, Lookup: func(context.Context, string, string) ([]netip.Addr, error) { return addrs, nil }}
	target := Target{Host: "www.example.test", ServerName: "www.example.test", Port: first.Addr().Port()}
	for row := range s.Scan(t.Context(), func(yield func(Target) bool) { yield(target) }) {
		var got []string
		for _, o := range row {
			what := "nothing"
			switch {
			case sameChain(o.Chain, [][]byte{one.DER}):
				what = "one"
			case sameChain(o.Chain, [][]byte{two.DER}):
				what = "two"
			case o.Failure != nil:
				what = string(o.Failure.Code)
			}
			got = append(got, o.Addr.Addr().String()+" "+string(o.Variant)+" "+what)
		}
		want := "127.0.0.1  one,127.0.0.1 tls1.2 one,127.0.0.2  two,127.0.0.2 tls1.2 two,127.0.0.3  refused"
		if strings.Join(got, ",") != want {
			t.Errorf("got %v\nwant %s", got, want)
		}
	}
}
