package client

import (
	"encoding/asn1"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestRefusalTables holds every row to clients that there are.
func TestRefusalTables(t *testing.T) {
	known := []string{"android", "apple", "windows", "windows-offline"}
	for id := range Builders() {
		known = append(known, id)
	}
	for _, table := range append(slices.Clip(refusalTables), takenByVersion, takenByAndroid) {
		for _, r := range table {
			for _, word := range strings.Fields(r.clients) {
				name := strings.TrimPrefix(word, "!")
				if families[name] == nil && !slices.Contains(known, name) {
					t.Errorf("%s: there is no client %q", r.trait, name)
				}
			}
			for _, id := range r.members() {
				if !slices.Contains(known, id) {
					t.Errorf("%s: there is no client %q", r.trait, id)
				}
			}
			if r.places == 0 || len(r.members()) == 0 {
				t.Errorf("%s: a row about nobody or nothing", r.trait)
			}
		}
	}
}

// algorithm makes a leaf's key one of another algorithm, of random bytes.
func algorithm(oid ...int) func(*tlstest.Template) {
	return func(c *tlstest.Template) {
		c.Edits = append(c.Edits, func(tbs *tlstest.TBS) {
			der, err := asn1.Marshal(struct {
				Algorithm struct{ OID asn1.ObjectIdentifier }
				Key       asn1.BitString
			}{struct{ OID asn1.ObjectIdentifier }{oid}, asn1.BitString{Bytes: []byte("no key at all"), BitLength: 8 * 13}})
			if err != nil {
				panic(err)
			}
			tbs.SPKI = asn1.RawValue{FullBytes: der}
		})
	}
}

// TestMLDSALeaf: only clients that were seen to accept an ML-DSA key do, and the
// others say that it is the handshake which lacks it.
func TestMLDSALeaf(t *testing.T) {
	root, err := tlstest.Root("R")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tlstest.Leaf("www.example.test", root, algorithm(2, 16, 840, 1, 101, 3, 4, 3, 18))
	if err != nil {
		t.Fatal(err)
	}
	list := []chain.Entry{chain.Read(leaf.DER)}
	store := chain.NewSet([]*cert.Certificate{chain.Read(root.DER).Cert})
	var accepted []string
	profiles := map[string]Builder{"android": android(16).verifier(), "apple": apple().verifier(), "windows": rowOf("windows").verifier()}
	for id, b := range Builders() {
		profiles[id] = b
	}
	for id, b := range profiles {
		p := &Profile{ID: id, Builder: b, Store: store}
		v := p.Judge(new(chain.Verifier).Begin(), list, Question{Name: "www.example.test", At: truthAt})
		switch {
		case v.Accepted:
			accepted = append(accepted, id)
		case v.Cause != Algorithm || !strings.HasPrefix(v.Reason, "has no ML-DSA in its TLS handshakes, ") && id != "mbedtls-2.28" && id != "botan-2.19": // which cannot even read it
			t.Errorf("%s: %s: %s", id, v.Cause, v.Reason)
		}
	}
	slices.Sort(accepted)
	if want := []string{"chrome", "node-24", "rustls-0.23-aws-lc"}; !slices.Equal(accepted, want) {
		t.Errorf("accepted by %q, want %q", accepted, want)
	}
}

// TestVersions: what depends on the version of TLS is judged for that version,
// and by the worse of both where it is not known.
func TestVersions(t *testing.T) {
	root, err := tlstest.Root("R")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := tlstest.Leaf("www.example.test", root, algorithm(1, 2, 840, 10040, 4, 1)) // DSA: none by TLS 1.3
	if err != nil {
		t.Fatal(err)
	}
	list := []chain.Entry{chain.Read(leaf.DER)}
	store := chain.NewSet([]*cert.Certificate{chain.Read(root.DER).Cert})
	for tls, want := range map[uint16]bool{tls12: true, tls13: false, 0: false, 0x0301: true} {
		p := &Profile{Builder: Builders()["java-17"], Store: store}
		v := p.Judge(new(chain.Verifier).Begin(), list, Question{Name: "www.example.test", At: truthAt, TLS: tls})
		if v.Accepted != want {
			t.Errorf("TLS %x: %+v", tls, v)
		}
	}
}
