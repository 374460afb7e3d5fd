package certfile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/tlschain/tlschain/rules/cert"
)

// maxManifest bounds what is read as YAML, in bytes: Kubernetes ends at 1 MiB
// for an object.
const maxManifest = 4 << 20

// readBase64 reads a file whose text is base64 of a certificate file, without
// the lines that say so: what cloud consoles hand out. ok is false if it is
// something else.
func readBase64(data []byte, passwords []string) (chains []Chain, ok bool) {
	inner, ok := fromBase64(data)
	if !ok {
		return nil, false
	}
	chains, err := read(inner, passwords)
	if err != nil {
		return nil, false
	}
	flaw := Flaw{
		Lines: []int{1}, Loaders: []Loader{OpenSSL, Go, Java}, What: "the text is base64 without BEGIN and END lines",
		Fix: "Decode it (base64 -d file.pem > new.der; openssl x509 -inform DER -in new.der), " +
			"or put -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- behind.",
	}
	if isPEM(inner) {
		flaw.What, flaw.Fix = pemInBase64, pemInBase64Fix
	}
	for i := range chains {
		chains[i].Flaws = append([]Flaw{flaw}, chains[i].Flaws...)
	}
	return chains, true
}

func fromBase64(text []byte) ([]byte, bool) {
	text = bytes.Map(withoutBlanks, bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff")))
	text = bytes.Trim(text, `"'`)
	text = bytes.TrimRight(text, "=")
	if len(text) < 64 {
		return nil, false
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		out := make([]byte, encoding.DecodedLen(len(text)))
		if n, err := encoding.Decode(out, text); err == nil {
			return out[:n], true
		}
	}
	return nil, false
}

// readManifest reads the certificates in a YAML or JSON document: a Kubernetes
// Secret, or whatever else keeps PEM files as base64 text. A map that has any
// is one chain. ok is false if there is none.
func readManifest(data []byte) (chains []Chain, ok bool) {
	secret := bytes.Contains(data, []byte("Secret")) && bytes.Contains(data, []byte("kind"))
	if len(data) > maxManifest || !secret && (isPEM(data) || !bytes.Contains(data, []byte("LS0tL"))) {
		return nil, false
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, false
	}
	var c collector
	for _, doc := range file.Docs {
		c.secret = false
		c.walk(doc.Body, 0)
	}
	return c.chains, len(c.chains) > 0
}

// A collector gathers a chain for each map that holds PEM files.
type collector struct {
	chains []Chain
	secret bool // within a Kubernetes Secret
}

// maxNesting is deeper than any manifest goes.
const maxNesting = 50

func (c *collector) walk(n ast.Node, depth int) {
	if depth > maxNesting {
		return
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		c.take(n.Values, depth)
	case *ast.MappingValueNode: // a map of one value
		c.take([]*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			c.walk(item, depth+1)
		}
	}
}

func (c *collector) take(values []*ast.MappingValueNode, depth int) {
	outside := c.secret
	defer func() { c.secret = outside }()
	pair := false // of the names that Kubernetes gives to a certificate and its key
	for _, v := range values {
		c.secret = c.secret || keyOf(v) == "kind" && scalar(v.Value) == "Secret"
		pair = pair || keyOf(v) == "tls.crt"
	}
	var chain Chain
	for _, v := range values {
		text := []byte(scalar(v.Value))
		if decoded, ok := fromBase64(text); ok && !isPEM(text) {
			text = decoded
		} else if !c.secret {
			text = nil // PEM as it stands is read as text, with its line numbers
		}
		if !isPEM(text) {
			c.walk(v.Value, depth+1)
			continue
		}
		if hash, err := PublicKey(text); err == nil && chain.Key == (cert.Hash{}) {
			chain.Key = hash
		}
		if pair && keyOf(v) != "tls.crt" { // ca.crt is for the server's own clients
			continue
		}
		if inner, err := readPEM(text); err == nil {
			chain.Certs = append(chain.Certs, inner[0].Certs...)
			chain.Flaws = append(chain.Flaws, c.flaw(v))
			chain.Flaws = append(chain.Flaws, inner[0].Flaws...)
		}
	}
	if len(chain.Certs) > 0 {
		c.chains = append(c.chains, chain)
	}
}

func (c *collector) flaw(v *ast.MappingValueNode) Flaw {
	f := Flaw{Lines: []int{v.Key.GetToken().Position.Line}}
	if c.secret {
		f.Harmless = true
		f.What = fmt.Sprintf(secretFormat, keyOf(v))
		f.Fix = secretFix
		return f
	}
	f.Loaders = []Loader{OpenSSL, Go, Java}
	f.What = fmt.Sprintf(manifest, keyOf(v))
	f.Fix = manifestFix
	return f
}

func keyOf(v *ast.MappingValueNode) string { return strings.Trim(v.Key.String(), `"'`) }

// scalar gives a scalar's text; empty for all else.
func scalar(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return ""
}
