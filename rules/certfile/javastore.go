package certfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// ErrNoKey says that a key store has nothing that a server could present.
var ErrNoKey = errors.New("it has no private key: a server presents the certificates of a key's entry, and trusted entries never")

// javaChains gives what Java presents from a PKCS #12 file with trusted entries:
// for each key, the certificate of its localKeyId, and above it by name, first
// come, whatever else is in the file. ok is false for a file with one key and no
// trusted entry: then all its certificates are a set.
func javaChains(bags []bag, keys map[cert.Hash]bool) (chains []Chain, ok bool) {
	byName := make(map[string]*cert.Certificate)
	parsed := make(map[int]*cert.Certificate)
	privates := 0
	for i, b := range bags {
		if b.key {
			privates++
		}
		if ok = ok || b.trusted || privates > 1; b.cert == nil {
			continue
		}
		if c, err := cert.Parse(b.cert); err == nil {
			parsed[i] = c
			if byName[c.Subject.Canon] == nil {
				byName[c.Subject.Canon] = c
			}
		}
	}
	if !ok {
		return nil, false
	}
	for _, k := range bags {
		if !k.key {
			continue
		}
		at := slices.IndexFunc(bags, func(b bag) bool { return b.cert != nil && !b.trusted && b.id == k.id })
		if at < 0 || parsed[at] == nil {
			continue
		}
		var chain Chain
		for c := parsed[at]; c != nil && !slices.ContainsFunc(chain.Certs, func(der []byte) bool { return bytes.Equal(der, c.Raw) }); {
			chain.Certs = append(chain.Certs, c.Raw)
			if c.SelfIssued() {
				break
			}
			c = byName[c.Issuer.Canon]
		}
		if keys[parsed[at].Key.SPKI] {
			chain.Key = parsed[at].Key.SPKI
		}
		var trusted []entry
		for i, b := range bags {
			if b.trusted && parsed[i] != nil {
				trusted = append(trusted, entry{b.alias, parsed[i]})
			}
		}
		chain.Flaws = misplacedReply(entry{k.alias, parsed[at]}, trusted)
		chains = append(chains, chain)
	}
	return chains, true
}

// keyless gives the certificates of a file that has no private key.
func keyless(bags []bag) Chain {
	chain := Chain{Set: true, Keyless: !slices.ContainsFunc(bags, func(b bag) bool { return b.key })}
	for _, b := range bags {
		if b.cert != nil {
			chain.Certs = append(chain.Certs, b.cert)
		}
	}
	return chain
}

// An entry is a certificate of a key store and its alias.
type entry struct {
	alias string
	cert  *cert.Certificate
}

func entryOf(alias string, c *cert.Certificate) entry { return entry{alias, c} }

// misplacedReply finds the CA's certificate for a key under another alias than
// the key's: then Java presents what the key was made with, mostly a self-signed
// certificate.
func misplacedReply(key entry, trusted []entry) []Flaw {
	for _, t := range trusted {
		if t.cert.Key.SPKI != key.cert.Key.SPKI || t.cert.SHA256 == key.cert.SHA256 || t.cert.SelfIssued() {
			continue
		}
		return []Flaw{{Store: true, What: fmt.Sprintf(misplaced, t.alias, key.alias), Fix: fmt.Sprintf(misplacedFix, t.alias, key.alias)}}
	}
	return nil
}
