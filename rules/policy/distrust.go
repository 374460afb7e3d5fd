package policy

import (
	"cmp"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/yamlfile"
)

// A distrust is a certificate, a key or a name that the user no longer trusts.
// One of the three is required. Who says so, since when and why are shown where
// it is found.
//
//	distrust:
//	  - key: 9f0f5b7c...        # SHA-256 of the SubjectPublicKeyInfo
//	    who: our security team
//	    since: 2026-10-14
//	    reason: the key was stolen
//	  - certificate: 270c64b6... # SHA-256, or the certificate itself as PEM
//	  - name: CN=Example CA,O=Example,C=JP # or the common name alone
type distrust struct {
	Certificate certificateHash `yaml:"certificate"`
	Key         keyHash         `yaml:"key"`
	Name        string          `yaml:"name"`
	Who         string          `yaml:"who"`
	Since       Time            `yaml:"since"` // a date means its beginning, in UTC; zero: always
	Reason      string          `yaml:"reason"`
}

type (
	certificateHash cert.Hash
	keyHash         cert.Hash
)

// distrusts is the file: a list, by itself or under the key distrust.
type distrusts []distrust

// distrustID is the id of the list that [ParseDistrust] makes.
const distrustID = "distrust"

// ParseDistrust reads a file of what is no longer trusted, as strictly as
// [Parse].
func ParseDistrust(name string, data []byte) (*catalog.Revocations, error) {
	var file distrusts
	if err := decode(name, data, &file); err != nil {
		return nil, err
	}
	list := &catalog.Revocations{ID: distrustID, Title: "the distrust file", Source: name}
	for _, d := range file {
		list.Entries = append(list.Entries, catalog.Revocation{
			SHA256: cert.Hash(d.Certificate), SPKI: cert.Hash(d.Key), Name: d.Name,
			Who: cmp.Or(line(d.Who), list.Title), Since: d.Since.Time, Reason: line(d.Reason),
		})
	}
	return list.Indexed(), nil
}

// line puts a text on one line: findings are sentences.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// UnmarshalYAML reads the list.
func (d *distrusts) UnmarshalYAML(node ast.Node) error {
	var file struct {
		Distrust []distrust `yaml:"distrust"`
	}
	if node.Type() == ast.SequenceType {
		return yamlfile.Value(node, (*[]distrust)(d))
	}
	err := yamlfile.Value(node, &file)
	*d = file.Distrust
	return err
}

// UnmarshalYAML reads an entry and holds that it names one thing.
func (d *distrust) UnmarshalYAML(node ast.Node) error {
	type plain distrust // without this method
	if err := yamlfile.Value(node, (*plain)(d)); err != nil {
		return err
	}
	named := 0
	for _, is := range []bool{d.Certificate != certificateHash{}, d.Key != keyHash{}, strings.TrimSpace(d.Name) != ""} {
		if is {
			named++
		}
	}
	switch named {
	case 0:
		return yamlfile.Errorf(node, "the entry names nothing: type certificate, key or name")
	case 1:
		return nil
	}
	return yamlfile.Errorf(node, "the entry names several things: type one of certificate, key and name, and an entry for each")
}

// UnmarshalYAML reads a fingerprint, or a certificate as PEM.
func (h *certificateHash) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if !strings.Contains(text, "-----BEGIN") {
		return fingerprint(node, text, (*cert.Hash)(h))
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return yamlfile.Errorf(node, "this is no whole PEM block: type all of it, from BEGIN to END")
	}
	c, err := cert.Parse(block.Bytes)
	if err != nil {
		return yamlfile.Errorf(node, "%v", err)
	}
	*h = certificateHash(c.SHA256)
	return nil
}

// UnmarshalYAML reads a fingerprint.
func (h *keyHash) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	return fingerprint(node, text, (*cert.Hash)(h))
}

// fingerprint reads a SHA-256, with or without colons.
func fingerprint(node ast.Node, text string, into *cert.Hash) error {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
	if err != nil || len(b) != len(into) || [32]byte(b) == [32]byte{} {
		return yamlfile.Errorf(node, "%.70q: type a SHA-256, which has 64 hexadecimal digits", text)
	}
	copy(into[:], b)
	return nil
}
