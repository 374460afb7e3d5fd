package chain

import (
	"crypto/ecdsa"
	"sync/atomic"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain/internal/ecdsatable"
)

// ecdsaTables are tables of the CA keys that have made many of the signatures
// checked so far: with one, a signature of P-256 takes half of the time, and one of
// P-384, which the intermediates of Let's Encrypt sign with, a third. The zero value
// is ready; nil has no tables.
type ecdsaTables struct {
	checks Cache[cert.Hash, *atomic.Int32] // by SPKI, as below
	tables Cache[cert.Hash, *ecdsatable.Table]
	made   atomic.Int32
}

// Bounds of what is kept: counts take some hundred kilobytes, tables 4 MB at the
// most.
const (
	maxCounts   = 1 << 11
	maxTables   = 16
	worthATable = 16 // signatures: to check as many takes as long as to make a table, or longer
)

// count counts a signature of a key and gives its table; nil: it has none. The first
// that have signed enough have tables, for good.
func (t *ecdsaTables) count(key cert.Key, pub *ecdsa.PublicKey) *ecdsatable.Table {
	if t == nil {
		return nil
	}
	if table, ok := t.tables.Get(key.SPKI); ok {
		return table
	}
	n, ok := t.checks.Get(key.SPKI)
	if !ok {
		n = new(atomic.Int32)
		t.checks.Put(key.SPKI, n, maxCounts)
	}
	if n.Add(1) != worthATable || t.made.Add(1) > maxTables {
		return nil
	}
	table := ecdsatable.New(pub)
	if table == nil {
		t.made.Add(-1)
		return nil
	}
	t.tables.Put(key.SPKI, table, maxTables)
	return table
}

// verify checks an ECDSA signature. Only crypto/ecdsa says that one is not good.
func (t *ecdsaTables) verify(key cert.Key, pub *ecdsa.PublicKey, digest, signature []byte) bool {
	if table := t.count(key, pub); table != nil && table.Verify(digest, signature) {
		return true
	}
	return ecdsa.VerifyASN1(pub, digest, signature)
}
