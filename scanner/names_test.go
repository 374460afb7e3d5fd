package scanner

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// nameServer answers A questions for www.example.test with an address of
// loopback, says that there is nothing else, and keeps silent on quiet names.
func nameServer(t *testing.T) netip.AddrPort {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) == 0 || strings.HasPrefix(m.Questions[0].Name.String(), "quiet.") {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			switch {
			case q.Name.String() != "www.example.test.":
				m.RCode = dnsmessage.RCodeNameError
			case q.Type == dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60},
					Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
				}}
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestNameServer(t *testing.T) {
	tb := tlstest.For(t)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	s := &Scanner{Lookup: LookupAt(nameServer(t))}
	target := Target{Host: "www.example.test", ServerName: "www.example.test", Port: server.Addr().Port()}
	if o := one(t, s, target); !o.Complete || o.Addr != server.Addr() {
		t.Errorf("%v at %v", o.Failure, o.Addr)
	}
	target.Host = "nobody.example.test"
	if o := one(t, s, target); o.Failure == nil || o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, "no such name") {
		t.Errorf("an unknown name: %v", o.Failure)
	}
	target.Host = "quiet.example.test"
	s.Timeout = 100 * time.Millisecond
	if o := one(t, s, target); o.Failure == nil || o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, "does not answer") {
		t.Errorf("a silent name server: %v", o.Failure)
	}
}

func TestAddressesGiven(t *testing.T) {
	tb := tlstest.For(t)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	s := &Scanner{Addresses: map[string][]netip.Addr{"www.example.test": {server.Addr().Addr()}}}
	if o := one(t, s, Target{Host: "www.example.test", Port: server.Addr().Port()}); !o.Complete {
		t.Error(o.Failure)
	}
}

func TestSource(t *testing.T) {
	tb := tlstest.For(t)
	from := make(chan string, 10)
	leaf := tlstest.Present(tb.Leaf("L", nil))
	server := tb.Serve(tlstest.Behaviour{Default: leaf, Preamble: func(conn net.Conn) error {
		from <- conn.RemoteAddr().(*net.TCPAddr).IP.String()
		return nil
	}})
	if o := one(t, &Scanner{Source: netip.MustParseAddr("127.0.0.9")}, at(server, "")); !o.Complete || <-from != "127.0.0.9" {
		t.Error(o.Failure)
	}
	// An address that is not this machine's is this machine's fault.
	synctest.Test(t, func(t *testing.T) {
		s := &Scanner{Source: netip.MustParseAddr("192.0.2.1")}
		if o := one(t, s, at(server, "")); o.Failure == nil || o.Failure.Code != Local {
			t.Error(o.Failure)
		}
	})
}

func TestUnixSocket(t *testing.T) {
	tb := tlstest.For(t)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	path := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server.Addr().String())
			if err != nil {
				return
			}
			go relay(conn, to)
		}
	}()
	dial := func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "unix", path)
	}
	if o := one(t, &Scanner{Dial: dial}, at(server, "")); !o.Complete {
		t.Error(o.Failure)
	}
}

// A name is looked up once, by however many targets at once, until its answer
// is old; and no more names are remembered than namesKept.
func TestNamesRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looked atomic.Int32
		lookup := func(context.Context, string, string) ([]netip.Addr, error) {
			looked.Add(1)
			time.Sleep(time.Second)
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
		dial := func(context.Context, netip.AddrPort) (net.Conn, error) { return nil, errTry }
		targets := func(yield func(Target) bool) {
			for i := range 200 {
				if i == 100 {
					time.Sleep(2 * nameLife)
				}
				if !yield(Target{Host: "www.example.test", Port: 443}) {
					return
				}
			}
		}
		for range (&Scanner{Lookup: lookup, Dial: dial}).Scan(t.Context(), targets) {
		}
		if looked.Load() != 2 {
			t.Errorf("looked up %d times", looked.Load())
		}
	})
	var n names
	for i := range namesKept + 500 {
		n.lookup(t.Context(), fmt.Sprint(i), time.Now, func() ([]netip.Addr, error) { return nil, nil })
	}
	if len(n.known) != namesKept || len(n.order) != namesKept {
		t.Errorf("%d names are remembered, in an order of %d", len(n.known), len(n.order))
	}
}
