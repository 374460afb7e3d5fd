package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

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
