package certfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// readManifest reads the certificates in a YAML or JSON document: Secrets of
// Kubernetes, Traefik's acme.json, or whatever else keeps PEM files as base64
// text. A map that has any is one chain. ok is false if there is none.
func readManifest(data []byte) (chains []Chain, ok bool, err error) {
	secret := bytes.Contains(data, []byte("Secret")) && bytes.Contains(data, []byte("kind"))
	if !secret && (isPEM(data) || !bytes.Contains(data, []byte("LS0tL"))) {
		return nil, false, nil
	}
	docs, err := documents(data)
	if err != nil {
		return nil, false, err
	}
	c := collector{many: len(docs) > 1}
	for _, doc := range docs {
		c.walk(doc, owner{})
	}
	if len(c.chains) == 0 {
		return nil, false, c.err
	}
	return c.chains, true, nil
}

// A collector gathers a chain for each map that holds PEM files.
type collector struct {
	chains []Chain
	many   bool  // there are several objects: one that cannot be read leaves the others
	err    error // the first about a PEM file that cannot be read
}

// An owner is what a map with PEM files belongs to.
type owner struct {
	kind ownerKind
	name string // of the object, to tell several of a file apart
}

type ownerKind uint8

const (
	someDocument     ownerKind = iota
	kubernetesSecret           // Kubernetes decodes it for the server
	traefikStore               // an entry of acme.json, which Traefik writes for itself
)

func (c *collector) walk(n node, of owner) {
	if len(n.kids) == 0 {
		return
	}
	if !n.mapping {
		for _, item := range n.kids {
			c.many = c.many || len(n.kids) > 1
			c.walk(item, of)
		}
		return
	}
	of = ownerOf(n, of)
	var chain Chain
	pair := slices.ContainsFunc(n.kids, func(v node) bool { return v.key == "tls.crt" })
	for _, v := range n.kids {
		text := []byte(v.text)
		if decoded, ok := fromBase64(text); ok && !isPEM(text) {
			text = decoded
		} else if of.kind != kubernetesSecret {
			text = nil // PEM as it stands is read as text, with its line numbers
		}
		if !isPEM(text) {
			c.walk(v, of)
			continue
		}
		if hash, err := PublicKey(text); err == nil && chain.Key == (cert.Hash{}) {
			chain.Key = hash
		}
		if pair && v.key != "tls.crt" { // ca.crt is for the server's own clients
			continue
		}
		switch inner, err := readPEM(text); {
		case err == nil:
			chain.Certs = append(chain.Certs, inner[0].Certs...)
			chain.Flaws = append(append(chain.Flaws, flawOf(of, v)), inner[0].Flaws...)
		case bytes.Contains(text, []byte("BEGIN CERT")):
			err = fmt.Errorf("%s%s: %w", prefixed(of.name), v.key, err)
			chain.Err = err
			if c.err == nil {
				c.err = err
			}
		}
	}
	if len(chain.Certs) > 0 || chain.Err != nil && c.many {
		chain.Name = of.name
		c.chains = append(c.chains, chain)
	}
}

func prefixed(name string) string {
	if name == "" {
		return ""
	}
	return name + ": "
}

// ownerOf reads what a map is. What is within it belongs to it.
func ownerOf(n node, outer owner) owner {
	switch {
	case n.child("kind").text == "Secret":
		meta := n.child("metadata")
		name := meta.child("name").text
		if space := meta.child("namespace").text; space != "" && name != "" {
			name = space + "/" + name
		}
		return owner{kubernetesSecret, name}
	case outer.kind == someDocument && n.folded("certificate").text != "" && n.folded("key").text != "" && n.folded("domain").mapping:
		return owner{traefikStore, n.folded("domain").folded("main").text}
	}
	return outer
}

func flawOf(of owner, v node) Flaw {
	f := Flaw{Lines: []int{v.line}}
	switch of.kind {
	case kubernetesSecret:
		f.Harmless, f.What, f.Fix = true, fmt.Sprintf(secretFormat, v.key), secretFix
	case traefikStore:
		f.Harmless, f.What, f.Fix = true, fmt.Sprintf(traefikFormat, v.key), traefikFix
	default:
		f.Loaders = []Loader{OpenSSL, Go, Java}
		f.What, f.Fix = fmt.Sprintf(manifest, v.key), manifestFix
	}
	return f
}

// child is the value under a key; an empty node if there is none.
func (n node) child(key string) node {
	for _, k := range n.kids {
		if k.key == key {
			return k
		}
	}
	return node{}
}

// folded is child whatever the case: Traefik 1 wrote its keys in capitals.
func (n node) folded(key string) node {
	for _, k := range n.kids {
		if strings.EqualFold(k.key, key) {
			return k
		}
	}
	return node{}
}
