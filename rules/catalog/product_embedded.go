package catalog

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

//go:generate go test -count 1 -run TestLinesAreCurrent -update .

// linesFile has what lines/*.yaml say: to read those would take as long as all
// else that a scan of one target does.
//
//go:embed data/lines.json
var linesFile []byte

var embeddedProducts = sync.OnceValue(func() *Products {
	var files []lineFile
	if json.Unmarshal(linesFile, &files) != nil {
		return nil // a test holds that they can be read, and are current
	}
	var lines []*line
	for i := range files {
		if l, err := files[i].read(); err == nil {
			lines = append(lines, l)
		}
	}
	return newProducts(lines)
})

// EmbeddedProducts returns the catalogue that comes with the program. It is
// read on the first call, and shared.
func EmbeddedProducts() *Products { return embeddedProducts() }

// With returns a catalogue that has one more line, in the form of the files
// that come with the program; what it says goes before what was there. The
// error names the line of the file and what to type: it is [yamlfile.Errors].
func (p *Products) With(file []byte) (*Products, error) {
	l, err := parseLine(file)
	if err != nil {
		return nil, err
	}
	lines := []*line{l}
	if p != nil {
		lines = append(lines, p.lines...)
	}
	return newProducts(lines), nil
}

func newProducts(lines []*line) *Products {
	p := &Products{lines: lines, byKeyID: make(map[string][]*ca), byKey: make(map[cert.Hash][]*ca), named: new(chain.Cache[string, []*ca])}
	for _, l := range lines {
		for _, c := range l.cas {
			if c.key == (cert.Hash{}) {
				p.byName = append(p.byName, c)
			} else {
				p.byKey[c.key] = append(p.byKey[c.key], c)
			}
			if c.keyID != nil && c.issues {
				p.byKeyID[string(c.keyID)] = append(p.byKeyID[string(c.keyID)], c)
			}
		}
	}
	return p
}
