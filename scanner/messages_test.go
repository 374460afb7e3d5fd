package scanner

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A greeting that comes later than the time-out is a matter of patience, and
// the message says with which flag.
func TestLateGreetingNamesTimeout(t *testing.T) {
	server := tlstest.For(t).Script(func(conn net.Conn) { conn.Read(make([]byte, 1)) })
	target := at(server, "mx.example.test")
	target.STARTTLS = "smtp"
	o := one(t, &Scanner{Timeout: time.Second}, target)
	if o.Failure == nil || o.Failure.Code != Timeout || !strings.Contains(o.Failure.Message, "--timeout") {
		t.Errorf("%v", o.Failure)
	}
}

// A lookup that fails at the server that the user chose names that server.
func TestLookupNamesTheServer(t *testing.T) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	server := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	go func() { // NXDOMAIN to all
		b := make([]byte, 1<<10)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			if n > 12 {
				b[2], b[3] = 0x81, 0x83
				b[10], b[11] = 0, 0 // no OPT record
				end := 12
				for end < n && b[end] != 0 {
					end += int(b[end]) + 1
				}
				conn.WriteToUDPAddrPort(b[:min(end+5, n)], from)
			}
		}
	}()
	target := Target{Text: "gone.example", Host: "gone.example.", Port: 443}
	o := one(t, &Scanner{Lookup: LookupAt(server)}, target)
	if o.Failure == nil || o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, server.String()) {
		t.Errorf("%v", o.Failure)
	}
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	addr := netip.MustParseAddrPort(silent.LocalAddr().String())
	o = one(t, &Scanner{Lookup: LookupAt(addr), Timeout: 50 * time.Millisecond}, target)
	if o.Failure == nil || o.Failure.Code != DNS || !strings.Contains(o.Failure.Message, addr.String()) {
		t.Errorf("%v", o.Failure)
	}
}
