package tlschain

import (
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A name that a file is checked against is the one that clients ask for, however it
// was typed: what people write with umlauts, certificates have in A-labels.
func TestServerNameOfFiles(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	leaf := mk.Leaf("L", root, func(c *tlstest.Template) { c.DNSNames = []string{"xn--bcher-kva.example"} })
	engine, err := New(Config{Clients: []string{"go"}}, Env{Now: tlstest.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"bücher.example", "BÜCHER.example.", "xn--bcher-kva.example", "XN--bcher-kva.Example."} {
		found, err := engine.ReadBytes(File{Name: "f.pem", ServerName: typed}, leaf.PEM())
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %d chains, %v", typed, len(found), err)
		}
		if leaf := found[0].Entries[0].Cert; !leaf.MatchesName(found[0].Name) {
			t.Errorf("%s is taken for %s, which the certificate does not have", typed, found[0].Name)
		}
	}
	if found, _ := engine.ReadBytes(File{Name: "f.pem", ServerName: "192.0.2.1"}, leaf.PEM()); len(found) != 1 || found[0].Name != "192.0.2.1" {
		t.Errorf("an address: %+v", found)
	}
}
