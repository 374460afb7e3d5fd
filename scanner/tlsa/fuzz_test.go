package tlsa

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// FuzzAnswer reads any message that a resolver may send: what is kept of it is
// bounded, and in an order that does not depend on the message's.
func FuzzAnswer(f *testing.F) {
	q := new(dns.Msg)
	q.SetQuestion("_443._tcp.a.example.", dns.TypeTLSA)
	a := new(dns.Msg)
	a.SetReply(q)
	a.Answer = append(a.Answer, record(q, DANEEE, 32), record(q, DANETA, 500))
	for _, text := range []string{"a.example. 60 IN MX 10 mx.a.example.", "a.example. 60 IN MX 5 .", "a.example. 60 IN CNAME a.example.",
		"_443._tcp.a.example. 60 IN TLSA 3 1 1 00"} {
		rr, err := dns.NewRR(text)
		if err != nil {
			f.Fatal(err)
		}
		a.Answer = append(a.Answer, rr)
	}
	packed, err := a.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, message []byte) {
		in := new(dns.Msg)
		if in.Unpack(message) != nil {
			return
		}
		read := func() *Answer {
			a := new(Answer)
			a.read(in)
			return a
		}
		first := read()
		if len(first.Records) > maxRecords || len(first.Records)+first.More > len(in.Answer) {
			t.Fatalf("%d records of %d", len(first.Records), len(in.Answer))
		}
		for _, r := range first.Records {
			if len(r.Data) > maxData || len(r.Data) > len(message) {
				t.Fatalf("%d bytes of data", len(r.Data))
			}
		}
		hosts := mailHosts(in)
		if len(hosts) > maxHosts {
			t.Fatalf("%d hosts", len(hosts))
		}
		for _, h := range hosts {
			if h == "" || strings.ContainsFunc(h, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("host %q", h)
			}
		}
		slices.Reverse(in.Answer)
		if second := read(); first.More == 0 && !slices.EqualFunc(first.Records, second.Records, func(a, b Record) bool { return a.String() == b.String() }) {
			t.Fatalf("%v in one order, %v in the other", first.Records, second.Records)
		}
		if again := mailHosts(in); !slices.Equal(hosts, again) && len(in.Answer) <= maxHosts {
			t.Fatalf("%q in one order, %q in the other", hosts, again)
		}
	})
}
