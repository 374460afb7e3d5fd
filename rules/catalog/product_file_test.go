package catalog

import (
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

const internalLine = `line: Example internal
vendor: Example Ltd
cas:
  - id: issuing
    subjects: ["CN=Example Issuing CA *,O=Example"]
products:
  - name: Example server
    issuers: [{ca: issuing}]
    send: [{ca: issuer}]
`

func TestUsersAddLinesOfTheirOwn(t *testing.T) {
	p, err := EmbeddedProducts().With([]byte(internalLine))
	if err != nil {
		t.Fatal(err)
	}
	leaf := &cert.Certificate{Issuer: cert.Name{Text: "CN=Example Issuing CA 7/b,O=Example"}, AKI: []byte{1}}
	if got, ok := p.Recognise(leaf); !ok || got.Name != "Example server" || got.Vendor != "Example Ltd" {
		t.Errorf("recognised %+v", got)
	}
	if _, ok := EmbeddedProducts().Recognise(leaf); ok {
		t.Error("one user's line is in everybody's catalogue")
	}
	var none *Products
	if _, ok := none.Recognise(leaf); ok {
		t.Error("no catalogue knows a product")
	}
	if p, err = none.With([]byte(internalLine)); err != nil || len(p.lines) != 1 {
		t.Error(err)
	}
}

// The errors name the line and what to type.
func TestMistakesInAFile(t *testing.T) {
	sha := strings.Repeat("ab", 32)
	for _, c := range []struct{ file, want string }{
		{"", "line 1: no name: begin the file with line: NAME"},
		{"line: x\nproduct: []\n", `line 2: unknown field "product"`},
		{"line: x\ncas:\n  - id: a\n", "line 3: CA a has no subjects"},
		{"line: x\ncas:\n  - id: issuer\n    subjects: [a]\n", `line 3: id "issuer"`},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\n    key: 12\n", `line 5: "12" is not a SHA-256: type 64 hex digits`},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\n    key_id: xyz\n", `line 5: key_id "xyz" is not hex`},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\n    certificates:\n      - {sha256: " + sha + ", from: 2020, until: 2021-01-01, hash: SHA-1}\n", `line 6: "2020" is not a day`},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\n    certificates:\n      - {sha256: " + sha + ", from: 2020-01-01, until: 2021-01-01, hash: SHA1}\n", `line 6: hash "SHA1": type SHA-1`},
		{"line: x\nproducts:\n  - name: p\n    issuers: [{ca: nobody}]\n", `line 4: ca "nobody": no CA with this id`},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\nproducts:\n  - name: p\n    issuers:\n      - {ca: a, until: 2013-08-02T21:00:00}\n", "line 8: \"2013-08-02T21:00:00\" is not a moment with its time zone"},
		{"line: x\ncas:\n  - id: a\n    subjects: [a]\nproducts:\n  - name: p\n    issuers: [{ca: a}]\n    send: [{ca: b}]\n", `line 8: ca "b": type issuer`},
		{"line: x\ncas: 7\n", "line 2: "},
		{"line: [a]\n", "line 1: "},
		{"\t", "line 1: "},
		{"line: x\nline: y\n", "line 2: "},
	} {
		_, err := EmbeddedProducts().With([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.file, err, c.want)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add([]byte(internalLine))
	f.Fuzz(func(t *testing.T, file []byte) {
		if l, err := parseLine(file); err == nil {
			newProducts([]*line{l}).Recognise(&cert.Certificate{AKI: []byte{1}, Issuer: cert.Name{Text: "CN=x"}})
		}
	})
}
