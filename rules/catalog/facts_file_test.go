package catalog_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
)

// A file that is not what Write wrote is an error that tells how.
func TestReadRefusesDamagedFiles(t *testing.T) {
	uncompressed, err := os.ReadFile(filepath.Join("data", "facts.bin"))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if err := catalog.Embedded().Write(&packed); err != nil {
		t.Fatal(err)
	}
	good := packed.Bytes()
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	const lengths, sum, body = 9, 17, 49
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "no facts file"},
		{"text", []byte(strings.Repeat("SHA-256 Fingerprint,PEM\n", 10)), "no facts file"},
		{"older format", change(func(b []byte) []byte { b[8] = 1; return b }), "has format 1, this program reads formats 2 and 3"},
		{"newer format", change(func(b []byte) []byte { b[8] = 4; return b }), "has format 4, this program reads formats 2 and 3"},
		{"cut in the plain part", good[:len(good)/2], "cut short"},
		{"cut in the packed part", good[:len(good)-100], "damaged: unexpected EOF"},
		{"cut, uncompressed", uncompressed[:len(uncompressed)-100], "length does not fit"},
		{"longer, uncompressed", append(bytes.Clone(uncompressed), 0), "length does not fit"},
		{"packed, said to be uncompressed", change(func(b []byte) []byte { b[8] = 3; return b }), "length does not fit"},
		{"uncompressed, said to be packed", append(append(bytes.Clone(uncompressed[:8]), 2), uncompressed[9:]...), "damaged: flate"},
		{"a bit, uncompressed", func() []byte { b := bytes.Clone(uncompressed); b[len(b)-1] ^= 1; return b }(), "checksum does not fit"},
		{"a bit of a key", change(func(b []byte) []byte { b[body+100_000] ^= 1; return b }), "checksum does not fit"},
		{"a bit of the checksum", change(func(b []byte) []byte { b[sum] ^= 1; return b }), "checksum does not fit"},
		{"a bomb", change(func(b []byte) []byte { binary.BigEndian.PutUint32(b[lengths+4:], 1<<31); return b }), "more than 16 MB"},
		{"endless", append(change(func(b []byte) []byte { return b }), make([]byte, 17<<20)...), "more than 16 MB"},
	} {
		f, err := catalog.Read(bytes.NewReader(c.file))
		if err == nil || f != nil {
			t.Errorf("%s: read without an error", c.name)
			continue
		}
		if !strings.HasPrefix(err.Error(), "reading facts: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, want something with %q", c.name, err, c.want)
		}
	}
}

func TestZeroFactsKnowNothing(t *testing.T) {
	var f catalog.Facts
	if len(f.CAs().All()) != 0 || len(f.Stores()) != 0 || f.Source([32]byte{1}) != "" {
		t.Error("the zero value knows something")
	}
	if _, ok := f.Store("android-7.0"); ok {
		t.Error("the zero value has a store")
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	again, err := catalog.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if info := again.Info(); info.CAs != 0 || info.Size == 0 {
		t.Errorf("read back: %+v", info)
	}
}
