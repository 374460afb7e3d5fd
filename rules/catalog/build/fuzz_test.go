package build

import (
	"bytes"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// fuzzedNames are those of the files that data update reads, one for each reader.
var fuzzedNames = []string{"a.csv", "a.pem", "ca-certificates_1_all.deb", "root_store.textproto", "certdata.txt", "onecrl.json",
	"intermediates.json", "stores.tsv", "chrome-root-store.tsv", "mozilla-root-store.tsv", "debian-ca-certificates.tsv",
	"mozilla-onecrl.tsv", "firefox-preloaded-intermediates.tsv", "anchor-constraints.tsv", "revoked-keys.tsv"}

// FuzzRenew has each reader of what publishers have read anybody's bytes: they give
// an error, or facts that are the same when they have been written and read.
func FuzzRenew(f *testing.F) {
	a, err := tlstest.Root("A")
	if err != nil {
		f.Fatal(err)
	}
	b, err := tlstest.Root("B")
	if err != nil {
		f.Fatal(err)
	}
	base := made(f, nil, fstest.MapFS{"1.csv": report(a), "stores.tsv": membership("toy-1", "2025", a)})
	for i, seed := range map[int][]byte{
		0: report(b).Data, 1: b.PEM(), 2: []byte("!<arch>\ndata.tar.xz     0           0     0     100644  4         `\n\xfd7zX"),
		3: []byte("version_major: 1\ntrust_anchors {\n  sha256_hex: \"00\"\n  constraints { sct_not_after_sec: 1 }\n}\n"),
		4: []byte("BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE MULTILINE_OCTAL\n\\060\\003\nEND\n"),
		5: []byte(`{"data":[{"issuerName":"MAA=","serialNumber":"AQ==","enabled":true}]}`),
		6: []byte(`{"data":[{"subjectDN":"MAA=","derHash":"AA==","whitelist":false}]}`),
		7: membership("toy-2", "2026", b).Data,
		8: []byte("# a\nsha256\tname\n00\tx\n"), 11: []byte("issuer\tserial\n"), 13: []byte("store\tsha256\tkind\n"),
	} {
		f.Add(i, seed)
	}
	now := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		if which < 0 {
			return
		}
		name := fuzzedNames[which%len(fuzzedNames)]
		u, err := Renew(base, fstest.MapFS{name: &fstest.MapFile{Data: data}}, now)
		if err != nil {
			if len(err.Error()) > 2000 {
				t.Errorf("%s: an error of %d characters: %.200s", name, len(err.Error()), err)
			}
			return
		}
		for _, text := range u.Skipped {
			if len(text) > 2000 {
				t.Errorf("%s: %d characters of what was skipped: %.200s", name, len(text), text)
			}
		}
		read, err := catalog.Read(bytes.NewReader(u.File))
		if err != nil {
			t.Fatalf("%s: what was kept is not read: %v", name, err)
		}
		var again bytes.Buffer
		if err := read.Write(&again); err != nil || !bytes.Equal(again.Bytes(), u.File) {
			t.Fatalf("%s: read and written it is another file: %v", name, err)
		}
	})
}
