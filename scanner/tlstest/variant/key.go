package variant

import (
	"crypto"
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
)

// A Key is a private key of any kind that certificates were ever made for.
type Key struct {
	Kind    string        // as in changes: rsa2048, p256, mldsa65, ...
	PKCS8   []byte        // for a server that reads keys from files
	Forced  bool          // Go's server has to be deceived about the kind to use Signer
	Signer  crypto.Signer // for Go's server; nil: it cannot use such a key
	family  string        // rsa, ec, dsa or the kind itself: which signatures it makes
	algo    []byte        // AlgorithmIdentifier
	public  []byte        // what is in the BIT STRING
	curve   *curve        // of an EC key
	primary func(message []byte, s scheme) ([]byte, error)
}

// keys remembers the keys of this process: they depend on nothing but kind and
// label.
var keys sync.Map

// newKey makes the key of a kind for a label.
func newKey(kind, label string) (*Key, error) {
	make := sync.OnceValues(func() (*Key, error) { return makeKey(kind, label) })
	once, _ := keys.LoadOrStore(kind+"/"+label, make)
	return once.(func() (*Key, error))()
}

func makeKey(kind, label string) (*Key, error) {
	stream := rand.NewChaCha8(seed(kind, label))
	var k *Key
	var err error
	if size, ok := strings.CutPrefix(kind, "rsa"); ok {
		size, exponent, _ := strings.Cut(size, "e")
		bits, atoi := strconv.Atoi(size)
		if atoi != nil {
			return nil, fmt.Errorf("no kind of key %q", kind)
		}
		k, err = newRSA(stream, bits, exponent, "")
	} else if hash, ok := strings.CutPrefix(kind, "pss-"); ok {
		k, err = newRSA(stream, 2048, "", hash)
	} else if c, ok := curves()[kind]; ok {
		k = newEC(stream, c)
	} else {
		k, err = newOther(stream, kind)
	}
	if err != nil {
		return nil, fmt.Errorf("making key %s: %w", kind, err)
	}
	k.Kind = kind
	return k, nil
}

// spki is the key as certificates carry it.
func (k *Key) spki() []byte { return sequence(k.algo, bitString(k.public, 0)) }

// id is the usual key identifier: RFC 5280 section 4.2.1.2, method 1.
func (k *Key) id() []byte {
	sum := sha1.Sum(k.public)
	return sum[:]
}

// enciphers reports whether the usual key usage of a server's certificate has
// keyEncipherment.
func (k *Key) enciphers() bool { return k.family == "rsa" && !strings.HasPrefix(k.Kind, "pss") }
