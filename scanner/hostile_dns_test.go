package scanner

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A lie is what a name server answers to a question: by UDP in one packet, by TCP
// whatever it writes.
type lie struct {
	udp   func(q *dns.Msg) []byte
	tcp   func(conn net.Conn, q *dns.Msg)
	fails bool // else there are addresses
}

func packed(m *dns.Msg) []byte {
	m.Compress = true
	b, err := m.Pack()
	if err != nil {
		panic(err) // the test's own message
	}
	return b
}

func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

func a(name, address string) dns.RR {
	return &dns.A{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: net.ParseIP(address)}
}

func cname(name, to string) dns.RR {
	return &dns.CNAME{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}, Target: to}
}

func lies() map[string]lie {
	answering := func(records func(name string) []dns.RR) func(q *dns.Msg) []byte {
		return func(q *dns.Msg) []byte {
			m := new(dns.Msg).SetReply(q)
			if q.Question[0].Qtype == dns.TypeA {
				m.Answer = records(q.Question[0].Name)
			}
			return packed(m)
		}
	}
	truncated := func(q *dns.Msg) []byte {
		m := new(dns.Msg).SetReply(q)
		m.Truncated = true
		return packed(m)
	}
	raw := func(rest ...byte) func(q *dns.Msg) []byte {
		return func(q *dns.Msg) []byte {
			m := packed(new(dns.Msg).SetReply(q))
			m[6], m[7] = 0xff, 0xff // answers
			return append(m, rest...)
		}
	}
	large := func(conn net.Conn, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		for i := range 4000 {
			if q.Question[0].Qtype == dns.TypeA {
				m.Answer = append(m.Answer, a(q.Question[0].Name, fmt.Sprintf("127.1.%d.%d", i>>8, i&255)))
			}
		}
		conn.Write(framed(packed(m)))
	}
	return map[string]lie{
		"a CNAME to itself": {udp: answering(func(n string) []dns.RR { return []dns.RR{cname(n, n)} }), fails: true},
		"a CNAME loop": {udp: answering(func(n string) []dns.RR {
			return []dns.RR{cname(n, "b.example."), cname("b.example.", "c.example."), cname("c.example.", n)}
		}), fails: true},
		"a long way of CNAMEs": {udp: answering(func(n string) (all []dns.RR) {
			for i := range 30 {
				all = append(all, cname(fmt.Sprintf("c%d.example.", i), fmt.Sprintf("c%d.example.", i+1)))
			}
			return all
		}), fails: true},
		"a pointer to itself":      {udp: raw(0xc0, 0x00), fails: true},
		"a pointer beyond the end": {udp: raw(0xff, 0xff, 0, 1, 0, 1), fails: true},
		"fewer records than told":  {udp: raw(), fails: true},
		"another question": {udp: func(q *dns.Msg) []byte {
			m := q.Copy()
			m.Question[0].Name = "other.example."
			return packed(new(dns.Msg).SetReply(m))
		}, fails: true},
		"another number":       {udp: func(q *dns.Msg) []byte { m := new(dns.Msg).SetReply(q); m.Id++; return packed(m) }, fails: true},
		"no answer but noise":  {udp: func(q *dns.Msg) []byte { return make([]byte, 1200) }, fails: true},
		"64 KB":                {udp: truncated, tcp: large},
		"64 KB of noise":       {udp: truncated, tcp: func(conn net.Conn, q *dns.Msg) { conn.Write(framed(make([]byte, 0xffff))) }, fails: true},
		"a length and no more": {udp: truncated, tcp: func(conn net.Conn, q *dns.Msg) { conn.Write([]byte{0xff, 0xff}); io.Copy(io.Discard, conn) }, fails: true},
		"a drip": {udp: truncated, fails: true, tcp: func(conn net.Conn, q *dns.Msg) {
			for _, b := range framed(packed(new(dns.Msg).SetReply(q))) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(200 * time.Millisecond)
			}
		}},
		"endless answers": {udp: truncated, fails: true, tcp: func(conn net.Conn, q *dns.Msg) {
			for {
				if _, err := conn.Write(framed(make([]byte, 0xffff))); err != nil {
					return
				}
			}
		}},
		"truncated by TCP too": {udp: truncated, tcp: func(conn net.Conn, q *dns.Msg) { conn.Write(framed(truncated(q))) }, fails: true},
	}
}

// liar is a name server that tells a lie, by UDP and TCP at one port.
func liar(t *testing.T, l lie) netip.AddrPort {
	t.Helper()
	tcp, udp := tlstest.ListenBoth(t)
	t.Cleanup(func() { tcp.Close(); udp.Close() })
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, from, err := udp.ReadFrom(b)
			if err != nil {
				return
			}
			if q := new(dns.Msg); q.Unpack(b[:n]) == nil && len(q.Question) == 1 {
				udp.WriteTo(l.udp(q), from)
			}
		}
	}()
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(time.Minute))
				head := make([]byte, 2)
				if _, err := io.ReadFull(conn, head); err != nil {
					return
				}
				b := make([]byte, binary.BigEndian.Uint16(head))
				if _, err := io.ReadFull(conn, b); err != nil {
					return
				}
				if q := new(dns.Msg); q.Unpack(b) == nil && len(q.Question) == 1 && l.tcp != nil {
					l.tcp(conn, q)
				}
			}()
		}
	}()
	return netip.MustParseAddrPort(tcp.Addr().String())
}

// A name server that lies, drips or never ends gives an endpoint that failed, in
// the time that each has, or addresses within the bound of an answer.
func TestHostileDNS(t *testing.T) {
	for name, l := range lies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Scanner{Lookup: LookupAt(liar(t, l)), Timeout: 1500 * time.Millisecond, AllAddresses: true}
			began := time.Now()
			found, failure := newRun(s).resolve(t.Context(), Target{Host: "www.example.test", Port: 443})
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it takes %v", took)
			}
			switch {
			case !l.fails && (failure != nil || len(found) < 1000 || len(found) > 4096):
				t.Errorf("%d addresses, %v", len(found), failure)
			case l.fails && (failure == nil || failure.Code != DNS || len(failure.Message) > 1000):
				t.Errorf("%d addresses, %v", len(found), failure)
			}
		})
	}
}

// A name whose address changes between two questions leads to no address that is
// to be left alone: what is checked is what is dialled.
func TestRebindingOfTargets(t *testing.T) {
	tb := tlstest.For(t)
	good := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil))})
	forbidden, err := net.Listen("tcp", fmt.Sprintf("127.0.0.2:%d", good.Addr().Port()))
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	t.Cleanup(func() { forbidden.Close() })
	go func() {
		for {
			conn, err := forbidden.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	var asked atomic.Int32
	server := liar(t, lie{udp: func(q *dns.Msg) []byte {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{a(q.Question[0].Name, fmt.Sprintf("127.0.0.%d", 1+asked.Add(1)%2))}
		}
		return packed(m)
	}})
	exclude, err := ReadExclusions(strings.NewReader("127.0.0.2\n"), "exclude")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[Code]int{}
	for i := range 40 {
		s := &Scanner{Lookup: LookupAt(server), Exclude: exclude}
		o := one(t, s, Target{Host: fmt.Sprintf("h%d.example.test", i), ServerName: "www.example.test", Port: good.Addr().Port()})
		if o.Failure != nil {
			codes[o.Failure.Code]++
		} else {
			codes["ok"]++
		}
	}
	if reached.Load() > 0 || codes["ok"] == 0 || codes[Excluded] == 0 || len(codes) != 2 {
		t.Errorf("%d connections to what is excluded; %v", reached.Load(), codes)
	}
}
