package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// A site that listens on several addresses is stale if one of them is; on each,
// the certificate for another kind of key is none of its fault.
func TestOneStaleAddress(t *testing.T) {
	j := defaults(t, nov2026)
	ca := known(t, nov2026, "YR1", "Root YR")
	leaf := factLeaf(ca, nov2026.AddDate(0, 0, -20), nov2026.AddDate(0, 0, 70))
	other := cert.Hash{1}
	for _, x := range []struct {
		served []Served
		want   string
	}{
		{[]Served{{Addr: "127.0.0.1:25", Leaf: leaf.SHA256}, {Addr: "127.0.0.1:25", Leaf: other}}, ""},
		{[]Served{{Addr: "127.0.0.1:25", Leaf: leaf.SHA256}, {Addr: "127.0.0.1:587", Leaf: other}}, "127.0.0.1:587 presents"},
		{[]Served{{Addr: "127.0.0.1:25", Leaf: other, Began: time.Unix(0, 0), Written: nov2026}}, "certificates began on 1970-01-01 00:00 UTC."},
		{[]Served{{Addr: "127.0.0.1:25", Leaf: leaf.SHA256, Behind: []cert.Hash{ca.SHA256}}}, ""},
		{[]Served{{Addr: "127.0.0.1:25", Leaf: leaf.SHA256, Behind: []cert.Hash{}}}, "127.0.0.1:25 presents other certificates behind this one"},
		{[]Served{{Addr: "127.0.0.1:25", Leaf: leaf.SHA256, Behind: []cert.Hash{ca.SHA256, other}}}, "127.0.0.1:25 presents other certificates"},
	} {
		p := presented(leaf, ca)
		p.Served = x.served
		found := findings(j.Judge([]Presentation{p})[0], "not-reloaded")
		if x.want == "" && len(found) > 0 || x.want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, x.want)) {
			t.Errorf("%v: want %q, got %v", x.served, x.want, found)
		}
	}
}
