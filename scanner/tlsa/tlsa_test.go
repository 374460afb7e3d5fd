package tlsa

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// serve answers questions on loopback, by UDP and TCP at one port, until the
// test ends.
func serve(t *testing.T, answer func(w dns.ResponseWriter, q *dns.Msg)) *Resolver {
	t.Helper()
	tcp, udp := tlstest.ListenBoth(t)
	for _, s := range []*dns.Server{{Listener: tcp}, {PacketConn: udp}} {
		s.Handler = dns.HandlerFunc(answer)
		done := make(chan struct{})
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() {
			defer close(done)
			s.ActivateAndServe()
		}()
		<-started
		t.Cleanup(func() {
			s.Shutdown()
			<-done
		})
	}
	return &Resolver{Server: netip.MustParseAddrPort(tcp.Addr().String())}
}

// record is a record whose data has so many bytes.
func record(q *dns.Msg, usage uint8, bytes int) dns.RR {
	return &dns.TLSA{
		Hdr:   dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTLSA, Class: dns.ClassINET, Ttl: 60},
		Usage: usage, Selector: 1, MatchingType: 1, Certificate: strings.Repeat("ab", bytes),
	}
}

// An answer as long as DNS allows is read by TCP, and kept within bounds.
func TestLargeAnswers(t *testing.T) {
	r := serve(t, func(w dns.ResponseWriter, q *dns.Msg) {
		a := new(dns.Msg).SetReply(q)
		a.AuthenticatedData = true
		if w.RemoteAddr().Network() == "udp" {
			a.Truncated = true
			w.WriteMsg(a)
			return
		}
		a.Compress = true
		switch {
		case strings.Contains(q.Question[0].Name, "many"):
			for i := range 1300 {
				a.Answer = append(a.Answer, record(q, uint8(i%4), 32))
			}
		case strings.Contains(q.Question[0].Name, "long"):
			a.Answer = append(a.Answer, record(q, 3, 64_000), record(q, 3, 32))
		}
		w.WriteMsg(a)
	})
	for host, want := range map[string][2]int{"many.example": {maxRecords, 1300 - maxRecords}, "long.example": {1, 1}, "none.example": {}} {
		a := r.Lookup(t.Context(), "tcp", host, 443)
		if a.Failure != "" || !a.Authenticated || len(a.Records) != want[0] || a.More != want[1] || a.Name != "_443._tcp."+host {
			t.Errorf("%s: %d records, %d more, %q, %+v", host, len(a.Records), a.More, a.Failure, a.Name)
		}
	}
}

// What is no answer is told as such, and asked for once.
func TestNoAnswers(t *testing.T) {
	var mu sync.Mutex
	asked := make(map[string]int)
	r := serve(t, func(w dns.ResponseWriter, q *dns.Msg) {
		name := q.Question[0].Name
		mu.Lock()
		asked[name]++
		mu.Unlock()
		a := new(dns.Msg).SetReply(q)
		switch {
		case strings.Contains(name, "broken"):
			w.Write([]byte{byte(q.Id >> 8), byte(q.Id), 0x81, 0x80, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0xc0})
			return
		case strings.Contains(name, "fails"):
			a.Rcode = dns.RcodeServerFailure
		case strings.Contains(name, "refused"):
			a.Rcode = dns.RcodeRefused
		case strings.Contains(name, "nowhere"):
			a.Rcode = dns.RcodeNameError
		case strings.Contains(name, "forever"):
			a.Truncated = true // by TCP, too
		}
		w.WriteMsg(a)
	})
	for host, want := range map[string]string{
		"broken.example": "asking the resolver", "fails.example": "SERVFAIL", "refused.example": "REFUSED", "nowhere.example": "", "forever.example": "",
		strings.Repeat("a", 64) + ".example": "asking the resolver", // no name that DNS has
	} {
		for range 2 {
			if a := r.Lookup(t.Context(), "tcp", host, 443); !strings.Contains(a.Failure, want) || want == "" && a.Failure != "" || len(a.Records) > 0 {
				t.Errorf("%s: %+v", host, a)
			}
		}
		mu.Lock()
		n := asked["_443._tcp."+host+"."]
		mu.Unlock()
		if n > 2 { // by UDP and by TCP
			t.Errorf("%s was asked for %d times", host, n)
		}
	}
}

// Mail servers come in their order, each once, and no more than some.
func TestMailHosts(t *testing.T) {
	r := serve(t, func(w dns.ResponseWriter, q *dns.Msg) {
		a := new(dns.Msg).SetReply(q)
		add := func(preference uint16, host string) {
			a.Answer = append(a.Answer, &dns.MX{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeMX, Class: dns.ClassINET},
				Preference: preference, Mx: host})
		}
		switch q.Question[0].Name {
		case "two.example.":
			add(20, "b.example.")
			add(10, "A.example.")
			add(10, "a.example.")
		case "null.example.": // RFC 7505: it takes no mail
			add(0, ".")
		case "many.example.":
			for i := range 20 {
				add(uint16(i), strings.Repeat("m", i+1)+".example.")
			}
		}
		w.WriteMsg(a)
	})
	for domain, want := range map[string]string{"two.example": "a.example b.example", "null.example": "", "none.example": ""} {
		if got := strings.Join(r.MailHosts(t.Context(), domain), " "); got != want {
			t.Errorf("%s: %q, want %q", domain, got, want)
		}
	}
	if n := len(r.MailHosts(t.Context(), "many.example")); n != maxHosts {
		t.Errorf("%d mail servers, want %d", n, maxHosts)
	}
}
