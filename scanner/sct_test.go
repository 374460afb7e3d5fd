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

// So they do from the bare hello of a fast scan, and from the tape of a
// handshake that crypto/tls gave up.
func TestSCTsWithoutAHandshake(t *testing.T) {
	ca := tlstest.For(t)
	leaf := ca.Leaf("L", ca.Root("R"))
	for what, entries := range map[string][][]byte{"fast": {leaf.DER}, "taped": {leaf.DER, []byte("no certificate")}} {
		id := tlstest.Present(leaf)
		id.Entries, id.SCTs = entries, [][]byte{[]byte("one"), []byte("another")}
		for _, version := range []uint16{0x0303, 0x0304} {
			server := ca.Serve(tlstest.Behaviour{Default: id, MinVersion: version, MaxVersion: version})
			o := look(t, &Scanner{Fast: what == "fast"}, server, tlstest.ServerName)
			if o.Complete || !slices.EqualFunc(o.SCTs, id.SCTs, slices.Equal) {
				t.Errorf("%s, %#x: complete is %v, %q, want %q", what, version, o.Complete, o.SCTs, id.SCTs)
			}
		}
	}
}
