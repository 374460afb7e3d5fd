package catalog

import (
	"bytes"
	"encoding/binary"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

// TestIndex holds that the index is of the table that comes with the program.
func TestIndex(t *testing.T) {
	want := makeIndex(t)
	if *update {
		if err := os.WriteFile("data/facts.index", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(tableIndex, want) {
		t.Error("data/facts.index is of another table: type go generate ./rules/catalog")
	}
}

// makeIndex reads the table from its beginning to its end.
func makeIndex(t *testing.T) []byte {
	t.Helper()
	plain, packed, sum, err := unpack(table)
	if err != nil {
		t.Fatal(err)
	}
	f, err := decode(plain, packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &codec{reading: true}
	if err := c.split(plain, packed); err != nil {
		t.Fatal(err)
	}
	c.readTables()
	begin := c.cols
	out := slices.Clone(sum)
	var subjects, keys [][2]uint32
	n := len(c.cols[colHash]) / len(cert.Hash{})
	for place := range n {
		if place%blockSize == 0 {
			for _, col := range recordColumns {
				out = binary.BigEndian.AppendUint32(out, uint32(len(begin[col])-len(c.cols[col])))
			}
		}
		var k Known
		k.Cert = new(cert.Certificate)
		c.certificate(k.Cert)
		c.sources(&k.Sources, len(f.sources))
		subjects = append(subjects, [2]uint32{hashOfText(k.Cert.Subject.Canon), uint32(place)})
		keys = append(keys, [2]uint32{hashOfHash(k.Cert.Key.SPKI), uint32(place)})
	}
	for _, list := range [][][2]uint32{subjects, keys} {
		slices.SortFunc(list, func(a, b [2]uint32) int { return slices.Compare(a[:], b[:]) })
		for _, pair := range list {
			out = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(out, pair[0]), pair[1])
		}
	}
	return out
}

// TestAsNeeded holds that what is decoded when it is asked for is what the whole table has.
func TestAsNeeded(t *testing.T) {
	whole, err := parse(table, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	lazy, err := parse(table, asNeeded)
	if err != nil {
		t.Fatal(err)
	}
	if lazy.cas.BySPKI(cert.Hash{1}) != nil || lazy.cas.BySubject(cert.Name{Canon: "nobody"}) != nil {
		t.Error("something is found that is not there")
	}
	for _, k := range whole.All() {
		c := k.Cert
		same := func(what string, found, want []*cert.Certificate) {
			if !slices.EqualFunc(found, want, func(a, b *cert.Certificate) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("%s of %s: %d certificates, want %d", what, c.Subject.Text, len(found), len(want))
			}
		}
		same("subject", lazy.cas.BySubject(c.Subject), whole.cas.BySubject(c.Subject))
		same("key", lazy.cas.BySPKI(c.Key.SPKI), whole.cas.BySPKI(c.Key.SPKI))
	}
	if !reflect.DeepEqual(lazy.All(), whole.All()) {
		t.Error("the lists differ")
	}
	for i, s := range whole.Stores() {
		if !reflect.DeepEqual(lazy.Stores()[i].Anchors.All(), s.Anchors.All()) {
			t.Errorf("the anchors of %s differ", s.ID)
		}
		if a := lazy.Stores()[i].Anchors.All(); len(a) > 0 && !slices.Contains(lazy.cas.BySubject(a[0].Subject), a[0]) {
			t.Errorf("an anchor of %s was decoded twice", s.ID)
		}
	}
}
