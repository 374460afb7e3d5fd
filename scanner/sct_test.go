package scanner

import (
	"slices"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The timestamps of the TLS extension come with the chain, in either version.
func TestSCTsOfTheHandshake(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("R")
	id := tlstest.Present(ca.Leaf("L", root))
	id.SCTs = [][]byte{[]byte("one"), []byte("another")}
	for _, version := range []uint16{0x0303, 0x0304} {
		server := ca.Serve(tlstest.Behaviour{Default: id, MaxVersion: version})
		o := look(t, &Scanner{}, server, tlstest.ServerName)
		if !slices.EqualFunc(o.SCTs, id.SCTs, slices.Equal) {
			t.Errorf("%#x: %q, want %q", version, o.SCTs, id.SCTs)
		}
	}
}
